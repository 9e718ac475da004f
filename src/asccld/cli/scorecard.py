"""A council's ASCOF figures at one glance, from the tables that `asccld measure` wrote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from asccld.cli.tabular import show_table

if TYPE_CHECKING:
    import polars as pl

    from asccld.standard.model import Council

MEASURES = ("ascof_2a", "ascof_2b", "ascof_2c", "ascof_2e_ld", "ascof_2e", "ascof_3d")
WAITING = "waiting_times"
HEADER = ("measure", "what", "counted", "of", "outcome", "95 % interval", "all councils")
WAITING_HEADER = ("wait in days, median", "age", "quarter", "waits", "median")
POPULATION = "REF_ONS_Pop_Gender_Pub_Age_Bands_made_up.csv"
LIMITS = ("outcome_lower", "outcome_upper")


class Line(NamedTuple):
    """One line: which rows of which table, in a few words."""

    measure: str
    begins: str
    """How the description begins; blank for any."""
    group: str
    words: str
    per: int


LINES = (
    Line("ascof_2a", "", "Total", "no ongoing support after short-term support, %", 100),
    Line("ascof_2b", "", "18 to 64", "admitted to care homes, 18 to 64, per 100,000", 100_000),
    Line("ascof_2c", "", "65 and above", "admitted to care homes, 65 and over, per 100,000", 100_000),
    Line("ascof_2e_ld", "", "Total", "learning disability: at home or with family, %", 100),
    Line("ascof_2e", "The proportion of people aged 18-64", "Total", "18 to 64: at home or with family, %", 100),
    Line("ascof_2e", "The proportion of people aged 65+", "Total", "65 and over: at home or with family, %", 100),
    Line("ascof_3d", "1a", "Total", "clients: self-directed support, %", 100),
    Line("ascof_3d", "2a", "Total", "clients: direct payments, %", 100),
    Line("ascof_3d", "1b", "Total", "carers: self-directed support, %", 100),
    Line("ascof_3d", "2b", "Total", "carers: direct payments, %", 100),
)


def show_scorecard(folder: Path, la_code: str, la_name: str) -> None:
    """Print the figures of a council beside those of all councils of the data together."""
    typer.echo(f"\nASCOF scorecard of {la_name} ({la_code})\n")
    show_table(HEADER, list(_figures(folder, la_code)), as_json=False)
    waits = list(_waits(folder, la_code))
    if waits:
        typer.echo("")
        show_table(WAITING_HEADER, waits, as_json=False)
    typer.echo("\nMade-up people: small numbers, wide intervals. 2B and 2C stand on a made-up population.")


def _figures(folder: Path, la_code: str) -> Iterator[Sequence[object]]:
    import polars as pl

    for line in LINES:
        table = pl.read_csv(folder / f"{line.measure}.csv", schema_overrides={"la_code": pl.String})
        rows = table.filter(pl.col("group") == line.group, pl.col("description").str.starts_with(line.begins))
        ours = rows.filter(pl.col("la_code") == la_code).to_dicts()
        every = rows.filter(pl.col("numerator") + pl.col("denominator") > 0).select("numerator", "denominator").sum()
        if ours:
            found = ours[0]
            yield (
                _label(found["measure"]), line.words, found["numerator"], found["denominator"], found["outcome"],
                _interval(found[LIMITS[0]], found[LIMITS[1]]), _share(*every.row(0), per=line.per),
            )  # fmt: skip


def _label(measure: str) -> str:
    return measure.removeprefix("ASCOF ").partition(" (")[0]


def _interval(lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else f"{lower:.1f} to {upper:.1f}"


def _share(numerator: int | None, denominator: int | None, *, per: int) -> str:
    return f"{numerator / denominator * per:.1f}" if numerator is not None and denominator else ""


def _waits(folder: Path, la_code: str) -> Iterator[Sequence[object]]:
    """The waits of the latest quarter in which the council has any."""
    import polars as pl

    table = pl.read_csv(folder / f"{WAITING}_dashboard.csv", schema_overrides={"la_code": pl.String})
    ours = table.filter(pl.col("la_code") == la_code)
    latest = ours.filter(pl.col("pbi_axis_order") == pl.col("pbi_axis_order").max())
    for row in latest.sort("metric", "modified_working_age_band").to_dicts():
        yield (
            row["metric"].removeprefix("Wait time "), row["modified_working_age_band"], row["pbi_axis_name"],
            row["number_of_waiting_times_identified"], row["median_waiting_time"],
        )  # fmt: skip


def write_population(folder: Path, councils: Sequence[Council], people: int) -> Path:
    """A made-up table of populations, so that the rates of 2B and 2C can be shown; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / POPULATION
    _population(councils, people).write_csv(path)
    return folder


def _population(councils: Sequence[Council], people: int) -> pl.DataFrame:
    import polars as pl

    bands = pl.DataFrame({"Age_Band": ["18 to 64", "65 and above"], "Population": [people * 60, people * 20]})
    codes = pl.DataFrame({"Code": [c.ons_code for c in councils]})
    named = codes.with_columns(Geography=pl.lit("Local Authority"), Gender=pl.lit("All"))
    return named.join(bands, how="cross")
