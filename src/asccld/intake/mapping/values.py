"""What each distinct local text means: judged once, however many rows hold it.

A judged table has one row for each distinct combination of texts: `local`, one column for each field with its value as
it is written, `how` (see HOW), and `entry`, which tells the entry of the mapping that said so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

import polars as pl

from asccld.intake.mapping.folding import folded, folded_text
from asccld.intake.mapping.formats import WRITTEN, as_amount, as_date, last_year_of, two_decimals, whole_number
from asccld.intake.mapping.plan import Codes, ExtractPlan, FieldSource, Plan, Words
from asccld.intake.mapping.showing import shown

HOW: Final = ("mapped", "pattern", "national", "default", "blank", "as it is", "unmapped", "unreadable")
"""In the mapping; by a pattern; a national value already; by default; an empty cell; no list to be in; two findings."""
BETWEEN: Final = " / "


def indexed(columns: Sequence[pl.Series]) -> tuple[pl.Series, pl.DataFrame]:
    """The distinct combinations of some columns, and for each row which of them it has."""
    coded = [_coded(column) for column in columns]
    if len(coded) == 1:
        index, texts = coded[0]
        return index, pl.DataFrame([texts.alias("0")])
    index = reduce(_combined, coded[1:], coded[0][0])
    found = pl.DataFrame([index.alias("at")]).with_row_index("row").unique("at", keep="any").sort("at")
    return index, pl.DataFrame([texts[at[found["row"]]].alias(str(n)) for n, (at, texts) in enumerate(coded)])


def _combined(index: pl.Series, coded: tuple[pl.Series, pl.Series]) -> pl.Series:
    """The places of combinations with one column more; always few numbers, so that no product of them is too large."""
    at, texts = coded
    total = index.cast(pl.UInt64) * texts.len() + at
    seen = total.unique()
    return total.replace_strict(seen, pl.int_range(seen.len(), dtype=pl.UInt32, eager=True))


def _coded(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each row the place of its text among the distinct texts; a null is one, too."""
    if not isinstance(column.dtype, pl.Categorical):
        column = column.cast(pl.Categorical(pl.Categories.random()))
    texts = column.unique()
    physical, codes = column.to_physical().cast(pl.UInt32), texts.to_physical().cast(pl.UInt32)
    highest = codes.max()
    size = highest + 1 if isinstance(highest, int) else 0
    places = pl.int_range(texts.len(), dtype=pl.UInt32, eager=True)
    table = pl.repeat(0, size + 1, dtype=pl.UInt32, eager=True)
    table = table.scatter(codes.fill_null(size), places)  # the last place is that of null
    return table.gather(physical.fill_null(size)), texts.cast(pl.String)


def cleaned(text: pl.Expr, blanks: Sequence[str]) -> pl.Expr:
    """A cell without blanks around it; null where nothing is left, and for NULL and the texts that mean nothing."""
    inner = text.str.strip_chars()
    empty = inner.str.to_lowercase().is_in(["", "null", *blanks])
    return pl.when(~empty).then(inner)


# ---------------------------------------------------------------- one column, one field


def judged(
    texts: pl.Series, source: FieldSource, extract: ExtractPlan, plan: Plan, *, typed: bool = False
) -> pl.DataFrame:
    """The judged table of a field with a list, a date or a number.

    `typed` says that the extract has real dates, which come as dd/mm/yyyy.
    """
    frame = pl.DataFrame([texts.alias("raw")]).select(local=cleaned(pl.col("raw"), extract.blanks))
    name, local = source.field.name, pl.col("local")
    if source.words is not None:
        return _by_words(frame, source.words, plan)
    if source.field.type == "date":
        formats = (WRITTEN, *source.dates) if typed else source.dates
        day = as_date(local, formats, last_year_of(name, plan.end))
        frame = frame.with_columns(day=day)
        return _read(frame, name, pl.col("day").dt.to_string(WRITTEN))
    amount = as_amount(local, extract.decimal)
    return _read(frame, name, whole_number(amount) if source.field.type == "integer" else two_decimals(amount))


def _read(frame: pl.DataFrame, name: str, value: pl.Expr) -> pl.DataFrame:
    """What can be read, written as the standard wants it; what cannot, as it is."""
    found = frame.with_columns(value.alias(name))
    how = (
        pl.when(pl.col("local").is_null())
        .then(pl.lit("blank"))
        .when(pl.col(name).is_null())
        .then(pl.lit("unreadable"))
        .otherwise(pl.lit("as it is"))
    )
    entry = pl.lit(None, dtype=pl.String)
    return found.with_columns(how.alias("how"), pl.coalesce(name, "local").alias(name), entry=entry)


def _by_words(frame: pl.DataFrame, words: Words, plan: Plan) -> pl.DataFrame:
    spec = words.spec
    ignore = spec.case == "ignore"
    found = frame.with_columns(key=folded_text(pl.col("local"), ignore_case=ignore)).with_columns(
        mapped=_looked_up("key", {folded(w, ignore_case=ignore): v for w, v in spec.map.items()}),
        national=_looked_up("key", {folded(v, ignore_case=ignore): v for v in words.national if spec.national}),
        pattern=_by_pattern(frame["local"], words, plan),
    )
    blank, default = pl.lit(spec.blank, dtype=pl.String), pl.lit(spec.default, dtype=pl.String)
    left = pl.lit("unmapped" if words.closed else "as it is")
    found = found.with_columns(
        how=pl.when(pl.col("local").is_null())
        .then(pl.lit("blank"))
        .when(pl.col("mapped").is_not_null())
        .then(pl.lit("mapped"))
        .when(pl.col("national").is_not_null())
        .then(pl.lit("national"))
        .when(pl.col("pattern").is_not_null())
        .then(pl.lit("pattern"))
        .otherwise(pl.lit("default") if spec.default is not None else left)
    )
    value = (
        pl.when(pl.col("local").is_null())
        .then(blank)
        .otherwise(pl.coalesce("mapped", "national", "pattern", default, "local"))
    )
    entry = pl.when(pl.col("how") == "mapped").then("key")
    return found.select("local", value.replace({"": None}).alias(words.field), "how", entry=entry)


