"""A draft as the text of a mapping file: what is sure as it would be applied, what is unsure as a comment."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from asccld.counting import counted
from asccld.errors import harmless
from asccld.intake.mapping.suggesting import Draft
from asccld.intake.mapping.suggesting_extracts import PERSON, SERVICE, TYPE, ExtractDraft, likely_left_out
from asccld.intake.mapping.suggesting_fields import FieldGuess
from asccld.intake.mapping.suggesting_hiding import names_of, telling
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
    parts = [_HEAD, "\n".join(_about(draft)), *("\n".join(_extract(e, draft, folder)) for e in ordered)]
    if draft.services:
        parts.append("\n".join(_services(draft.services, draft)))
    parts += ["\n".join(_values(name, guesses, draft)) for name, guesses in draft.values.items()]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


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
    remark = "guessed from the latest ends of events: check it" if draft.end_is_guessed else ""
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
    yield "# It has no dates of events, and no column tells its rows apart: it may be no extract at all."
    for line in _part(extract, draft, folder):
        yield line if not line or line.startswith("#") else UNSURE + line


def _part(extract: ExtractDraft, draft: Draft, folder: Path) -> Iterator[str]:
    profile, place = extract.profile, f"extract.{extract.profile.name}"
    yield f"# {counted(profile.rows, 'row')}"
    yield f"[{place}]"
    yield f"file = {quoted(_path(profile.path, folder))}"
    if profile.sheet is not None:
        yield f"sheet = {quoted(profile.sheet)}"
    yield from _belonging(extract, draft)
    yield from _constants(extract)
    if extract.service is not None:
        yield 'codes = ["services"]'
    if extract.select_all:
        yield _remarked('select = "all"', "people without events: unpaid carers known by association?")
    yield from _fields(extract, place, draft)
    yield from _left_out(extract, place)
    yield from _statuses(extract, place, draft)
    unused = _unused(extract, {column for e in draft.extracts for column, _, _ in e.leave_out})
    if unused:
        yield f"# Not used: {', '.join(harmless(' '.join(header.split())) for header in unused)}"


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


def _constants(extract: ExtractDraft) -> Iterator[str]:
    if not extract.holds_events or extract.select_all or extract.column_of(TYPE):
        return
    if extract.event_type is not None:
        yield f"constants = {{ event_type = {quoted(extract.event_type)} }}"
    else:
        yield _remarked(f'{UNSURE}constants = {{ event_type = "Request" }}', "Request, Assessment, Service or Review")


def _fields(extract: ExtractDraft, place: str, draft: Draft) -> Iterator[str]:
    shown = [f for f in extract.fields if not _elsewhere(f, extract, draft)]
    if not shown:
        return
    yield ""
    yield f"[{place}.fields]"
    for guess in shown:
        line = f"{guess.field} = {quoted(guess.header)}"
        yield _remarked(line if guess.is_sure else UNSURE + line, f"{min(guess.score, 100):.0f}")


def _elsewhere(guess: FieldGuess, extract: ExtractDraft, draft: Draft) -> bool:
    """Whether a field is given otherwise: by the code list, or by the person that is joined."""
    if extract.service is not None and guess.field in SERVICE:
        return True
    if extract.event_type is not None and guess.field == TYPE:
        return True
    by_name = {e.profile.name: e for e in draft.extracts}
    joined = [by_name[j.target] for j in extract.joins if j.header == guess.header]
    return guess.field == PERSON and any(e.column_of(PERSON) for e in joined)


def _left_out(extract: ExtractDraft, place: str) -> Iterator[str]:
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
        told = telling(texts["text"].to_list(), names_of(draft.extracts), draft.release)
        words = [f"{quoted(text)} ({rows:,})" for text, rows in texts.iter_rows() if text not in told]
        held = ", ".join(words) or "texts that could point at a person"
        yield ""
        yield f"# {harmless(' '.join(column.header.split()))} holds {held}."
        yield "# Are some of these rows no events, such as cancelled ones? Then say which:"
        yield f"{UNSURE}[[{place}.leave_out]]"
        yield f"{UNSURE}column = {quoted(column.header)}"
        yield f"{UNSURE}is = {_list([t for t in likely_left_out(column) if t not in told] or [NOBODY_KNOWS])}"
        yield f'{UNSURE}why = "cancelled"'


def _unused(extract: ExtractDraft, asked: set[str]) -> list[str]:
    """The columns that nothing names; `asked` are those that others name as `extract.COLUMN`."""
    used = {f.header for f in extract.fields} | {j.header for j in extract.joins} | {extract.key}
    used |= {column for column, _, _ in extract.leave_out} | {c.header for c in extract.statuses}
    used |= {column.partition(".")[2] for column in asked if column.startswith(f"{extract.profile.name}.")}
    return [c.header for c in extract.profile.columns if c.header not in used]


def _services(guesses: Sequence[Guess], draft: Draft) -> Iterator[str]:
    column = next(e.service for e in draft.extracts if e.service)
    yield "# Type and component of each service, by its local name. A code without a row here is a finding."
    if any(not guess.is_sure for guess in guesses):
        for name in SERVICE:
            yield f"# {draft.release.headers[name]}"
            yield from _possible(name, draft)
    yield "[codes.services]"
    yield f"columns = [{quoted(column or '')}]"
    yield f"fields = {_list(SERVICE)}"
    yield "rows = ["
    for guess in guesses:
        values = guess.likely[0].value.split("\t") if guess.likely else [NOBODY_KNOWS, NOBODY_KNOWS]
        line = f"[{quoted(guess.word)}, {quoted(values[0])}, {quoted(values[1])}],"
        yield _remarked("    " + (line if guess.is_sure else UNSURE + line), _said(guess))
    yield "]"


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
    if hidden:
        more = f"{'and ' * bool(guesses)}{counted(hidden, 'text')}"
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
