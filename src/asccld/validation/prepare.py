"""From a chunk as submitted to columns that rules can look at.

For each field present in the file a prepared chunk holds `kind.<name>` (see `kinds`), and by kind of field
- list: `code.<name>` and `meaning.<name>`, and `same.<name>` if rows are compared by it (see `lexicon.looked_up`);
- date: `value.<name>` (trimmed text), `date.<name>` (Date, null when unreadable), `other_format.<name>` where needed;
- number: `value.<name>`, `number.<name>` (Float64, null when unreadable);
- NHS number: `value.<name>`, `digits.<name>` (UInt64, null where it is not ten digits);
- other text: `value.<name>`;
- of these the identifiers of people also `same.<name>` (UInt64): equal where the national database would see one text.
`trimmed.<name>` and `literal_null.<name>` exist only where a chunk has such cells. Plus `row` and
`age_at_period_end`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from asccld.identifying.masking import IDENTIFIERS
from asccld.identifying.patterns import FORMATS, nhs_check_digit_holds, nhs_digits
from asccld.standard import Field
from asccld.validation.kinds import BLANK, OUT_OF_RANGE, VALID, WRONG_CHECK_DIGIT, WRONG_FORM
from asccld.validation.lexicon import LITERAL_NULL

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
    value = pl.col(first, *rest).cast(pl.String).str.strip_chars() != ""
    blank = ~pl.any_horizontal(value).fill_null(value=False)
    # a row without a value has none in the first column: look at the others only there
    candidates = (
        frame.select_seq((pl.col(first).cast(pl.String).str.strip_chars().fill_null("") == "").alias("none"))
        .to_series()
        .arg_true()
    )
    if candidates.is_empty():
        return frame
    found = candidates.filter(frame[candidates].select_seq(blank.alias("blank")).to_series())
    if found.is_empty():
        return frame
    return frame.with_row_index("place").filter(~pl.col("place").is_in(found.implode())).drop("place")


def prepare(frame: pl.DataFrame, encoded: Sequence[pl.Series], fields: Iterable[Field]) -> pl.DataFrame:
    """The prepared chunk; `frame` has `row` and one String column for each field, `encoded` what lists became."""
    lists = {s.name for s in encoded}
    free = [f for f in fields if f.name in frame.columns and f"code.{f.name}" not in lists]
    prepared = pl.DataFrame([frame["row"], *encoded, *_tidied(frame, [f.name for f in free])])
    prepared = prepared.with_columns_seq(_typed(f) for f in free if f.type != "text" or f.format == "nhs-number")
    prepared = _with_other_formats(prepared, [f.name for f in free if f.type == "date"])
    prepared = prepared.with_columns_seq(_same(f.name, prepared) for f in free if f.name in IDENTIFIERS)
    kinds = (_kind(f, prepared).alias(f"kind.{f.name}") for f in free)
    return prepared.with_columns_seq(*kinds, _age(prepared))


def _tidied(frame: pl.DataFrame, names: Sequence[str]) -> list[pl.Series]:
    """`value.` of each free column and, where a chunk has such cells, `trimmed.` and `literal_null.`.

    Most columns have nothing to tidy and are taken as they are.
    """
    if not names:
        return []
    text = pl.col(names)
    stripped = frame.select_seq(text.str.strip_chars().name.prefix("value."))
    both = frame.select_seq(names).hstack(stripped)
    # stripping makes a text shorter or leaves it alone
    sizes = both.select_seq(pl.all().str.len_bytes().sum()).row(0, named=True)
    nulls = stripped.select_seq((pl.all() == LITERAL_NULL).any()).row(0, named=True)
    tidied = (_tidy(n, sizes[n] != sizes[f"value.{n}"], bool(nulls[f"value.{n}"])) for n in names)
    return both.select_seq(e for expressions in tidied for e in expressions).get_columns()


def _tidy(name: str, has_blanks: bool, has_nulls: bool) -> Iterator[pl.Expr]:
    text = pl.col(f"value.{name}")
    literal = text == LITERAL_NULL
    if has_blanks:
        yield (pl.col(name).str.len_bytes() != text.str.len_bytes()).fill_null(value=False).alias(f"trimmed.{name}")
    if has_nulls:
        yield literal.fill_null(value=False).alias(f"literal_null.{name}")
    value = ([text.str.len_bytes() > 0] if has_blanks else []) + ([~literal] if has_nulls else [])
    yield pl.when(*value).then(text).alias(f"value.{name}") if value else text


def read_dates(texts: pl.Series) -> pl.Series:
    """Texts as dates, in any format that is understood; null where none is."""
    exact = texts.to_frame("text").select_seq(_exact_date(pl.col("text"))).to_series()
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


def _same(name: str, prepared: pl.DataFrame) -> pl.Expr:
    """A hash of an identifier without regard to case, as the national database compares text."""
    value, digits = prepared[f"value.{name}"], f"digits.{name}"
    # what is all digits has no case: nearly every column of NHS numbers
    plain = digits in prepared.columns and prepared[digits].null_count() == value.null_count()
    text = pl.col(value.name) if plain else pl.col(value.name).str.to_lowercase()
    return pl.when(pl.col(value.name).is_not_null()).then(text.hash()).alias(f"same.{name}")


def _with_other_formats(prepared: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Dates that are dates, only written otherwise: read, and marked."""
    odd = {n: places for n in names if (places := _unread(prepared, n)).len()}
    if not odd:
        return prepared
    # those of all columns at once: every distinct text is tried once
    read = _read_otherwise(pl.concat(prepared[f"value.{n}"][places] for n, places in odd.items()))
    made: list[pl.Series] = []
    start = 0
    for name, places in odd.items():
        here, start = read.slice(start, places.len()), start + places.len()
        found = here.is_not_null()
        if found.any():
            made += _corrected(prepared[f"date.{name}"], places.filter(found), here.filter(found), name)
    return prepared.with_columns_seq(made)


