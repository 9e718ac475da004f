"""The one SELECT of a file: what only reads, with its parameters; anything else is refused before it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from asccld.intake.encodings import detected_encoding
from asccld.intake.mapping.database_errors import DatabaseError

if TYPE_CHECKING:
    import sqlalchemy as sa

_ASIDE: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Texts, quoted names and comments: no statement begins in them."""
_CHANGES: Final = re.compile(
    r"(?i)\b(insert|update|delete|merge|drop|alter|create|truncate|exec|execute|call|grant|revoke|into)\b"
)
_PARAMETER: Final = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def statement_of(path: Path, parameters: Mapping[str, date]) -> sa.TextClause:
    """The one SELECT of a file, with its parameters; raises DatabaseError for anything that could change something."""
    import sqlalchemy as sa

    text = _text_of(path).strip().rstrip(";").rstrip()
    bare = _ASIDE.sub(" ", text)
    if not re.match(r"(?i)\s*\(*\s*(select|with)\b", bare):
        raise DatabaseError("The file does not hold a SELECT", str(path), "Begin it with SELECT or WITH")
    if ";" in bare:
        raise DatabaseError("The file holds more than one statement", str(path), "Leave one SELECT in it")
    if found := _CHANGES.search(bare):
        remedy = "An extract only reads. If it is the name of a column, put it in quotation marks"
        raise DatabaseError(f"The statement holds the word {found[1].upper()}", str(path), remedy)
    named = set(_PARAMETER.findall(bare))
    if unknown := sorted(named - set(parameters)):
        known = ", ".join(f":{name}" for name in parameters) or "none"
        raise DatabaseError(f"Nobody gives the parameter :{unknown[0]}", str(path), f"There are: {known}")
    return sa.text(_ASIDE.sub(lambda found: found[0].replace(":", r"\:"), text)).bindparams(
        **{name: parameters[name] for name in named}
    )


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"The file with the SELECT cannot be read: {error.strerror or 'the system refuses'}"
        raise DatabaseError(reason, str(path), "Check the path in the mapping file") from error
    try:
        return content.decode(detected_encoding(content, path.name)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DatabaseError("The file is not UTF-8 text", str(path), "Save it as UTF-8") from error
