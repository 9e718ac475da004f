"""The national condition model once more, plain and slow: one row at a time, in Python, from the published table.

The conditions come from tests/facts and have a reader of their own; of the product only the lists and the release map
are used, which other tests compare with the facts. Where the engine and this page disagree, one of them is wrong.

What a condition sees of a field is its text: that of the list where the cell can be recognised (capitals do not matter,
a value of the release before or after counts as what it is here), an empty text where a blank cell is in order. It sees
nothing at all, and the answer is undetermined, where the cell cannot be recognised or is blank though it must not be.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from asccld.standard import Release
from validation.spec import STANDARD

FACTS = Path(__file__).resolve().parent.parent / "facts"

Truth = bool | None
Seen = Callable[[str], str | None]
"""The text of a field, or None where nobody can say."""

_IN_RELEASE_2 = (
    ("'Carer known by association'", "'Unpaid carer known by association'"),
    ("Client_Type starts 'Carer'", "Client_Type starts 'Unpaid carer'"),
    ("'Carer Support'", "'Unpaid carer support'"),
    ("'Carer Respite'", "'Unpaid carer respite'"),
)
"""The words of the published table in Release 2; the others differ in capital letters only."""


def table(name: str) -> list[dict[str, str]]:
    """A table of the facts."""
    with (FACTS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


class Conditions(NamedTuple):
    """The two published conditions of a field."""

    applicable: str
    mandatory: str


@cache
def conditions(release: str) -> Mapping[str, Conditions]:
    """Field -> its conditions, in the words of the release."""

    def worded(text: str) -> str:
        for ours, theirs in _IN_RELEASE_2 if release == "r2" else ():
            text = text.replace(ours, theirs)
        return text

    return {
        row["Field"].lower(): Conditions(worded(row["Applicable_when"]), worded(row["Mandatory_when"]))
        for row in table("dq_release1_applicability_rules_2024.csv")
    }


# ------------------------------------------------------------------ conditions, evaluated as they are read

_PIECE = re.compile(r"\s*(\(|\)|,|'[^']*'|age at stated period end|\d+\.\.\d+|<>|=|[A-Za-z_-]+)")


class _Reading:
    """A condition and the place that has been read so far."""

    def __init__(self, text: str, seen: Seen, age: int | None) -> None:
        self.pieces = _PIECE.findall(text)
        assert "".join(self.pieces).replace(" ", "") == text.replace(" ", ""), text
        self.seen = seen
        self.age = age

    def next_is(self, word: str) -> bool:
        if self.pieces and self.pieces[0] == word:
            self.pieces.pop(0)
            return True
        return False

    def any_of(self) -> Truth:
        answers = [self.all_of()]
        while self.next_is("or"):
            answers.append(self.all_of())
        return True if True in answers else None if None in answers else False

    def all_of(self) -> Truth:
        answers = [self.one()]
        while self.next_is("and"):
            answers.append(self.one())
        return False if False in answers else None if None in answers else True

    def one(self) -> Truth:
        if self.next_is("("):
            answer = self.any_of()
            assert self.next_is(")")
            return answer
        if self.next_is("always"):
            return True
        if self.next_is("never"):
            return False
        if self.next_is("age at stated period end"):
            low, high = (int(n) for n in self.pieces.pop(0).split(".."))
            return None if self.age is None else low <= self.age <= high
        return self.comparison(self.pieces.pop(0).lower())

    def comparison(self, field: str) -> Truth:
        text, verb = self.seen(field), self.pieces.pop(0)
        words = self.words() if verb != "present" else []
        if text is None:
            return None
        text, words = text.rstrip().lower(), [w.lower() for w in words]
        answers: dict[str, Callable[[], bool]] = {
            "present": lambda: text != "",
            "=": lambda: text == words[0],
            "<>": lambda: text != words[0],
            "starts": lambda: text.startswith(words[0]),
            "does-not-start": lambda: not text.startswith(words[0]),
            "does-not-contain": lambda: words[0] not in text,
            "one-of": lambda: text in words,
        }
        return answers[verb]()

    def words(self) -> list[str]:
        if not self.next_is("("):
            return [self.pieces.pop(0)[1:-1]]
        found: list[str] = []
        while not self.next_is(")"):
            piece = self.pieces.pop(0)
            found += [] if piece == "," else [piece[1:-1]]
        return found


# ------------------------------------------------------------------ cells


def age_on(born: date, day: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def as_date(text: str) -> date | None:
    """A date written dd/mm/yyyy."""
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last of which is 11 minus the weighted remainder (11 is written 0, 10 cannot be written)."""
    if not re.fullmatch("[0-9]{10}", text):
        return False
    expected = 11 - sum(int(digit) * weight for digit, weight in zip(text, range(10, 1, -1), strict=False)) % 11
    return {11: 0, 10: None}.get(expected, expected) == int(text[9])


