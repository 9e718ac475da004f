"""Reading a mapping file: TOML, then its shape, then what the standard says of it; all faults of a stage at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from asccld.errors import AsccldError
from asccld.intake.mapping.faults import Fault, MappingError, dotted
from asccld.intake.mapping.model import REQUIRED_ONE, Mapping
from asccld.intake.mapping.positions import Path as Place
from asccld.intake.mapping.positions import line_of, positions
from asccld.intake.mapping.syntax import PAGE, syntax_fault
from asccld.standard.names import did_you_mean

FINGERPRINT_DIGITS: Final = 12


@dataclass(frozen=True)
class MappingFile:
    """A mapping file that has the right shape; what the standard and the extracts say of it is asked later."""

    path: Path
    mapping: Mapping
    lines: Table[Place, int]
    fingerprint: str
    """Of the file and of all that it names: code lists and SQL."""

    def fault(self, place: Place, what: str, remedy: str) -> Fault:
        """A fault of this file, with the line of the place."""
        return Fault(line_of(self.lines, place), dotted(place), what, remedy)

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Raise MappingError if there is any fault."""
        if faults:
            raise MappingError(faults, self.path.name)

    def beside(self, name: str) -> Path:
        """A path that the file gives, from the folder that the file is in."""
        return self.path.parent / name


