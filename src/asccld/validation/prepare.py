"""From a chunk as submitted to columns that rules can look at.

For each field present in the file a prepared chunk holds `blank.<name>`, and by kind of field
- list: `code.<name>` (see `lexicon`);
- date: `value.<name>` (trimmed text), `date.<name>` (Date, null when unreadable), `other_format.<name>` where needed;
- number: `value.<name>`, `number.<name>` (Float64, null when unreadable);
- other text: `value.<name>`.
`trimmed.<name>` and `literal_null.<name>` exist only where a chunk has such cells. Plus `row`, `raw.<name>` for list
columns, and `age_at_period_end`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from asccld.standard import Field
from asccld.validation.lexicon import LITERAL_NULL, Lexicon, encode

_NUMBER = r"^-?(?:\d+\.?\d*|\.\d+)$"
_YEARS = (1850, 2150)  # a date outside is a slip, whatever it means
_OTHER_FORMATS = (
    "%Y-%m-%d",
    "%d/%m/%Y",  # without leading zeros
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%Y/%m/%d",
    "%Y%m%d",
)
_TIME = r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|\+00:00)?$"


def without_blank_rows(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The rows with at least one value: cells that hold only blanks are none."""
    first, *rest = list(names)
    if not frame[first].null_count():
        return frame
    value = pl.col(first, *rest).str.strip_chars() != ""
    return frame.filter(pl.any_horizontal(value).fill_null(value=False))


def prepare(frame: pl.DataFrame, fields: Iterable[Field], lexicons: Mapping[str, Lexicon]) -> pl.DataFrame:
    """The prepared chunk; `frame` has `row` and one String column for each field present."""
    present = [f for f in fields if f.name in frame.columns]
    coded = [f for f in present if f.name in lexicons]
    free = [f for f in present if f.name not in lexicons]
    codes = encode(frame, lexicons)
    untidy = _untidy(frame, free)
    prepared = frame.select(
        "row",
        *(pl.col(f.name).alias(f"raw.{f.name}") for f in coded),
        *(_value(f) if f.name in untidy else pl.col(f.name).alias(f"value.{f.name}") for f in free),
        *(_literal_null(f) for f in free if "literal_null" in untidy.get(f.name, ())),
        *(_trimmed(f) for f in free if "trimmed" in untidy.get(f.name, ())),
        *(pl.lit(c).alias(f"code.{c.name}") for c in codes),
    )
    prepared = prepared.with_columns(_lexicon_flags(lexicons, coded))
    prepared = prepared.with_columns(
        *(_blank(f, lexicons) for f in present), *(_typed(f) for f in free if f.type != "text")
    )
    prepared = _with_other_formats(prepared, [f.name for f in free if f.type == "date"])
    return prepared.with_columns(_age(prepared))


def _untidy(frame: pl.DataFrame, fields: Sequence[Field]) -> dict[str, list[str]]:
    """Columns with cells to trim or to read as blank, and which of the two; most have none and are taken as is."""
    tests = {"trimmed": _is_trimmed, "literal_null": _is_literal_null}
    asked = frame.select(test(f.name).any().alias(f"{kind}.{f.name}") for f in fields for kind, test in tests.items())
    found = [name.split(".", 1) for name, yes in zip(asked.columns, asked.row(0), strict=True) if yes]
    return {name: [k for k, n in found if n == name] for _, name in found}


def _is_trimmed(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars() != pl.col(name)


def _is_literal_null(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars() == LITERAL_NULL


def _value(field: Field) -> pl.Expr:
    text = pl.col(field.name).str.strip_chars()
    return pl.when((text != "") & (text != LITERAL_NULL)).then(text).alias(f"value.{field.name}")


def _literal_null(field: Field) -> pl.Expr:
    return _is_literal_null(field.name).fill_null(value=False).alias(f"literal_null.{field.name}")


def _trimmed(field: Field) -> pl.Expr:
    return _is_trimmed(field.name).fill_null(value=False).alias(f"trimmed.{field.name}")


def _lexicon_flags(lexicons: Mapping[str, Lexicon], coded: Iterable[Field]) -> list[pl.Expr]:
    flags: list[pl.Expr] = []
    for field in coded:
        for flag in ("trimmed", "literal_null"):
            codes = lexicons[field.name].codes(lambda e, flag=flag: getattr(e, flag))
            if codes:
                flags.append(pl.col(f"code.{field.name}").is_in(codes).alias(f"{flag}.{field.name}"))
    return flags


def _blank(field: Field, lexicons: Mapping[str, Lexicon]) -> pl.Expr:
    if field.name not in lexicons:
        return pl.col(f"value.{field.name}").is_null().alias(f"blank.{field.name}")
    blanks = lexicons[field.name].of_kind("blank")
    code = pl.col(f"code.{field.name}")
    return (code.is_in(blanks) if len(blanks) > 1 else code == blanks[0]).alias(f"blank.{field.name}")


def _typed(field: Field) -> pl.Expr:
    value = pl.col(f"value.{field.name}")
    if field.type == "date":
        date = value.str.to_date("%d/%m/%Y", strict=False)
        exact = (value.str.len_bytes() == 10) & date.dt.year().is_between(*_YEARS)
        return pl.when(exact).then(date).alias(f"date.{field.name}")
    number = pl.when(value.str.contains(_NUMBER)).then(value.cast(pl.Float64, strict=False))
    return number.alias(f"number.{field.name}")


def _with_other_formats(prepared: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Dates that are dates, only written otherwise: read, and marked."""
    for name in names:
        if prepared[f"date.{name}"].null_count() == prepared[f"value.{name}"].null_count():
            continue
        odd = prepared[f"value.{name}"].filter(prepared[f"date.{name}"].is_null()).drop_nulls().unique()
        read = odd.to_frame("text").with_columns(date=_any_format(pl.col("text"))).drop_nulls()
        if read.height:
            found = pl.col(f"value.{name}").replace_strict(
                read["text"], read["date"], default=None, return_dtype=pl.Date
            )
            prepared = prepared.with_columns(
                pl.coalesce(f"date.{name}", found).alias(f"date.{name}"),
                (pl.col(f"date.{name}").is_null() & found.is_not_null()).alias(f"other_format.{name}"),
            )
    return prepared


def _any_format(text: pl.Expr) -> pl.Expr:
    day = text.str.replace(_TIME, "")
    read = pl.coalesce(*(day.str.to_date(f, strict=False) for f in _OTHER_FORMATS))
    # "%Y" also takes two digits; a century nobody wrote is not guessed
    return pl.when(read.dt.year().is_between(*_YEARS)).then(read)


def _age(prepared: pl.DataFrame) -> pl.Expr:
    needed = ("date.date_of_birth", "date.reporting_period_end_date")
    if not set(needed) <= set(prepared.columns):
        return pl.lit(None, pl.Int32).alias("age_at_period_end")
    born, end = (pl.col(n) for n in needed)
    before_birthday = (born.dt.month() > end.dt.month()) | (
        (born.dt.month() == end.dt.month()) & (born.dt.day() > end.dt.day())
    )
    years = end.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32)
    return years.cast(pl.Int32).alias("age_at_period_end")