@cache
def _mappings(release: str, defined_list: str) -> list[tuple[str | None, str | None]]:
    mappings = STANDARD.releases[release].mappings
    return [(m.from_value, m.to_value) for m in mappings if m.defined_list == defined_list]


def became(release: Release, defined_list: str) -> dict[str, str | None]:
    """What the values of the earlier release are in this one, where they changed."""
    return {old: new for old, new in _mappings(release.id, defined_list) if old and old != new}


def was(release: Release, defined_list: str) -> dict[str, str]:
    """What the values of the later release are in this one."""
    following = [r.id for r in STANDARD.releases.values() if r.previous == release.id]
    return {new: old for later in following for old, new in _mappings(later, defined_list) if old and new}


class RowModel:
    """FieldStatus and FieldValidity of the fields of one row."""

    def __init__(self, row: Mapping[str, str], release: Release) -> None:
        self.release = release
        self.row = {name: "" if text.strip() == "NULL" else text.strip() for name, text in row.items()}
        self.known: dict[str, str] = {}

    def status(self, name: str) -> str:
        """The FieldStatus."""
        if name not in self.known:
            self.known[name] = self._status(name)
        return self.known[name]

    def _status(self, name: str) -> str:
        if name not in conditions(self.release.id):
            return "Applicable but not mandatory"  # names of people: the national table leaves them out
        applicable, mandatory = (self._holds(text) for text in conditions(self.release.id)[name])
        if applicable is False:
            return "Not applicable"
        if applicable is None or (mandatory is None):
            return "Undetermined"
        return "Mandatory" if mandatory else "Applicable but not mandatory"

    def _holds(self, text: str) -> Truth:
        return _Reading(text, self.seen, self._age()).any_of()

    def _age(self) -> int | None:
        born, end = as_date(self.row["date_of_birth"]), as_date(self.row["reporting_period_end_date"])
        return age_on(born, end) if born and end else None

    def seen(self, name: str) -> str | None:
        """What a condition sees of a field."""
        text = self.row[name]
        if not text:
            in_order = name == "date_of_death" or self.status(name) in (
                "Applicable but not mandatory",
                "Not applicable",
            )
            return "" if in_order else None
        return self._meaning(name, text)

    def _meaning(self, name: str, text: str) -> str | None:
        values = self._list(name)
        if not values or text in values:
            return text
        earlier = became(self.release, self.release.by_name[name].defined_list)
        if text in earlier:
            return earlier[text] or text
        same = next((v for v in values if v.lower() == text.lower()), None)
        return same or was(self.release, self.release.by_name[name].defined_list).get(text)

    def _list(self, name: str) -> tuple[str, ...]:
        found = self.release.list_of(name)
        return found.texts if found else ()

    def validity(self, name: str) -> str:
        """The FieldValidity."""
        text = self.row[name]
        if not text:
            return "Failed: Blank (Mandatory)" if self.status(name) == "Mandatory" else "Passed: Blank (Not Mandatory)"
        values = self._list(name)
        if values:
            if text in values:
                return "Passed: Valid"
            return (
                "Failed: Release 1"
                if self.release.id == "r2" and text in became(self.release, self.release.by_name[name].defined_list)
                else "Failed: Invalid"
            )
        return "Passed: Valid" if self._well_formed(name, text) else "Failed: Invalid"

    def _well_formed(self, name: str, text: str) -> bool:
        field = self.release.by_name[name]
        if field.type == "date":
            return as_date(text) is not None
        if field.type in ("decimal", "integer"):
            return re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", text) is not None
        return is_nhs_number(text) if name == "nhs_number" else True
