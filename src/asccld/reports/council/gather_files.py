"""The files themselves: how good the data are, what to fix first, and what changed since the last submission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from asccld.reports.council.judging import goes, quality_moved, tells
from asccld.reports.council.layout import column, columns
from asccld.reports.council.model import Block, Chapter, Chart, Column, Headline
from asccld.reports.council.protecting import Shown, counts, percentages, rounded
from asccld.reports.display import period, rows_listed
from asccld.reports.quality import UNGROUPED, by_field, by_module, overall
from asccld.reports.rounding import SHARE, share_of
from asccld.reports.rounding import rounded as to_decimals

if TYPE_CHECKING:
    from asccld.reports.council.checked import Changes, Checked
    from asccld.reports.council.material import Material
    from asccld.submissions import Listed, Submission

RATES: Final = ("completeness", "validity", "mandatory_failure_rate")
_RATES_OF: Final = {
    "completeness": ("filled", "applicable"),
    "validity": ("passed", "applicable"),
    "mandatory_failure_rate": ("blank_mandatory", "mandatory"),
}
"""Of which counts the rates are made."""
PASSED: Final = "A cell that is blank though the item applies has passed where the item is not mandatory."
_COUNTS: Final = ("applicable", "passed", "blank_passed", "blank_mandatory", "invalid", "earlier_release")


def quality_chapters(material: Material) -> Iterator[Chapter]:
    """What is to be known of the data before a figure is believed."""
    quality = material.quality
    result = quality.latest
    blocks = (*_trend(material), *(_modules(result, material) if result else ()))
    which = _which(material)
    definition = "How complete and how valid the submissions are, and how that changed from one to the next"
    definition += f"; the figures are of {which}." if result else "."
    missing = "" if blocks else quality.why_none
    found = tuple(_rates(result, quality.before, material)) if result else ()
    heads = _heads(quality.latest_number, quality.before_number)
    yield Chapter("quality", "quality", "Data quality", definition, found, blocks, missing=missing, heads=heads)
    if result is None:
        return
    definition = f"The faults of {which}, the most severe and most frequent first, each with what to do."
    yield Chapter("quality-fix", "quality", "What to fix first", definition, (), (_faults(result, material),))
    definition = f"For every field of {which}: how often it is filled in where it applies, and how often it passed."
    yield Chapter("quality-fields", "quality", "Quality by field", definition, (), (_fields(result, material),))


def _which(material: Material) -> str:
    """The file whose quality is told, in words."""
    quality = material.quality
    if quality.latest_number is None:
        return "the file"
    days = f" ({period(quality.latest_period)})" if quality.latest_period else ""
    return f"submission {quality.latest_number}{days}"


def _heads(now: int | None, before: int | None) -> tuple[str, str]:
    """What stands over figures of files, which are not those of a period."""
    return (
        "The file" if now is None else f"Submission {now}",
        "Previous" if before is None else f"Submission {before}",
    )


def _trend(material: Material) -> Iterator[Block]:
    """One row for each submission."""
    rows = [_submission(entry, material) for entry in material.quality.listed]
    if not rows:
        return
    numbers = ("filled", "passed", "applicable")
    schema = {"completeness": pl.Float64, "validity": pl.Float64, **dict.fromkeys(numbers, pl.Int64)}
    frame = pl.DataFrame(rows, schema_overrides=schema)
    whole = ["rows", "error"]
    made_of = {"rows_with_error_share": ("faulty", "rows"), **{n: _RATES_OF[n] for n in RATES[:2]}}
    shown = _shown(frame, whole, made_of, material)
    councils = ["la_name"] if material.several else []
    rates = [n for n in ("completeness", "validity") if frame[n].drop_nulls().len()]
    names = [
        *councils,
        "number",
        "received",
        "period_end",
        "release",
        "state",
        *whole,
        "rows_with_error_share",
        *rates,
    ]
    chart = None
    if frame.height > 1 and not material.several:
        chart = Chart(
            "bars",
            "number",
            "rows_with_error_share",
            None,
            "Rows with an error",
            "The share of rows with at least one error in each submission.",
        )
    made = tuple(Column("number", "Submission") if n == "number" else column(n) for n in names)
    note = (
        "Every file that was received, first to last."
        " Completeness and validity are those of the files that were checked anew for this report."
    )
    yield Block("submissions", "Submissions", note, made, shown.rows, chart, marks=shown.marks)


def _shown(
    frame: pl.DataFrame, names: Sequence[str], made_of: Mapping[str, tuple[str, str]], material: Material
) -> Shown:
    """The frame; of a report to be shared its counts rounded, and its percentages made of rounded ones."""
    if not material.shareable:
        return Shown(frame)
    shares = percentages(frame, made_of)
    shown = rounded(shares.rows, names)
    return Shown(shown.rows, {**shares.marks, **shown.marks})


def _submission(entry: Listed, material: Material) -> dict[str, Any]:
    found = entry.submission
    result = material.quality.checked.get(found.number)
    rates = overall(result.fields).to_dicts() if result else []
    covered = found.derived_period or found.period
    faulty = found.rows_with.get("error", 0)
    state = f"{entry.state} by {entry.superseded_by}" if entry.superseded_by else entry.state
    return {
        "la_name": found.la_name or found.la_code,
        "number": str(found.number),
        "received": found.received_at.date(),
        "period_end": covered[1] if covered else None,
        "release": found.release,
        "state": state,
        "rows": found.rows,
        "error": found.findings.get("error", 0),
        "faulty": faulty,
        **{name: rates[0][name] if rates else None for name in ("filled", "passed", "applicable")},
        "rows_with_error_share": share_of(faulty, found.rows) if found.rows else None,
        **{name: _percent(rates[0][name]) if rates else None for name in ("completeness", "validity")},
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else share_of(share, 1)


def _rates(result: Checked, before: Checked | None, material: Material) -> Iterator[Headline]:
    now, then = (_overall(found, shareable=material.shareable) for found in (result, before))
    true, true_then = (_overall(found, shareable=False) for found in (result, before))
    if not now:
        return
    words = {
        "completeness": "Filled in where it applies",
        "validity": "Valid, or blank where it may be",
        "mandatory_failure_rate": "Blank though mandatory",
        "rows_with_error": "Rows with an error",
    }
    for name, label in words.items():
        direction = "up" if name in {"completeness", "validity"} else "down"
        cells = [found.get(f"{name}_of") for found in (true, true_then)]
        good = goes(direction, moved=quality_moved(true[name], true_then.get(name), *cells))
        value, previous, mark = now[name], then.get(name), now.get(f"{name}_mark") or ""
        untold = None not in {value, previous} and not tells(value - previous, true[name] - true_then[name])
        yield Headline(label, value, None, None, "%", "percent", previous=previous, good=good, mark=mark, untold=untold)


def _overall(found: Checked | None, *, shareable: bool) -> dict[str, Any]:
    """The rates of a whole file, and what stands in place of those that may not be shown."""
    if found is None:
        return {}
    rates = _as_percent(overall(found.fields)).with_columns(rows=found.rows, faulty=found.rows_with.get("error", 0))
    share = pl.when(pl.col("rows") > 0).then(to_decimals(100 * pl.col("faulty") / pl.col("rows"), SHARE))
    made_of = {**_RATES_OF, "rows_with_error": ("faulty", "rows")}
    rates = rates.with_columns(pl.col(whole).alias(f"{name}_of") for name, (_, whole) in made_of.items())
    shared = rates.with_columns(rows_with_error=share)
    shown = percentages(shared, made_of) if shareable else Shown(shared)
    marks = {f"{name}_mark": mark for name, mark in shown.marks.items()}
    rows = shown.rows.with_columns(**marks)
    return rows.row(0, named=True) if rows.height else {}


def _modules(result: Checked, material: Material) -> Iterator[Block]:
    frame = _with_blanks(_as_percent(by_module(result.fields)))
    shown = _shown(frame, ["applicable", "passed", "blank_passed"], _RATES_OF, material)
    chart = (
        Chart(
            "bars",
            "module",
            "validity",
            None,
            "Validity by module",
            "The share of cells that passed, by module of the standard.",
        )
        if frame.height
        else None
    )
    names = ("module", "applicable", "passed", "blank_passed", *RATES)
    which = _which(material)
    note = f"{which[:1].upper()}{which[1:]}. {PASSED}"
    yield Block("modules", "By module", note, columns(names), shown.rows, chart, marks=shown.marks)


def _with_blanks(table: pl.DataFrame) -> pl.DataFrame:
    """The table with how many of the cells that passed are blank."""
    return table.with_columns(blank_passed=pl.col("applicable") - pl.col("filled") - pl.col("blank_mandatory"))


def _as_percent(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(to_decimals(pl.col(RATES) * 100, SHARE), pl.col("^module$").replace("", UNGROUPED))


def _faults(result: Checked, material: Material) -> Block:
    rows = [
        {
            "severity": f.severity,
            "place": f.place,
            "title": f.title,
            "failed": f.failed,
            "checked": f.checked if f.checked > 1 else None,
            "share": share_of(f.failed, f.checked) if f.checked > 1 else None,
            "fix": f.fix,
            "example_rows": rows_listed(f.rows),
        }
        for f in result.faults
    ]
    schema = {
        "severity": pl.String,
        "place": pl.String,
        "title": pl.String,
        "failed": pl.Int64,
        "checked": pl.Int64,
        "share": pl.Float64,
        "fix": pl.String,
        "example_rows": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    shown = _shown(frame, ["failed"], {"share": ("failed", "checked")}, material)
    hidden = {"checked", "example_rows"} if material.shareable else {"checked"}
    names = [n for n in schema if n not in hidden]
    note = "Ranked by severity, then by the rows affected. asccld validate lists every one."
    made = tuple(column(n, heading="Share of those looked at") if n == "share" else column(n) for n in names)
    return Block("faults", "What to fix first", note, made, shown.rows, marks=shown.marks)


def _fields(result: Checked, material: Material) -> Block:
    frame = _with_blanks(_as_percent(by_field(result.fields)))
    before, made_of = material.quality.before, dict(_RATES_OF)
    if before is not None:
        counted = (*RATES[:2], "filled", "passed", "applicable")
        then = _as_percent(by_field(before.fields)).select(
            "field", *(pl.col(n).alias(f"previous_{n}") for n in counted)
        )
        frame = frame.join(then, on="field", how="left", maintain_order="left")
        made_of |= {
            f"previous_{n}": (f"previous_{a}", f"previous_{b}") for n, (a, b) in _RATES_OF.items() if n in RATES[:2]
        }
    shown = _shown(frame, _COUNTS, made_of, material)
    further = ("previous_completeness", "previous_validity") if before is not None else ()
    names = ("header", "module", *_COUNTS, *RATES, *further)
    number = material.quality.before_number
    note = f"{PASSED} Beside it the file before, submission {number}." if number else PASSED
    return Block("fields", f"Every field of {_which(material)}", note, columns(names), shown.rows, marks=shown.marks)


def changes_chapter(material: Material) -> Iterator[Chapter]:
    """What changed since the last submission."""
    found = material.quality.changes
    numbers = (found.later.number, found.earlier.number) if found else None
    later, before = map("submission {}".format, numbers) if numbers else ("the submission", "the one before it")
    definition = f"What {later} has that {before} had not, what is gone, and which fields changed."
    title = "What changed since the last submission"
    if found is None:
        if not material.several:
            why = material.quality.why_none or "There is only one file of the council that counts."
            yield Chapter("changes", "changes", title, definition, missing=why)
        return
    figures = tuple(_headlines(found, material))
    blocks = (_summary(found, material), _changed_fields(found, material), *_changed_months(found, material))
    heads = _heads(found.later.number, found.earlier.number)
    yield Chapter("changes", "changes", title, definition, figures, blocks, heads=heads)


def _summary(found: Changes, material: Material) -> Block:
    numbers = found.events
    frame = pl.DataFrame({"what": list(numbers), "count": list(numbers.values())})
    shown = rounded(frame, ["count"]) if material.shareable else Shown(frame)
    note = _which_with_which(found.later, found.earlier)
    return Block(
        "summary", "In short", note, (column("what"), column("count", heading="Events")), shown.rows, marks=shown.marks
    )


def _which_with_which(later: Submission, earlier: Submission) -> str:
    """Which submission stands beside which, each with its period: a corrected one beside the one that it replaces."""
    now, then = (f"submission {s.number}, received on {s.received_at:%d/%m/%Y}" for s in (later, earlier))
    if later.period == earlier.period:
        both = f"Both are of {period(later.period)}: it replaces that one."
    else:
        both = f"They are of {period(later.period)} and of {period(earlier.period)}."
    return f"S{now[1:]}, beside the one received before it, {then}. {both}"


def _headlines(found: Changes, material: Material) -> Iterator[Headline]:
    numbers = pl.DataFrame({"label": list(found.events), "count": list(found.events.values())})
    shown = rounded(numbers, ["count"]) if material.shareable else Shown(numbers)
    marks = shown.marks.get("count")
    for place, row in enumerate(shown.rows.to_dicts()):
        if row["label"] in {"Events added", "Events gone", "Events changed"}:
            mark = "" if marks is None else marks[place] or ""
            yield Headline(row["label"], row["count"], None, None, "events", "count", mark=mark)


def _changed_fields(found: Changes, material: Material) -> Block:
    frame = found.fields
    names = ("changed", "filled", "blanked")
    shown = rounded(frame, names) if material.shareable else Shown(frame)
    made = columns(("header", *names))
    note = "Events that are in both files, and differ in the field; filled in: blank before; made blank: blank now."
    chart = (
        Chart(
            "bars",
            "header",
            "changed",
            None,
            "Changes by field",
            "How many events changed in each field, the most first.",
        )
        if frame.height
        else None
    )
    return Block("fields", "Changes by field", note, made, shown.rows, chart, marks=shown.marks)


def _changed_months(found: Changes, material: Material) -> Iterator[Block]:
    frame = found.months.filter(pl.col("difference") != 0).with_columns(pl.col("month").cast(pl.Date))
    if frame.is_empty():
        return
    if material.shareable:
        shown = counts(frame, ("event_type", "month"), ("earlier", "later"))
        rows = shown.rows.with_columns(difference=pl.col("later") - pl.col("earlier"))
        shown = Shown(rows, shown.marks)
    else:
        shown = Shown(frame)
    names = ("event_type", "month", "earlier", "later", "difference")
    note = "By the month of the end, of the start for open events; only where the number differs."
    yield Block("months", "Events by type and month", note, columns(names), shown.rows, marks=shown.marks)