def read_mapping(path: Path) -> MappingFile:
    """Read a mapping file; raises MappingError with every fault of its shape."""
    content = _content(path)
    text = _text(content, path)
    table = _table(text, path)
    lines = positions(text)
    try:
        mapping = Mapping.model_validate(table)
    except ValidationError as error:
        faults = [_fault(dict(found), lines) for found in error.errors()]
        raise MappingError(faults, path.name) from None  # pydantic's own text quotes what stands in the file
    file = MappingFile(path, mapping, lines, "")
    return MappingFile(path, mapping, lines, _fingerprint(file, text))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AsccldError("There is no such mapping file", str(path), _near(path)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AsccldError(f"The mapping file cannot be read: {reason}", str(path), "Check the path") from error


def _near(path: Path) -> str:
    folder = path.parent if path.parent.is_dir() else Path()
    found = sorted(p.name for p in folder.glob("*.toml"))
    return did_you_mean(path.name, found) or "asccld map suggest drafts one from an extract"


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")  # Notepad begins a file with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = "Save it as UTF-8: in Notepad, Save As, Encoding"
        raise MappingError([Fault(line, "text", "The file is not UTF-8 text", remedy)], path.name) from error


def _table(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = re.search(r"\(at line (\d+), column (\d+)\)", said)
        line = int(at[1]) if at else text.count("\n") + 1
        what = re.sub(r" \(at .*\)", "", said)
        raise MappingError([syntax_fault(what, line, text)], path.name) from None


# ---------------------------------------------------------------- shape


def _fault(found: dict[str, Any], lines: dict[Place, int]) -> Fault:
    place: Place = tuple(found["loc"])
    what, remedy = _explained(found, place)
    return Fault(line_of(lines, place), dotted(place) or "the file", what, remedy)


def _explained(found: dict[str, Any], place: Place) -> tuple[str, str]:
    kind = str(found["type"])
    if kind == "extra_forbidden":
        return "This key is not known", _known_keys(place)
    if kind == "missing":
        return "This key is missing", f"Add it: {_EXAMPLES.get(str(place[-1]), PAGE)}"
    if kind == "literal_error":
        words = str(found["ctx"]["expected"]).replace("'", '"')
        return "This word is not known here", f"Use {words}"
    if kind == "value_error":
        return _of_ours(str(found["ctx"]["error"]))
    if kind in {"list_type", "dict_type", "model_type"} and (brackets := _BRACKETS.get(str(place[-1]))):
        return f"This must be {brackets[0]}", f"Write {brackets[1].format(dotted(place))}"
    return next(((what, remedy) for kinds, what, remedy in _SHAPES if kind in kinds), (str(found["msg"]), PAGE))


_BRACKETS: Final = {
    "leave_out": ("a list of tables", "[[{}]] with two brackets"),
    "patterns": ("a list of tables", "[[{}]] with two brackets"),
    "fields": ("a table of fields and columns", "[{}] with one bracket"),
    "constants": ("a table of fields and texts", "[{}] with one bracket"),
    "join": ("a table of extracts and columns", '{} = {{ people = "PERSON_ID" }}'),
    "map": ("a table of words and values", "[{}] with one bracket"),
}
_SHAPES: Final = (
    (("string_type",), "This must be text", 'Put it into quotation marks, for example "503"'),
    (("bool_type",), "This must be true or false", "Write true or false, without quotation marks"),
    (
        ("int_type", "int_parsing", "greater_than_equal"),
        "This must be a whole number from 1",
        "Write it without quotation marks, for example 300",
    ),
    (
        ("date_type", "date_from_datetime_inexact", "date_parsing"),
        "This must be a date",
        "Write year, month and day: 2025-04-01",
    ),
    (("tuple_type", "list_type"), "This must be a text or a list of texts", 'Write them like ["one", "two"]'),
    (
        ("dict_type", "model_type", "model_attributes_type"),
        "This must be a table of keys and values",
        'Write it like { key = "value" }',
    ),
    (("string_too_short",), "This text is empty", "Write something that the report can say"),
    (("too_short",), "There is no extract", "Add [extract.NAME] with the file of an extract"),
)
_EXAMPLES: Final = {
    "period": "[period] with start = 2025-04-01 and end = 2026-03-31",
    "start": "start = 2025-04-01",
    "end": "end = 2026-03-31",
    "extract": '[extract.NAME] with file = "extract.csv"',
    "why": 'why = "cancelled"',
    "url": 'url = "postgresql+psycopg://host/name"',
    "column": 'column = "STATUS"',
    "columns": 'columns = ["ELEMENT", "FUNDING"]',
    "fields": 'fields = ["service_type", "service_component"]',
    "pattern": 'pattern = "^HOURLY"',
    "value": 'value = "Hourly"',
}


def _of_ours(what: str) -> tuple[str, str]:
    """A sentence of `model`, with the remedy that belongs to it."""
    if what.startswith(REQUIRED_ONE):
        names = what.removeprefix(REQUIRED_ONE).strip().replace(", ", " or ")
        return f"This {what}", f"Give {names}, one of them only"
    return f"This {what}" if what.startswith(("has", "needs")) else what, PAGE


def _known_keys(place: Place) -> str:
    """The nearest key that may stand there, or all of them."""
    names = _keys_at(place[:-1])
    near = did_you_mean(str(place[-1]), names, count=1)
    if not near and len(place) > _WITHIN_A_PART and place[2] == "leave_out":
        return f"Known keys here: {', '.join(names)}. Fields go above it, below [extract.{place[1]}.fields]"
    if not near and len(place) == _WITHIN_A_PART and place[0] in _OFTEN_MEANT:
        return _OFTEN_MEANT[str(place[0])].format(place[1])
    return near or f"Known keys here: {', '.join(names)}"


_WITHIN_A_PART: Final = 3
_OFTEN_MEANT: Final = {
    "values": "Local words go below [values.{0}.map]",
    "extract": "Fields go below [extract.{0}.fields], fixed texts below [extract.{0}.constants]",
}


def _keys_at(place: Place) -> list[str]:
    """The keys that the table at a place may have, by walking the model."""
    from asccld.intake.mapping import model

    by_part: dict[tuple[str, ...], type[model.BaseModel]] = {
        (): model.Mapping,
        ("mapping",): model.About,
        ("period",): model.Period,
        ("formats",): model.Formats,
        ("database", "*"): model.Database,
        ("extract", "*"): model.ExtractSpec,
        ("extract", "*", "formats"): model.Formats,
        ("extract", "*", "fields", "*"): model.Source,
        ("extract", "*", "leave_out", "*"): model.LeaveOut,
        ("values", "*"): model.ValueMap,
        ("values", "*", "patterns", "*"): model.Pattern,
        ("codes", "*"): model.CodeList,
    }
    for parts, shape in by_part.items():
        if len(parts) == len(place) and all(a in ("*", b) for a, b in zip(parts, place, strict=True)):
            return [f.alias or name for name, f in shape.model_fields.items()]
    return []


# ---------------------------------------------------------------- fingerprint


def _fingerprint(file: MappingFile, text: str) -> str:
    """Twelve digits over the file and the files that it names; line ends do not matter."""
    digest = hashlib.sha256(_unix(text.encode()))
    named = [c.file for c in file.mapping.codes.values() if c.file]
    named += [e.sql for e in file.mapping.extract.values() if e.sql]
    for name in named:
        digest.update(name.encode())
        try:
            digest.update(_unix(file.beside(name).read_bytes()))
        except OSError:
            continue  # told, with its line, by whoever needs the file
    return digest.hexdigest()[:FINGERPRINT_DIGITS]


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
