"""Extracts whose columns are called as some council might call them, and how much of them a draft finds."""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from asccld.intake.mapping.suggesting import Draft
from asccld.intake.mapping.suggesting_text import quoted
from asccld.standard import load_standard
from asccld.synthetic import make_councils
from asccld.synthetic.local_extracts import local_files
from asccld.synthetic.local_files import LocalFile
from asccld.synthetic.local_words import BETWEEN, LOCAL, SERVICE, words_of

_MEANT = {
    "own_primary_support_reason": {"primary_support_reason"},
    "reason_at_request": {"primary_support_reason"},
    "reference_number": {"event_reference"},
    "service": {"service_component"},
    "sub_type": {"assessment_type", "review_reason"},
    "provider": set[str](),
    "status": set[str](),
    "is_test": set[str](),
}
"""Fields that a column of a layout may be taken for, where it is not called like its field."""
_EXTRA = {
    "Allocated Worker": ["Worker {at}"],
    "Team": ["North", "South", "Hospital"],
    "Last Updated": ["05/05/2025", "17/06/2025"],
    "Created By": ["USR{at}"],
    "Cost Centre": ["CC100", "CC200"],
    "Case Notes": ["Rang {at} times, no answer"],
    "Next Review Due": ["13/09/2026", "14/10/2026"],
    "Preferred Contact": ["Phone", "Letter"],
    "Spare": [""],
    "Version": ["1", "2"],
    "Date Created": ["01/02/2025", "28/02/2025"],
    "District": ["East", "West"],
    "Risk Level": ["High", "Low", "None"],
    "Planned End Date": ["13/09/2026", "14/10/2026"],
    "Review Due Date": ["13/09/2026", "14/10/2026"],
    "Referral Date": ["13/03/2025", "14/04/2025"],
    "Hospital Discharge Date": ["13/03/2025", ""],
    "Carer Date of Birth": ["13/09/1956", "14/10/1967"],
    "Carer Postcode": ["JL9 2YN", "JL12 6XS"],
    "Carer NHS Number": ["999 271 8285", "999 889 8617"],
    "Carer Surname": ["Chen", "Nowak", "Okoro"],
    "Previous Surname": ["Chen", "", "Okoro"],
    "GP Name": ["Dr Chen", "Dr Nowak"],
    "Provider Name": ["Homely Care Ltd", "Elm House"],
    "Religion": ["None", "Christian", "Muslim"],
    "Sexual Orientation": ["Heterosexual", "Not known"],
    "Marital Status": ["Single", "Married", "Not known"],
    "Worker ID": ["W{at}", "W1{at}"],
    "Weekly Contribution": ["12.50", "0.00"],
    "Total Hours": ["12", "14.5"],
    "First Language": ["English", "Polish"],
    "Contact Outcome Date": ["13/03/2025", "14/04/2025"],
    "Assessment Team": ["East", "West"],
    "Service Provider Type": ["Private", "Voluntary"],
    "Start Time": ["09:30", "14:00"],
}
_STYLES = (str, str.upper, str.lower, lambda t: "_".join(t.split()), lambda t: "_".join(t.upper().split()), str.title)


@dataclass
class Found:
    """Columns or words of extracts: how many there are, and what a draft made of them."""

    asked: int = 0
    right: int = 0
    offered: int = 0
    """Named rightly, but as unsure."""
    wrong: list[str] = field(default_factory=list[str])
    """Surely something that they are not."""
    missed: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Renamed:
    """An extract with other headers; `meant` says by header which fields it may be, none for what is no field."""

    file: LocalFile
    meant: dict[str, set[str]]
    rows: str
    """What its rows are, as the layout says: a type of event, several of them, or what is looked up."""


@lru_cache(maxsize=3)
def _files(system: str) -> list[LocalFile]:
    return local_files(system, next(iter(make_councils(people=120))))


