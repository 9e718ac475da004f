"""From computed tables to the report: figures are those of the measures' CSV files, and nothing is there unasked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from asccld.cli.report_files import quality_of
from asccld.privacy import disclosure_rule
from asccld.reports.council.checked import Changes
from asccld.reports.council.gather import gathered
from asccld.reports.council.gather_waiting import AGE, END, START, WAITS
from asccld.reports.council.layout import blocks, column, headlines, outlines, tallies
from asccld.reports.council.model import PERSONAL, Block, Chapter, Report
from asccld.reports.council.originals import with_own_references
from asccld.reports.council.terminal import summary_lines
from asccld.reports.quality import UNGROUPED
from asccld.submissions import Register, Submission
from reports.council.made_council import LA, Made, input_for


def blocks_of(report: Report) -> Iterator[tuple[Chapter, Block]]:
    return ((chapter, block) for chapter in report.chapters for block in chapter.blocks)


def csv(made: Made, name: str) -> pl.DataFrame:
    return pl.read_csv(made.tables / f"{name}.csv", infer_schema=False)


def as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Values as a CSV file has them."""
    numbers = [c for c, kind in rows.schema.items() if kind.is_float()]
    whole = rows.with_columns(pl.col(numbers).round(6))
    return whole.select(pl.all().cast(pl.String))


def test_rows_that_are_a_measures_own_are_rows_of_its_file(made: Made) -> None:
    compared = 0
    for chapter, block in blocks_of(made.report):
        if block.source is None or block.derived or chapter.group in PERSONAL:
            continue
        file = csv(made, block.source)
        shared = [c.name for c in block.columns if c.name in file.columns]
        ours = as_text(block.rows.select(shared)).fill_null("")
        theirs = as_text(numbers_as(file.select(shared), block.rows.select(shared))).fill_null("")
        assert ours.join(theirs, on=shared, how="anti").is_empty(), (chapter.slug, block.slug)
        compared += len(shared) * block.rows.height
    assert compared > 200