def _looked_up(column: str, table: dict[str, str]) -> pl.Expr:
    if not table:
        return pl.lit(None, dtype=pl.String)
    return pl.col(column).replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


def _by_pattern(texts: pl.Series, words: Words, plan: Plan) -> pl.Series:
    """The value of the pattern that fits; raises MappingError where several fit and do not agree."""
    found = pl.repeat(None, texts.len(), dtype=pl.String, eager=True)
    flag = "(?i)" if words.spec.case == "ignore" else ""
    for at, pattern in enumerate(words.spec.patterns):
        fits = texts.str.contains(flag + pattern.pattern).fill_null(value=False)
        two = fits & found.is_not_null() & (found != pattern.value)
        if two.any():
            example = shown(texts.filter(two)[0])
            what = f"Two mappings for one value: this pattern and an earlier one both fit '{example}'"
            fault = plan.file.fault(("values", words.name, "patterns", at), what, "Put the word itself into map")
            plan.file.refuse([fault])
        found = found.set(fits, pattern.value)
    return found


# ---------------------------------------------------------------- code lists


def judged_codes(texts: pl.DataFrame, codes: Codes, extract: ExtractPlan, plan: Plan) -> pl.DataFrame:
    """The judged table of a code list; `texts` has the columns "0", "1" and so on."""
    clean = texts.select(cleaned(pl.all(), extract.blanks))
    local = pl.concat_str(pl.all().fill_null(""), separator=BETWEEN).alias("local")
    shape = clean.select(local, empty=pl.all_horizontal(pl.all().is_null()))
    row = _rows(clean, codes, plan)
    tables = {f: pl.Series([r.values[at] for r in codes.rows], dtype=pl.String) for at, f in enumerate(codes.fields)}
    how = pl.when(pl.col("row").is_not_null()).then(pl.lit("mapped")).when("empty").then(pl.lit("blank"))
    found = shape.with_columns(row).with_columns(how.otherwise(pl.lit("unmapped")).alias("how"))
    unmapped = pl.when(pl.col("how") == "unmapped").then("local")
    return found.with_columns(
        pl.coalesce(pl.lit(table).gather("row"), unmapped).replace({"": None}).alias(name)
        for name, table in tables.items()
    ).select("local", *tables, "how", entry=pl.col("row").cast(pl.String))


def _rows(clean: pl.DataFrame, codes: Codes, plan: Plan) -> pl.Series:
    """For each combination the row of the code list that fits best: the one that leaves the least open."""
    keys = clean.select(_key(pl.all(), codes))
    numbered = list(enumerate(codes.rows))
    masks = sorted({tuple(t is None for t in r.texts) for r in codes.rows}, key=sum)
    best = pl.repeat(None, clean.height, dtype=pl.UInt32, eager=True)
    openness = pl.repeat(None, clean.height, dtype=pl.UInt32, eager=True)
    for mask in masks:
        rows = {
            tuple(folded(t, ignore_case=codes.ignore_case) for t in r.texts if t is not None): at
            for at, r in reversed(numbered)
            if tuple(t is None for t in r.texts) == mask
        }
        fits = _fitting(keys, [str(n) for n, wild in enumerate(mask) if not wild], rows)
        same = openness == sum(mask)
        _refuse_ties(codes, plan, clean.filter(same), best.filter(same), fits.filter(same))
        new = best.is_null() & fits.is_not_null()
        best, openness = fits.zip_with(new, best), openness.set(new, sum(mask))
    return best.alias("row")


def _key(text: pl.Expr, codes: Codes) -> pl.Expr:
    return folded_text(text, ignore_case=codes.ignore_case).fill_null("")


def _fitting(keys: pl.DataFrame, columns: list[str], rows: dict[tuple[str, ...], int]) -> pl.Series:
    """The row whose texts stand in some columns."""
    if not columns:
        return pl.repeat(rows[()], keys.height, dtype=pl.UInt32, eager=True)
    wanted = pl.DataFrame(list(rows), schema=columns, orient="row").with_columns(
        row=pl.Series(list(rows.values()), dtype=pl.UInt32)
    )
    return keys.join(wanted, on=columns, how="left", maintain_order="left")["row"]


def _refuse_ties(codes: Codes, plan: Plan, texts: pl.DataFrame, one: pl.Series, other: pl.Series) -> None:
    """Raise MappingError where two rows leave as much open for one code and do not agree."""
    code = pl.concat_str(pl.all().fill_null(""), separator=BETWEEN)
    pairs = texts.select(code.alias("code")).with_columns(one.alias("one"), other.alias("other")).drop_nulls()
    for text, first, second in zip(*(pairs[c].to_list() for c in ("code", "one", "other")), strict=True):
        a, b = codes.rows[int(first)], codes.rows[int(second)]
        if a.values != b.values:
            what = f"Two mappings for one value: {a.place} and {b.place} both fit '{shown(str(text))}'"
            plan.file.refuse([plan.file.fault(("codes", codes.name), what, "Add a row for the code itself")])