def renamed(system: str, seed: int) -> Iterator[Renamed]:
    """The extracts of a system under other headers, in another order and with more columns: the same for a seed."""
    chance = random.Random(f"{system} {seed}")
    layout = tomllib.loads((LOCAL / f"{system}.toml").read_text(encoding="utf-8"))
    style = chance.choice(_STYLES)
    names: dict[str, str] = {}
    for told, file in zip(layout["file"], _files(system), strict=True):
        taken: set[str] = set()
        meant: dict[str, set[str]] = {}
        for header, source in told["columns"]:
            name = names.get(f"{header} {source}") or style(_name(header, source, chance))
            while name.casefold() in taken:
                name += " 2"
            names[f"{header} {source}"] = name
            taken.add(name.casefold())
            meant[name] = _MEANT.get(source, {source})
        table = _with_more(file.table.rename(dict(zip(file.table.columns, meant, strict=True))), style, chance)
        order = chance.sample(table.columns, len(table.columns))
        yield Renamed(replace(file, table=table.select(order)), meant, told["rows"])


def _name(header: str, source: str, chance: random.Random) -> str:
    """Another name for a column, in two of three cases where there is one."""
    others = _names().get(next(iter(_MEANT.get(source, {source})), source), [])
    own = _names().get(source, others)
    return chance.choice(own) if own and chance.random() < 2 / 3 else header


@lru_cache(maxsize=1)
def _names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with Path(__file__).with_name("renamed_headers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["field"], []).append(row["header"])
    return found


def _with_more(table: pl.DataFrame, style: object, chance: random.Random) -> pl.DataFrame:
    more = chance.sample(sorted(_EXTRA), 6)
    told = {h.casefold() for h in table.columns}
    columns = [
        pl.Series(name, [chance.choice(_EXTRA[header]).format(at=chance.randrange(9)) for _ in range(table.height)])
        for header in more
        if (name := style(header)).casefold() not in told  # pyright: ignore[reportCallIssue]
    ]
    return table.hstack(columns)


def columns_found(draft: Draft, several: Sequence[Renamed], found: Found) -> None:
    """Compare the columns of a draft with what they are; extracts are told by their order."""
    for extract, true in zip(draft.extracts, several, strict=True):
        guesses = {g.header: g for g in extract.fields} if extract.is_used else {}
        for header in true.file.table.columns:
            meant, guess = true.meant.get(header, set[str]()), guesses.get(header)
            by_key = header == extract.key or any(j.header == header for j in extract.joins)
            found.asked += bool(meant)
            if guess is not None and guess.is_sure and guess.field not in meant:
                found.wrong.append(f"{true.file.name}: {header} is {sorted(meant)}, not {guess.field}")
            elif by_key or (guess is not None and guess.is_sure):
                found.right += bool(meant)
            elif guess is not None and guess.field in meant:
                found.offered += 1
            elif meant:
                found.missed.append(f"{header} is {sorted(meant)}")


def uses_found(draft: Draft, several: Sequence[Renamed], found: Found) -> None:
    """Compare what the extracts of a draft are said to be with what they are."""
    types = load_standard().latest.list_of("event_type")
    for extract, true in zip(draft.extracts, several, strict=True):
        is_events = any(text in true.rows for text in (types.texts if types else ())) or true.rows == "without events"
        found.asked += 1
        told = extract.event_type or ""
        if extract.is_used and (extract.holds_events != is_events or told not in true.rows):
            found.wrong.append(f"{true.file.name} holds {true.rows}: {told or extract.key or 'events'}")
        elif extract.is_used:
            found.right += 1
        else:
            found.missed.append(f"{true.file.name} of {true.rows}: {extract.why_left_out}")


def words_found(draft: Draft, system: str, found: Found) -> None:
    """Compare the words of a draft with what they mean; those of columns that are no such list mean nothing."""
    release = load_standard().latest
    several = [(name, release.by_name[name].defined_list, guesses) for name, guesses in draft.values.items()]
    several += [(SERVICE, SERVICE, guesses) for guesses in draft.services.values()]
    for name, listed, guesses in several:
        means = {w.casefold(): value for value, words in words_of(system).get(listed, {}).items() for w in words}
        if name == "service_component":
            means = {w.casefold(): v.split(BETWEEN)[1] for v, words in words_of(system)[SERVICE].items() for w in words}
        for guess in guesses:
            meant = means.get(guess.word.casefold(), "").replace(BETWEEN, "\t")
            best = guess.likely[0].value if guess.likely else None
            found.asked += bool(meant)
            if guess.is_sure and best != meant:
                found.wrong.append(f"{name}: {quoted(guess.word)} is {meant or 'nothing'}, not {best}")
            elif guess.is_sure:
                found.right += 1
            elif meant and best == meant:
                found.offered += 1
