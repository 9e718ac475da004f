"""Whether the standard takes a value that a mapping file writes into a field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from asccld.intake.mapping.formats import WRITTEN
from asccld.standard import Field, Release, Standard
from asccld.standard.names import did_you_mean, nearest

_LA_CODE_DIGITS: Final = 3
_ONS_CODE_CHARACTERS: Final = 5
_FEW: Final = 6
Complaint = tuple[str, str]
"""What is wrong, and what to do."""


def complaint(value: str, field: Field, release: Release, standard: Standard) -> Complaint | None:
    """Why the standard refuses a value in a field; None where it does not. An empty value empties the cell."""
    if value == "":
        return None
    known = release.list_of(field.name)
    if known is not None and known.values:
        return None if value in known.texts else _not_in_list(value, field, release, standard)
    if field.type == "date":
        good = _is_day(value)
        return None if good else (f"'{value}' is no date as {field.header} has them", "Write it like 31/03/2026")
    if field.type in {"decimal", "integer"}:
        good = value.replace(".", "", field.type == "decimal").isdecimal()
        return None if good else (f"'{value}' is no number as {field.header} has them", "Write digits only")
    if field.format == "la-code":
        return _la_code(value, standard)
    return None


def _not_in_list(value: str, field: Field, release: Release, standard: Standard) -> Complaint:
    what = f"'{value}' is no value of {field.header} in {release.id}"
    texts = release.list_of(field.name)
    values = texts.texts if texts else ()
    successor = next((m.to_value for m in release.mappings if _maps(m.from_value, value, m.defined_list, field)), None)
    if successor:
        return what, f"It was one before; now it is '{successor}'"
    other = [r.id for r in standard.releases.values() if (found := r.list_of(field.name)) and value in found.texts]
    if other and not nearest(value, values, 1):
        return what, f"It is one of {other[-1]}, which has no successor here. {_list(values, field, release)}"
    return what, did_you_mean(value, values, 1) or _list(values, field, release)


def _maps(before: str | None, value: str, name: str, field: Field) -> bool:
    return name == field.defined_list and before is not None and before.casefold() == value.casefold()


def _list(values: tuple[str, ...], field: Field, release: Release) -> str:
    if len(values) <= _FEW:
        return f"The values are: {', '.join(values)}"
    return f"asccld standard show {field.name} --release {release.id} lists its {len(values)} values"


def _la_code(value: str, standard: Standard) -> Complaint | None:
    digits = len(value) == _LA_CODE_DIGITS and value.isascii() and value.isdigit()
    letters = len(value) == _ONS_CODE_CHARACTERS and value.isascii() and value.isalnum()
    if digits or letters:
        return None
    named = [c for c in standard.councils if c.name.casefold() == value.casefold() and c.la_code]
    remedy = f"{named[0].name} has {named[0].la_code}" if named else "Write three digits, for example 503"
    return f"'{value}' is no code of a council", remedy


def _is_day(value: str) -> bool:
    try:
        return datetime.strptime(value, WRITTEN).replace(tzinfo=UTC).date() > date.min
    except ValueError:
        return False