def _unread(prepared: pl.DataFrame, name: str) -> pl.Series:
    dates, texts = prepared[f"date.{name}"], prepared[f"value.{name}"]
    if dates.null_count() == texts.null_count():
        return pl.Series([], dtype=pl.UInt32)
    return (dates.is_null() & texts.is_not_null()).arg_true()


def _corrected(dates: pl.Series, places: pl.Series, read: pl.Series, name: str) -> list[pl.Series]:
    marked = pl.repeat(False, dates.len(), eager=True).scatter(places, pl.repeat(True, places.len(), eager=True))
    return [dates.clone().scatter(places, read).alias(f"date.{name}"), marked.alias(f"other_format.{name}")]


def _read_otherwise(texts: pl.Series) -> pl.Series:
    """Texts as dates in any of the other formats; each distinct text is tried once."""
    distinct = texts.unique().to_frame("text").with_columns_seq(date=_any_format(pl.col("text")))
    return texts.replace_strict(distinct["text"], distinct["date"], return_dtype=pl.Date)


def _any_format(text: pl.Expr) -> pl.Expr:
    day = text.str.replace(_TIME, "")
    read = pl.coalesce(*(day.str.to_date(f, strict=False) for f in _OTHER_FORMATS))
    # "%Y" also takes two digits; a century nobody wrote is not guessed
    return pl.when(read.dt.year().is_between(*_YEARS)).then(read)


def _kind(field: Field, prepared: pl.DataFrame) -> pl.Expr:
    """The kind of a cell of a free column."""
    value = pl.col(f"value.{field.name}")
    filled = pl.when(value.is_null()).then(_number(BLANK))
    if field.type == "date":
        return filled.when(pl.col(f"date.{field.name}").is_null()).then(_number(WRONG_FORM)).otherwise(_number(VALID))
    if field.type in ("decimal", "integer"):
        number = pl.col(f"number.{field.name}")
        unread = filled.when(number.is_null()).then(_number(WRONG_FORM))
        return unread.when(number < 0).then(_number(OUT_OF_RANGE)).otherwise(_number(VALID))
    if field.format == "nhs-number":
        digits = pl.col(f"digits.{field.name}")
        unread = filled.when(digits.is_null()).then(_number(WRONG_FORM))
        return unread.when(nhs_check_digit_holds(digits)).then(_number(VALID)).otherwise(_number(WRONG_CHECK_DIGIT))
    if field.format in FORMATS:
        # each distinct text is looked at once
        texts = prepared[f"value.{field.name}"].unique()
        wrong = texts.filter(~texts.str.contains(FORMATS[field.format]))
        return filled.when(value.is_in(wrong.implode())).then(_number(WRONG_FORM)).otherwise(_number(VALID))
    return filled.otherwise(_number(VALID))


def _number(kind: int) -> pl.Expr:
    return pl.lit(kind, pl.UInt8)


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