def numbers_as(texts: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    """Texts of a file with the types of the report's rows."""
    made = {
        name: pl.col(name).str.to_date() if kind == pl.Date else pl.col(name).cast(kind)
        for name, kind in like.schema.items()
    }
    return texts.select(**made)


def test_every_module_has_a_name(made: Made) -> None:
    named = [block.rows["module"] for _, block in blocks_of(made.report) if "module" in block.rows.columns]
    assert len(named) == 2
    assert all(UNGROUPED in modules and "" not in modules for modules in (column.to_list() for column in named))


@pytest.mark.parametrize("tally", tallies(), ids=lambda t: t.table)
def test_counts_of_activity_and_costs_are_those_of_the_measures_rows(tally: object, made: Made) -> None:
    from asccld.reports.council.layout import Tally

    assert isinstance(tally, Tally)
    if "la_name" in tally.by:
        assert tally.table not in made.material.tables
        return
    rows, shown = csv(made, tally.measure), csv(made, tally.table)
    if tally.value == "costs":
        expected = rows["total_cost_period"].cast(pl.Float64).sum()
        assert shown["total_cost"].cast(pl.Float64).sum() == pytest.approx(expected)
        assert shown["services"].cast(pl.Int64).sum() == rows["total_cost_period"].drop_nulls().len()
        return
    if tally.where == "started":
        rows = rows.filter(pl.col("event_start_date") >= "2025-04-01", pl.col("event_start_date") <= "2026-03-31")
    expected = rows["event_count"].cast(pl.Int64).sum() if tally.value == "events" else rows.height
    assert shown["count"].cast(pl.Int64).sum() == expected > 0


def test_the_total_of_a_block_of_activity_is_that_of_its_rows(made: Made) -> None:
    of_counts = [(c, b) for c, b in blocks_of(made.report) if c.group == "activity" and b.totals]
    assert len(of_counts) > 10
    for chapter, block in of_counts:
        *parts, total = block.rows["count"].to_list()
        assert sum(parts) == total, (chapter.slug, block.slug)
        assert block.rows["share"][-1] == 100.0


def test_salt_tables_add_up_to_the_measures_counts(made: Made) -> None:
    chapter = next(c for c in made.report.chapters if c.slug == "salt-lts001a")
    counts = csv(made, "lts001a")["count"].cast(pl.Int64).sum()
    assert (
        sum(block.rows.row(-1)[-1] for block in chapter.blocks)
        == counts
        == sum(h.value or 0 for h in chapter.headlines)
    )


def test_a_headline_is_the_figure_of_its_file_with_the_previous_period_and_england(made: Made) -> None:
    row = csv(made, "ascof_2b").row(0, named=True)
    before = csv(made, "2025-01-01_2025-12-31/ascof_2b").row(0, named=True)
    found = next(c for c in made.report.chapters if c.slug == "ascof-2b").headlines[0]
    assert (found.value, found.numerator, found.denominator) == (float(row["outcome"]), int(row["numerator"]), 12_000)
    assert found.previous == float(before["outcome"])
    assert found.england == 15.0
    assert made.report.previous == (date(2025, 1, 1), date(2025, 12, 31))


def test_the_course_holds_every_period_that_the_files_cover(made: Made) -> None:
    chapter = next(c for c in made.report.chapters if c.slug == "ascof-2e")
    course = next(b for b in chapter.blocks if b.slug == "course")
    assert course.rows["period_end"].unique().sort().to_list() == [
        date(2025, 9, 30),
        date(2025, 12, 31),
        date(2026, 3, 31),
    ]


def test_quality_and_changes_are_of_the_newest_file_and_the_one_before(made: Made) -> None:
    assert made.material.quality.latest_number == 5
    assert made.material.quality.before_number == 4
    changes = next(c for c in made.report.chapters if c.slug == "changes")
    numbers = dict(changes.blocks[0].rows.iter_rows())
    newest = next(e.submission for e in made.material.quality.listed if e.submission.number == 5)
    assert numbers["Events added"] + numbers["Events changed"] + numbers["Events unchanged"] == newest.rows


def test_the_quality_of_an_earlier_period_is_that_of_the_submission_of_its_end(made: Made) -> None:
    with input_for(made.told) as given:
        assert given.register is not None
        earlier = quality_of(given, date(2025, 12, 31), several=False)
        within = quality_of(given, date(2025, 11, 30), several=False)
        nowhere = quality_of(given, date(2020, 3, 31), several=False)
    standing = [e.submission for e in made.material.quality.listed if e.state in {"current", "superseded"}]
    last = max((s for s in standing if s.period_end == date(2025, 12, 31)), key=lambda s: s.import_date)
    assert earlier.latest_number == last.number != 5
    assert earlier.before_number == max(s.number for s in standing if s.import_date < last.import_date)
    assert earlier.changes is not None
    assert earlier.changes.later.number == last.number
    # No file ends with this day: the newest one that covers it.
    assert within.latest_number == 5
    assert nowhere.latest is None
    assert "No submission that counts is of 31/03/2020" in nowhere.why_none
    report = gathered(replace(made.material, quality=earlier))
    heads = (f"Submission {last.number}", f"Submission {earlier.before_number}")
    for group in ("quality", "changes"):
        assert next(c.heads for c in report.chapters if c.group == group) == heads
    assert any(heads[0] in line and heads[1] in line for line in summary_lines(report))
    definition = next(c.definition for c in report.chapters if c.slug == "quality")
    assert f"the figures are of submission {last.number} (" in definition
    assert "to 31 December 2025)" in definition


def test_everybody_in_a_table_of_people_has_the_councils_own_reference(made: Made) -> None:
    unit = next(u for u in made.material.units if u.measure == "ascof_2e")
    assert unit.rows["la_person_unique_identifier"].null_count() == 0
    assert unit.rows["event_references"].str.contains(f"-{LA}-").all()


def test_a_person_is_followed_from_the_rows_to_the_figures(made: Made) -> None:
    (traced,) = made.material.traced
    assert traced.label == made.person
    assert traced.submitted["row"].null_count() == 0
    assert set(traced.steps["main_table"]) == {"joined", "single"}
    kept = traced.steps.filter(pl.col("step").str.starts_with("6."))
    assert set(kept["record"]) <= set(traced.submitted["record"])
    assert {"requests", "services", "assessments"} & set(traced.counted["table"])
    dropped = traced.steps.filter(pl.col("outcome") == "not chosen")
    assert dropped["reason"].str.contains("a later file of the council serves the period").any()


def test_a_report_to_be_shared_holds_no_people_and_no_small_count(made: Made) -> None:
    shared = gathered(replace(made.material, shareable=True))
    rule = disclosure_rule()
    assert not shared.personal
    for chapter, block in blocks_of(shared):
        for name in (c.name for c in block.columns if c.kind == "count" and c.name != "denominator"):
            small = block.rows.filter(pl.col(name).abs().is_between(1, rule.suppress_below - 1))
            assert small.is_empty(), (chapter.slug, block.slug, name)
    assert not {"outcome_lower", "total_cost"} & {c.name for _, b in blocks_of(shared) for c in b.columns}
    assert any(h.mark == "[c]" for c in shared.chapters for h in c.headlines)


def test_percentages_of_the_quality_of_a_report_to_be_shared_are_whole(made: Made) -> None:
    shared = gathered(replace(made.material, shareable=True))
    for chapter, block in ((c, b) for c, b in blocks_of(shared) if c.group == "quality"):
        for name in (c.name for c in block.columns if c.kind == "percent"):
            known = block.rows[name].drop_nulls()
            assert (known == known.floor()).all(), (chapter.slug, block.slug, name)
    rates = next(c for c in shared.chapters if c.slug == "quality").headlines
    assert all(h.mark == "[c]" or h.value is None or float(h.value).is_integer() for h in rates)
    plain = next(c for c in made.report.chapters if c.slug == "quality").headlines
    assert plain[-1].label == "Rows with an error"
    assert plain[-1].previous is not None


def test_what_is_not_asked_for_is_not_there(made: Made) -> None:
    plain = gathered(replace(made.material, units=(), traced=()))
    assert not plain.personal
    assert not [c for _, b in blocks_of(plain) for c in b.columns if c.identifying]


def test_without_any_table_every_chapter_says_why(made: Made) -> None:
    nothing = replace(made.material, tables={}, history=(), units=(), traced=(), served=(), published=None)
    for chapter in gathered(nothing).chapters:
        assert chapter.blocks or chapter.missing, chapter.slug


def test_each_table_of_the_layout_fits_the_others() -> None:
    slugs = {o.slug for o in outlines()}
    assert {r["chapter"] for r in (*blocks(), *headlines())} <= slugs
    assert {r["table"] for r in blocks()} <= {t.table for t in tallies()}
    assert {r["measure"] for r in ({"measure": t.measure} for t in tallies())} <= {o.measure for o in outlines()}
    assert all(column(name).heading for tally in tallies() for name in tally.columns)


def test_references_are_found_by_the_records_behind_a_row() -> None:
    rows = pl.DataFrame({"id": ["a", "b", "c"], "record_ids": ["1,2", "3", None]})
    known = pl.DataFrame({
        "der_unique_record_id": [1, 2, 3], "event_reference": ["R1", "R2", None],
        "la_person_unique_identifier": ["P1", "P1", "P2"],
    })  # fmt: skip
    found = with_own_references(rows, known)
    assert found["la_person_unique_identifier"].to_list() == ["P1", "P2", None]
    assert found["event_references"].to_list() == ["R1, R2", "", None]


def test_the_comparison_that_keeps_little_in_memory_tells_the_same(made: Made) -> None:
    with Register.open(made.store) as register:
        whole = Changes.of(register.compare(4, 5))
    found = made.material.quality.changes
    assert found is not None
    assert found.events == whole.events
    assert found.fields.equals(whole.fields)
    assert found.months.equals(whole.months)


def test_a_figure_of_few_is_not_called_better_or_worse(made: Made) -> None:
    heads = [h for c in made.report.chapters if c.group == "ascof" for h in c.headlines if h.denominator]
    assert {h.good for h in heads if h.denominator and h.denominator < 20} <= {"none"}


def test_a_median_of_few_waits_is_not_called_better_or_worse(made: Made) -> None:
    for chapter in (c for c in made.report.chapters if c.group == "waiting"):
        medians = next(b for b in chapter.blocks if b.slug == "medians").rows
        quarters = medians[END].unique().sort(descending=True)[:2]
        for headline in chapter.headlines:
            waits = medians.filter(
                pl.col(END).is_in(quarters.implode()), pl.lit(headline.label).str.contains(pl.col(AGE), literal=True)
            )[WAITS]
            assert headline.good == "none" or (waits >= 20).all(), headline.label


def test_the_course_of_waits_begins_with_the_files_and_says_what_they_do_not_see(made: Made) -> None:
    known = made.material.tables["waiting_times"]
    early = known.with_columns(
        pl.lit(date(2020, 1, 1)).cast(known.schema[START]).alias(START),
        pl.lit(date(2020, 3, 31)).cast(known.schema[END]).alias(END),
    )
    tables = {**made.material.tables, "waiting_times": pl.concat([early, known])}
    found = gathered(replace(made.material, tables=tables))
    medians = [b for c in found.chapters if c.group == "waiting" for b in c.blocks if b.slug == "medians"]
    assert len(medians) == 2
    for block in medians:
        assert (
            block.rows[END].min()
            == made.material.tables["waiting_times"].select(pl.col(END).str.to_date().min()).item()
        )
        assert "is not seen, so that waits of quarters before" in block.note


def test_a_rate_of_quality_is_judged_only_where_it_moved_and_is_of_many_cells(made: Made) -> None:
    def heads(times: int) -> set[str]:
        quality = made.material.quality
        assert quality.latest is not None
        one = quality.latest.fields.head(1).with_columns(count=pl.lit(times), field_status=pl.lit("Mandatory"))
        full, blank = (
            replace(
                quality.latest, rows=times, rows_with={"error": faulty},
                fields=one.with_columns(field_validity=pl.lit(found)),
            )
            for found, faulty in (("Passed", 0), ("Failed: Blank (Mandatory)", times))
        )  # fmt: skip
        found = gathered(replace(made.material, quality=replace(quality, latest=full, before=blank)))
        chapter = next(c for c in found.chapters if c.slug == "quality")
        return {h.good for h in chapter.headlines if h.change}

    assert heads(19) == {"none"}
    assert heads(20) == {"up", "down"}


def test_the_cells_that_passed_say_how_many_are_blank(made: Made) -> None:
    for slug in ("modules", "fields"):
        block = next(b for c, b in blocks_of(made.report) if b.slug == slug and c.group == "quality")
        rows = block.rows
        assert "blank_passed" in [c.name for c in block.columns]
        assert "has passed where the item is not mandatory" in block.note
        assert rows["blank_passed"].sum() > 0
        assert (rows["applicable"] - rows["filled"]).to_list() == (
            rows["blank_passed"] + rows["blank_mandatory"]
        ).to_list()


@pytest.mark.parametrize("name", ["requests", "assessments", "services", "reviews", "costs"])
def test_activity_and_costs_have_the_events_and_people_behind_their_figures(name: str, made: Made) -> None:
    chapter = next(c for c in made.report.chapters if c.slug == f"people-{name}")
    (block,) = chapter.blocks
    rows = block.rows
    assert rows["la_person_unique_identifier"].null_count() == 0
    assert rows["event_references"].str.contains(f"-{LA}-").all()
    tally = next(t for t in tallies() if t.measure == name and t.by and not t.where and "la_name" not in t.by)
    shown = csv(made, tally.table)["services" if tally.value == "costs" else "count"].cast(pl.Int64).sum()
    assert set(tally.columns) - {"month"} <= set(rows.columns)
    behind = {"events": "event_count", "costs": "total_cost_period"}.get(tally.value, "record_ids")
    counted = rows[behind].drop_nulls()
    assert shown == (counted.cast(pl.Int64).sum() if tally.value == "events" else counted.len()) > 0


def test_steps_of_a_trace_stand_in_the_order_of_their_days(made: Made) -> None:
    (traced,) = made.material.traced
    days = traced.steps.with_columns(first=pl.col("reference_period").str.slice(0, 10).str.to_date("%d/%m/%Y"))
    assert days.sort("main_table", "record", "step", "first", nulls_last=True)["first"].equals(days["first"])


def test_a_trace_names_columns_in_words_and_says_what_a_record_is(made: Made) -> None:
    (chapter,) = (c for c in made.report.chapters if c.group == "derivation")
    submitted, _, counted = chapter.blocks
    assert "Record: the number" in submitted.note
    assert "File received" in {c.heading for c in submitted.columns}
    cells = counted.rows["cell"].drop_nulls()
    assert cells.len() > 0
    assert not cells.str.contains("=|der_|_id").any()


def test_ids_are_texts_and_no_title_names_anybody(made: Made) -> None:
    for chapter, block in ((c, b) for c, b in blocks_of(made.report) if c.group in PERSONAL):
        ids = [c for c in block.columns if ("record" in c.name and c.name != "record_type") or c.name == "row"]
        assert {c.kind for c in ids} <= {"text"}, (chapter.slug, block.slug)
        assert made.person not in chapter.title
    assert [c.title for c in made.report.chapters if c.group == "derivation"] == ["Person asked for"]
    two = tuple(replace(t, number=n) for t in made.material.traced for n in (1, 2))
    titles = [c.title for c in gathered(replace(made.material, traced=two)).chapters if c.group == "derivation"]
    assert titles == ["Person 1 of 2: as asked for", "Person 2 of 2: as asked for"]


def test_what_changed_says_which_submission_stands_beside_which(made: Made) -> None:
    found = made.material.quality.changes
    assert found is not None
    corrected = replace(found.earlier, period_start=found.later.period_start, period_end=found.later.period_end)
    first = replace(found.earlier, period_end=date(2025, 12, 31))

    def told(earlier: Submission) -> tuple[str, str]:
        quality = replace(made.material.quality, changes=replace(found, earlier=earlier))
        shown = next(c for c in gathered(replace(made.material, quality=quality)).chapters if c.slug == "changes")
        return shown.definition, shown.blocks[0].note

    for earlier in (first, corrected):
        definition, note = told(earlier)
        assert definition.startswith("What submission 5 has that submission 4 had not")
        assert f"Submission 5, received on {found.later.received_at:%d/%m/%Y}" in note
        assert f"submission 4, received on {earlier.received_at:%d/%m/%Y}" in note
    assert "it replaces that one" in told(corrected)[1]
    assert "and of 1 " in told(first)[1]
    assert "to 31 December 2025." in told(first)[1]
