"""From a chunk as submitted to columns that rules can look at.

For each field present in the file a prepared chunk holds `blank.<name>`, and by kind of field
- list: `code.<name>` (see `lexicon`);
- date: `value.<name>` (trimmed text), `date.<name>` (Date, null when unreadable), `other_format.<name>` where needed;
- number: `value.<name>`, `number.<name>` (Float64, null when unreadable);
- NHS number: `value.<name>`, `digits.<name>` (UInt64, null where it is not ten digits);
- other text: `value.<name>`.
`trimmed.<name>` and `literal_null.<name>` exist only where a chunk has such cells. Plus `row` and
`age_at_period_end`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from asccld.standard import Field
from asccld.validation.lexicon import LITERAL_NULL, Lexicon, encode, is_one_of
from asccld.validation.patterns import nhs_digits

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
_TIME = r"[ T](?:[01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|\+00:00)?$"


def without_blank_rows(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """The rows with at least one value: cells that hold only blanks are none."""
    first, *rest = list(names)
    value = pl.col(first, *rest).str.strip_chars() != ""
    blank = ~pl.any_horizontal(value).fill_null(value=False)
    # a row without a value has none in the first column: look at the others only there
    candidates = (
        frame.select((pl.col(first).str.strip_chars().fill_null("") == "").alias("none")).to_series().arg_true()
    )
    if candidates.is_empty():
        return frame
    found = candidates.filter(frame[candidates].select(blank.alias("blank")).to_series())
    if found.is_empty():
        return frame
    return frame.with_row_index("place").filter(~pl.col("place").is_in(found.implode())).drop("place")


def prepare(frame: pl.DataFrame, fields: Iterable[Field], lexicons: Mapping[str, Lexicon]) -> pl.DataFrame:
    """The prepared chunk; `frame` has `row` and one String column for each field present."""
    present = [f for f in fields if f.name in frame.columns]
    coded = [f for f in present if f.name in lexicons]
    free = [f for f in present if f.name not in lexicons]
    prepared = pl.DataFrame([frame["row"], *encode(frame, lexicons), *_tidied(frame, free)])
    prepared = prepared.with_columns(_lexicon_flags(lexicons, coded))
    prepared = prepared.with_columns(
        *(_blank(f, lexicons) for f in present),
        *(_typed(f) for f in free if f.type != "text" or f.format == "nhs-number"),
    )
    prepared = _with_other_formats(prepared, [f.name for f in free if f.type == "date"])
    return prepared.with_columns(_age(prepared))


def _tidied(frame: pl.DataFrame, fields: Sequence[Field]) -> list[pl.Series]:
    """`value.` of each free column and, where a chunk has such cells, `trimmed.` and `literal_null.`.

    Most columns have nothing to tidy and are taken as they are.
    """
    names = [f.name for f in fields]
    stripped = frame.select(pl.col(names).str.strip_chars())
    trimmed = frame.select((pl.col(n) != stripped[n]).any() for n in names).row(0)
    nulls = stripped.select((pl.col(n) == LITERAL_NULL).any() for n in names).row(0)
    both = frame.select(names).hstack(stripped.select(pl.all().name.prefix("value.")))
    return both.select(
        e for n, blanks, literal in zip(names, trimmed, nulls, strict=True) for e in _tidy(n, blanks, literal)
    ).get_columns()


def _tidy(name: str, has_blanks: bool, has_nulls: bool) -> Iterator[pl.Expr]:
    text = pl.col(f"value.{name}")
    if has_blanks:
        yield (pl.col(name) != text).fill_null(value=False).alias(f"trimmed.{name}")
    if has_nulls:
        yield (text == LITERAL_NULL).fill_null(value=False).alias(f"literal_null.{name}")
    blank = ([""] if has_blanks else []) + ([LITERAL_NULL] if has_nulls else [])
    yield pl.when(~text.is_in(blank)).then(text).alias(f"value.{name}") if blank else text


def _lexicon_flags(lexicons: Mapping[str, Lexicon], coded: Iterable[Field]) -> list[pl.Expr]:
    flags: list[pl.Expr] = []
    for field in coded:
        for flag in ("trimmed", "literal_null"):
            codes = lexicons[field.name].codes(flag, lambda e, flag=flag: getattr(e, flag))
            if codes:
                flags.append(is_one_of(pl.col(f"code.{field.name}"), codes).alias(f"{flag}.{field.name}"))
    return flags


def _blank(field: Field, lexicons: Mapping[str, Lexicon]) -> pl.Expr:
    if field.name not in lexicons:
        return pl.col(f"value.{field.name}").is_null().alias(f"blank.{field.name}")
    blanks = lexicons[field.name].of_kind("blank")
    code = pl.col(f"code.{field.name}")
    return is_one_of(code, blanks).alias(f"blank.{field.name}")


def read_dates(texts: pl.Series) -> pl.Series:
    """Texts as dates, in any format that is understood; null where none is."""
    exact = texts.to_frame("text").select(_exact_date(pl.col("text"))).to_series()
    return exact.zip_with(exact.is_not_null(), _read_otherwise(texts))


def _exact_date(text: pl.Expr) -> pl.Expr:
    date = text.str.to_date("%d/%m/%Y", strict=False)
    return pl.when((text.str.len_bytes() == 10) & date.dt.year().is_between(*_YEARS)).then(date)


def _typed(field: Field) -> pl.Expr:
    value = pl.col(f"value.{field.name}")
    if field.format == "nhs-number":
        return nhs_digits(value).alias(f"digits.{field.name}")
    if field.type == "date":
        return _exact_date(value).alias(f"date.{field.name}")
    number = pl.when(value.str.contains(_NUMBER)).then(value.cast(pl.Float64, strict=False))
    return number.alias(f"number.{field.name}")


def _with_other_formats(prepared: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Dates that are dates, only written otherwise: read, and marked."""
    for name in names:
        dates, texts = prepared[f"date.{name}"], prepared[f"value.{name}"]
        if dates.null_count() == texts.null_count():
            continue
        odd = (dates.is_null() & texts.is_not_null()).arg_true()
        read = _read_otherwise(texts.gather(odd))
        found = read.is_not_null()
        if found.any():
            at = odd.filter(found)
            marked = pl.repeat(False, dates.len(), eager=True).scatter(at, pl.repeat(True, at.len(), eager=True))
            prepared = prepared.with_columns(
                dates.scatter(at, read.filter(found)).alias(f"date.{name}"), marked.alias(f"other_format.{name}")
            )
    return prepared


def _read_otherwise(texts: pl.Series) -> pl.Series:
    """Texts as dates in any of the other formats; each distinct text is tried once."""
    distinct = texts.unique().to_frame("text").with_columns(date=_any_format(pl.col("text")))
    return texts.replace_strict(distinct["text"], distinct["date"], return_dtype=pl.Date)


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
