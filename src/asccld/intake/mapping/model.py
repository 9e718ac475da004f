"""The shapes of a mapping file: every key that may stand in it, and of what kind its value is.

What a key means is said in `docs/reference/mapping-file.md`, which a test compares with this module. Whether fields and
values exist in the standard is asked by `proving`, whether columns exist in the extracts by `binding`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

REQUIRED_ONE = "needs exactly one of"
"""How the errors of this module begin that a key is missing or two exclude each other."""


def _texts(value: object) -> object:
    """One text is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _rows(value: object) -> object:
    if not isinstance(value, list):
        return value
    return tuple(map(_texts, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _source(value: object) -> object:
    """The header of a column is the short form of where a field comes from."""
    return {"column": value} if isinstance(value, str) else value


def _day(value: object) -> object:
    """`2025-04-01` in quotation marks is a date, too."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts, json_schema_input_type=str | list[str])]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Rows = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_rows, json_schema_input_type=list[list[str]])]


class _Table(BaseModel):
    """A table of the file: keys that are not listed are refused, nothing is converted in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    def _exactly_one(self, *names: str) -> None:
        given = [n for n in names if getattr(self, n.replace(".", "_")) is not None]
        if len(given) != 1:
            message = f"{REQUIRED_ONE} {', '.join(names)}"
            raise ValueError(message)


class About(_Table):
    """`[mapping]`: what the file is."""

    title: str = ""
    release: str | None = None


class Period(_Table):
    """`[period]`: the reporting period."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.start > self.end:
            message = "the period ends before it starts"
            raise ValueError(message)
        return self


class Formats(_Table):
    """`[formats]`: how extracts write dates, amounts and nothing. None: as said elsewhere."""

    dates: Texts | None = None
    decimal: Literal[".", ","] | None = None
    blanks: Texts | None = None

    def over(self, general: Formats) -> Formats:
        """These formats, and the general ones where these say nothing."""
        said = self.model_dump(exclude_none=True)
        return general.model_copy(update=said)


SHIPPED_FORMATS = Formats(dates=("dd/mm/yyyy", "yyyy-mm-dd"), decimal=".", blanks=())


class Database(_Table):
    """`[database.NAME]`: where to ask, and who vouches for us; never a password."""

    url: str
    user: str | None = None
    user_env: str = "ASCCLD_DATABASE_USER"
    password_env: str = "ASCCLD_DATABASE_PASSWORD"  # noqa: S105 - the name of a variable
    keyring: str | None = None
    timeout_seconds: int = Field(default=300, ge=1)


class Source(_Table):
    """Where a field comes from."""

    column: str | None = None
    first_of: Texts | None = None
    text: str | None = None
    values: str | None = None
    dates: Texts | None = None

    @model_validator(mode="after")
    def _one(self) -> Source:
        self._exactly_one("column", "first_of", "text")
        if self.first_of == ():
            message = "needs at least one column in first_of"
            raise ValueError(message)
        if self.text is not None and re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", self.text)):
            message = "has a brace without its other half in text"
            raise ValueError(message)
        return self


class LeaveOut(_Table):
    """`leave_out`: rows that are no events."""

    column: str
    is_: Texts | None = Field(default=None, alias="is")
    is_not: Texts | None = None
    why: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _one(self) -> LeaveOut:
        if (self.is_ is None) == (self.is_not is None):
            message = f"{REQUIRED_ONE} is, is_not"
            raise ValueError(message)
        return self


class ExtractSpec(_Table):
    """`[extract.NAME]`: one file or query; with a key it is looked up, without one its rows are events."""

    file: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header_row: int = Field(default=1, ge=1)
    sql: str | None = None
    database: str | None = None
    key: Texts = ()
    optional: bool = False
    formats: Formats = Formats()
    fields: dict[str, Annotated[Source, BeforeValidator(_source, json_schema_input_type=str | Source)]] = {}
    constants: dict[str, str] = {}
    codes: Texts = ()
    join: dict[str, Texts] = {}
    select: Literal["completed", "active", "all"] | None = None
    leave_out: list[LeaveOut] = []

    @model_validator(mode="after")
    def _sound(self) -> ExtractSpec:
        self._exactly_one("file", "sql")
        if (self.sql is None) != (self.database is None):
            message = "needs sql and database together"
            raise ValueError(message)
        if self.key and (self.join or self.select or self.leave_out):
            message = "has a key, so it is looked up: join, select and leave_out belong to an extract of events"
            raise ValueError(message)
        if self.sql is not None and self.header_row > 1:
            message = "has sql, so no row stands above its header: header_row belongs to a file"
            raise ValueError(message)
        if self.optional and not self.key:
            message = "has no key, so it holds events: optional belongs to an extract that is looked up"
            raise ValueError(message)
        return self

    @property
    def holds_events(self) -> bool:
        """Whether each row is an event, rather than looked up."""
        return not self.key


class Pattern(_Table):
    """`patterns`: words of a form."""

    pattern: str
    value: str


class ValueMap(_Table):
    """`[values.NAME]`: what local words of one column mean."""

    map: dict[str, str] = {}
    patterns: list[Pattern] = []
    case: Literal["ignore", "exact"] = "ignore"
    national: bool = True
    blank: str | None = None
    default: str | None = None


class CodeList(_Table):
    """`[codes.NAME]`: from several columns to several fields."""

    columns: Texts
    fields: Texts
    rows: Rows | None = None
    file: str | None = None
    case: Literal["ignore", "exact"] = "ignore"

    @model_validator(mode="after")
    def _sound(self) -> CodeList:
        self._exactly_one("rows", "file")
        if not self.columns or not self.fields:
            message = "needs at least one column and one field"
            raise ValueError(message)
        return self


class Mapping(_Table):
    """A mapping file."""

    mapping: About = About()
    period: Period
    formats: Formats = Formats()
    constants: dict[str, str] = {}
    database: dict[str, Database] = {}
    extract: dict[str, ExtractSpec] = Field(min_length=1)
    values: dict[str, ValueMap] = {}
    codes: dict[str, CodeList] = {}

    def formats_of(self, name: str) -> Formats:
        """The formats of an extract: its own, else the file's, else the shipped ones."""
        return self.extract[name].formats.over(self.formats.over(SHIPPED_FORMATS))

    @property
    def events(self) -> dict[str, ExtractSpec]:
        """The extracts whose rows are events."""
        return {n: e for n, e in self.extract.items() if e.holds_events}

    @property
    def lookups(self) -> dict[str, ExtractSpec]:
        """The extracts that are looked up."""
        return {n: e for n, e in self.extract.items() if not e.holds_events}


def json_schema() -> dict[str, Any]:
    """The schema of a mapping file as JSON Schema, for editors that check while one types."""
    return Mapping.model_json_schema(by_alias=True, mode="validation") | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "asccld mapping file",
    }
