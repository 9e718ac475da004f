"""ASCOF 2D in a report: the council's own rows, of the period that can be followed up."""

from dataclasses import replace

import polars as pl
import pytest

from asccld.reports.council.gather_discharge import discharge_chapter
from asccld.reports.council.layout import outlines
from asccld.reports.council.material import Material
from reports.council.made_council import Made

OUTLINE = next(o for o in outlines() if o.slug == "ascof-2d")
PERIOD = "1 Jan 25 - 31 Dec 25"


@pytest.fixture
def material(made: Made) -> Material:
    areas, kinds = ["Buckinghamshire", "Buckinghamshire", "England"], ["Service user", "Total", "Total"]
    part1 = pl.DataFrame({
        "area": areas, "client_type": kinds, "reporting_period": [PERIOD] * 3, "denominator": [8, 20, 500],
        "numerator": [6, 15, 400], "outcome_percent": [75.0, 75.0, 80.0], "died": [1, 3, 50],
        "readmitted": [1, 2, 40], "entered_lt_resnurs": [0, 0, 10],
    })  # fmt: skip
    part2 = pl.DataFrame({
        "reporting_period": [PERIOD] * 3, "area": areas, "client_type": kinds, "discharges": [None, 900, 9_000],
        "reablement_count": [None, 20, 500], "outcome_percent": [None, 2.2, 5.6],
    })  # fmt: skip
    sliced = part1.with_columns(slice=pl.lit("Total"))
    tables = {"ascof_2d_part1": part1, "ascof_2d_part2": part2, "ascof_2d_part1_demographics": sliced}
    return replace(made.material, tables={**made.material.tables, **tables}, absent={})


def test_the_councils_own_rows_and_the_period_stand_in_it(material: Material) -> None:
    chapter = discharge_chapter(OUTLINE, material)
    assert [b.slug for b in chapter.blocks] == ["part1", "part1-demographics", "part2"]
    assert all(PERIOD in b.note for b in chapter.blocks)
    assert chapter.blocks[0].rows["denominator"].to_list() == [8, 20]
    (figure,) = chapter.headlines
    assert (figure.value, figure.numerator, figure.denominator) == (75.0, 15, 20)


def test_the_previous_period_stands_beside_it(material: Material) -> None:
    before = material.tables["ascof_2d_part1"].with_columns(
        outcome_percent=pl.lit(25.0), numerator=pl.lit(6), denominator=pl.lit(24),
        reporting_period=pl.lit("1 Oct 24 - 30 Sep 25"),
    )  # fmt: skip
    chapter = discharge_chapter(
        OUTLINE, replace(material, tables={**material.tables, "ascof_2d_part1_previous": before})
    )
    assert chapter.blocks[0].rows["change"].to_list() == [50.0, 50.0]
    assert "The previous period is 1 Oct 24 - 30 Sep 25" in chapter.blocks[0].note
    (figure,) = chapter.headlines
    assert (figure.previous, figure.change, figure.good) == (25.0, 50.0, "up")
    few = before.with_columns(denominator=pl.lit(19))
    tables = {**material.tables, "ascof_2d_part1_previous": few}
    assert discharge_chapter(OUTLINE, replace(material, tables=tables)).headlines[0].good == "none"
    shared = discharge_chapter(OUTLINE, replace(material, tables=tables, shareable=True))
    assert "previous_outcome" not in [c.name for b in shared.blocks for c in b.columns]


def test_to_be_shared_are_only_totals_without_a_small_count(material: Material) -> None:
    chapter = discharge_chapter(OUTLINE, replace(material, shareable=True))
    assert [b.slug for b in chapter.blocks] == ["part1", "part2"]
    (row,) = chapter.blocks[0].cells()
    assert row == ("Total", 20, 15, "[c]", "[c]", 0)
    assert chapter.headlines[0].mark == "[c]"


def test_without_hospital_episodes_it_says_what_is_missing(made: Made) -> None:
    chapter = discharge_chapter(OUTLINE, made.material)
    assert not chapter.blocks
    assert "ASCOF2D_SUS" in chapter.missing
