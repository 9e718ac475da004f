"""A draft as the text of a mapping file: what is sure as it would be applied, what is unsure as a comment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from asccld.counting import counted
from asccld.errors import harmless
from asccld.identifying.masking import shown_header
from asccld.intake.mapping.suggesting import Draft
from asccld.intake.mapping.suggesting_extracts import SERVICE, ExtractDraft, is_elsewhere, likely_left_out
from asccld.intake.mapping.suggesting_fields import TYPE, FieldGuess, event_by_fields
from asccld.intake.mapping.suggesting_hiding import names_of, told_in
from asccld.intake.mapping.suggesting_joins import is_complete
from asccld.intake.mapping.suggesting_words import Guess

UNSURE: Final = "# ? "
"""How a line begins that is not applied before somebody takes these signs away."""
NOBODY_KNOWS: Final = "?"
"""In place of a value: no list has it, so that whoever forgets to replace it is told."""
_REMARK: Final = 58
_WORDS_SHOWN: Final = 12

_HEAD: Final = """\
# A draft that asccld made from headers and words. Read every line: it knows spelling, not care.
#
#   - Lines that begin with "# ? " are unsure and are NOT applied: correct them and take the signs away, or delete them.
#   - The number behind a line is how alike the two are (at most 100), then in how many rows the word stands.
#   - Then ask what is still missing:  asccld map check --mapping THIS-FILE
# What every key means: docs/reference/mapping-file.md
"""


def draft_text(draft: Draft, folder: Path) -> str:
    """The whole file; paths of extracts are written from the folder in which it will stand."""
    ordered = sorted(draft.extracts, key=lambda e: (e.holds_events, e.select_all))
    parts = [_HEAD + "".join(_left_out_of_all(draft)), "\n".join(_about(draft))]
    parts += ["\n".join(_extract(e, draft, folder)) for e in ordered]
    parts += ["\n".join(_services(header, guesses, draft)) for header, guesses in draft.services.items()]
    parts += ["\n".join(_values(name, guesses, draft)) for name, guesses in draft.values.items()]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _left_out_of_all(draft: Draft) -> Iterator[str]:
    """What was given and is not applied."""
    for name, why in draft.left_out.items():
        yield f"#\n# LEFT OUT of this draft: {harmless(name)}: {harmless(why)}.\n"


def quoted(text: str) -> str:
    """A text as TOML has it; signs that nobody sees are written as numbers."""
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in json.dumps(text, ensure_ascii=False))


def _remarked(line: str, remark: str) -> str:
    return f"{line.ljust(_REMARK)}  # {remark}" if remark else line


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(quoted(t) for t in texts)}]"


def _about(draft: Draft) -> Iterator[str]:
    yield "[mapping]"
    yield f"release = {quoted(draft.release.id)}"
    yield ""
    yield "[period]"
    seen = "guessed from the latest ends of events" if draft.end_is_seen else "a guess, no end of an event was found"
    remark = f"{seen}: check it" if draft.end_is_guessed else ""
    yield f"start = {draft.start}"
    yield _remarked(f"end = {draft.end}", remark)
    if draft.dates or draft.blanks:
        yield ""
        yield "[formats]"
        if draft.dates:
            yield f"dates = {_list(draft.dates)}"
        if draft.blanks:
            yield _remarked(f"blanks = {_list(draft.blanks)}", "texts that seem to stand for nothing")
    yield ""
    yield "[constants]"
    line = f"la_code = {quoted(draft.la_code or NOBODY_KNOWS)}"
    yield line if draft.la_code else _remarked(UNSURE + line, "your council's code: asccld standard list councils")


def _extract(extract: ExtractDraft, draft: Draft, folder: Path) -> Iterator[str]:
    """One part; as a comment where nobody can tell what its rows are."""
    if extract.is_used:
        yield from _part(extract, draft, folder)
        return
    yield f"# Left out: {harmless(extract.why_left_out)}."
    for line in _part(extract, draft, folder):
        yield line if not line or line.startswith("#") else UNSURE + line


def _part(extract: ExtractDraft, draft: Draft, folder: Path) -> Iterator[str]:
    profile, place = extract.profile, f"extract.{extract.profile.name}"
    yield f"# {counted(profile.rows, 'row')}{f', and {profile.blank:,} blank' if profile.blank else ''}"
    yield f"[{place}]"
    yield f"file = {quoted(_path(profile.path, folder))}"
    if profile.sheet is not None:
        yield f"sheet = {quoted(profile.sheet)}"
    if profile.header_row > 1:
        yield _remarked(f"header_row = {profile.header_row}", "titles stand above it")
    yield from _belonging(extract, draft)
    yield from _dates(extract)
    yield from _constants(extract, draft)
    if extract.service is not None:
        yield f"codes = {_list([_code_list(extract.service, draft)])}"
    if extract.stands_in:
        yield "# No extract seems to hold events: name those that do as well. Until then, no row of this is one."
    if extract.select_all:
        yield _remarked('select = "all"', "people without events: unpaid carers known by association?")
    shown = _shown(extract, draft)
    yield from _fields(shown, place)
    unused = _unused(extract, shown, draft)
    if unused:
        yield f"# Not used: {_headers(unused)}"
    if profile.unnamed:
        yield f"# Not used, because no mapping can name them (twice, or without a header): {_headers(profile.unnamed)}"
    yield from _left_out(extract, place)
    yield from _statuses(extract, place, draft)


def _headers(headers: Sequence[str]) -> str:
    return ", ".join(harmless(" ".join(shown_header(header).split())) or "(blank)" for header in headers)


def _path(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def _belonging(extract: ExtractDraft, draft: Draft) -> Iterator[str]:
    """The key of what is looked up, or what is looked up for events."""
    if not extract.holds_events:
        yield f"key = {quoted(extract.key or '')}"
        if not _always_found(extract, draft):
            yield _remarked("optional = true", "not every event has a row here")
    elif extract.joins:
        joined = ", ".join(f"{j.target} = {quoted(j.header)}" for j in extract.joins)
        yield f"join = {{ {joined} }}"


def _always_found(extract: ExtractDraft, draft: Draft) -> bool:
    joins = [j for e in draft.extracts for j in e.joins if j.target == extract.profile.name]
    return all(is_complete(j) for j in joins)


def _constants(extract: ExtractDraft, draft: Draft) -> Iterator[str]:
    if not extract.holds_events or extract.select_all or extract.stands_in or extract.column_of(TYPE):
        return
    if extract.event_type is not None:
        yield f"constants = {{ event_type = {quoted(extract.event_type)} }}"
    else:
        likely = event_by_fields({f.field for f in extract.fields}, draft.release) or "Request"
        line = f"{UNSURE}constants = {{ event_type = {quoted(likely)} }}"
        yield _remarked(line, "Request, Assessment, Service or Review")


def _dates(extract: ExtractDraft) -> Iterator[str]:
    """The formats of an extract that has the month first, and the question whether one has."""
    dates = extract.profile.dates
    if not dates.is_day_first:
        yield f"formats = {{ dates = {_list(dates.formats)} }}"
    if dates.unsure:
        turned = [f for f in dates.columns[dates.unsure[0]].month_first if f.startswith("mm")]
        yield f"# UNSURE whether day or month stands first in {_headers(dates.unsure)}: it is read day first."
        if not extract.profile.is_typed:
            yield f"{UNSURE}formats = {{ dates = {_list(turned)} }}"


def _fields(shown: Sequence[FieldGuess], place: str) -> Iterator[str]:
    if not shown:
        return
    yield ""
    yield f"[{place}.fields]"
    for guess in shown:
        source = quoted(guess.header)
        if guess.dates:
            source = f"{{ column = {source}, dates = {_list(guess.dates)} }}"
        line = f"{guess.field} = {source}"
        yield _remarked(line if guess.is_sure else UNSURE + line, guess.doubt or f"{min(guess.score, 100):.0f}")


def _left_out(extract: ExtractDraft, place: str) -> Iterator[str]:
    if extract.stands_in:
        yield ""
        yield f"[[{place}.leave_out]]"
        yield f"column = {quoted(extract.profile.columns[0].header)}"
        yield "is_not = []"
        yield 'why = "not known to be an event"'
    for column, why in dict.fromkeys((c, w) for c, _, w in extract.leave_out):
        words = [text for c, text, w in extract.leave_out if (c, w) == (column, why)]
        yield ""
        yield f"[[{place}.leave_out]]"
        yield f"column = {quoted(column)}"
        yield f"is = {_list(words)}"
        yield f"why = {quoted(why)}"


def _statuses(extract: ExtractDraft, place: str, draft: Draft) -> Iterator[str]:
    """Which words a column of states has: whether they make a row no event, nobody can guess."""
    for column in extract.statuses:
        texts = column.texts.head(_WORDS_SHOWN)
        told = told_in(dict(texts.iter_rows()), names_of(draft.extracts), draft.release)
        words = [f"{quoted(text)} ({rows:,})" for text, rows in texts.iter_rows() if text not in told]
        held = ", ".join(words) or "texts that could point at a person"
        yield ""
        yield f"# {harmless(' '.join(column.header.split()))} holds {held}."
        yield "# Are some of these rows no events, such as cancelled ones? Then say which:"
        yield f"{UNSURE}[[{place}.leave_out]]"
        yield f"{UNSURE}column = {quoted(column.header)}"
        yield f"{UNSURE}is = {_list([t for t in likely_left_out(column) if t not in told] or [NOBODY_KNOWS])}"
        yield f'{UNSURE}why = "cancelled"'


def sure_columns(draft: Draft) -> tuple[int, int]:
    """How many columns the draft uses as it stands, and how many the extracts have."""
    sure, every = 0, 0
    for extract in draft.extracts:
        profile, shown = extract.profile, [f for f in _shown(extract, draft) if f.is_sure]
        every += len(profile.columns) + len(profile.unnamed)
        if extract.is_used:
            sure += len(profile.columns) - len(_unused(extract, shown, draft)) - len(extract.statuses)
    return sure, every


def _shown(extract: ExtractDraft, draft: Draft) -> list[FieldGuess]:
    return [f for f in extract.fields if not is_elsewhere(f, extract, draft.extracts)]


def _unused(extract: ExtractDraft, shown: Sequence[FieldGuess], draft: Draft) -> list[str]:
    """The columns that nothing names, not even another extract as `extract.COLUMN`."""
    asked = {column for e in draft.extracts for column, _, _ in e.leave_out}
    used = {f.header for f in shown} | {j.header for j in extract.joins} | {extract.key, extract.service}
    used |= {column for column, _, _ in extract.leave_out} | {c.header for c in extract.statuses}
    used |= {column.partition(".")[2] for column in asked if column.startswith(f"{extract.profile.name}.")}
    return [c.header for c in extract.profile.columns if c.header not in used]


def _code_list(header: str, draft: Draft) -> str:
    """The name of the list of codes of a column: each column has its own."""
    at = list(draft.services).index(header)
    return f"services_{at + 1}" if at else "services"


def _services(header: str, guesses: Sequence[Guess], draft: Draft) -> Iterator[str]:
    yield "# Type and component of each service, by its local name. A code without a row here is a finding."
    if any(not guess.is_sure for guess in guesses):
        for name in SERVICE:
            yield f"# {draft.release.headers[name]}"
            yield from _possible(name, draft)
    yield f"[codes.{_code_list(header, draft)}]"
    yield f"columns = [{quoted(header)}]"
    yield f"fields = {_list(SERVICE)}"
    yield "rows = ["
    for guess in guesses:
        values = guess.likely[0].value.split("\t") if guess.likely else [NOBODY_KNOWS, NOBODY_KNOWS]
        line = f"[{quoted(guess.word)}, {quoted(values[0])}, {quoted(values[1])}],"
        yield _remarked("    " + (line if guess.is_sure else UNSURE + line), _said(guess))
    yield "]"
    yield from _hidden(header, draft, is_alone=not guesses)


def _values(name: str, guesses: Sequence[Guess], draft: Draft) -> Iterator[str]:
    yield f"# {draft.release.headers[name]}"
    if any(not guess.is_sure for guess in guesses):
        yield from _possible(name, draft)
    hidden = draft.hidden.get(name, 0)
    if guesses:
        yield f"[values.{name}.map]"
    elif not hidden:
        yield "# every word is a national value already"
    for guess in guesses:
        value = guess.likely[0].value if guess.likely else NOBODY_KNOWS
        line = f"{quoted(guess.word)} = {quoted(value)}"
        yield _remarked(line if guess.is_sure else UNSURE + line, _said(guess))
    yield from _hidden(name, draft, is_alone=not guesses)


def _hidden(name: str, draft: Draft, *, is_alone: bool) -> Iterator[str]:
    """How many texts of a list are not written down."""
    if hidden := draft.hidden.get(name):
        more = f"{'and ' * (not is_alone)}{counted(hidden, 'text')}"
        yield f"# {more} that could point at a person: is this the right column?"


def _possible(name: str, draft: Draft) -> Iterator[str]:
    """The national values that an unsure word may become."""
    listed = draft.release.list_of(name)
    yield from (f"#   {quoted(text)}" for text in (listed.texts if listed else ()))


def _said(guess: Guess) -> str:
    rows = counted(guess.rows, "row")
    if not guess.likely:
        return f"nothing is like it, {rows}"
    others = (
        ""
        if guess.is_sure
        else "".join(f"; or {quoted(s.value.replace(chr(9), ' / '))} ({s.score:.0f})" for s in guess.likely[1:3])
    )
    return f"{guess.likely[0].score:.0f}, {rows}{others}"
