"""A council's report as the command makes it, once for all tests that look at it: three quarters, made-up people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from asccld.cli.report_making import Told, input_of, material_of, place_of, write
from asccld.cli.report_source import Input
from asccld.privacy import PseudonymKey
from asccld.reports.council.gather import gathered
from asccld.reports.council.material import Material
from asccld.reports.council.model import Report
from asccld.submissions import Register
from asccld.synthetic import write_deliveries

LA = "916"
END = date(2026, 3, 31)
POPULATION = (
    "Code,Geography,Gender,Age_Band,Population\n"
    "{0},Local Authority,All,18 to 64,12000\n{0},Local Authority,All,65 and above,4000\n"
)
PUBLISHED = "Reporting_Period,LA_Code,LA_Name,Measure,Description,Group,Numerator,Denominator,Outcome\n"


@dataclass(frozen=True)
class Made:
    """What was given, and what came of it."""

    told: Told
    material: Material
    report: Report
    out: Path
    store: Path
    person: str

    @property
    def tables(self) -> Path:
        return self.out / "tables"


def told(**given: object) -> Told:
    """What the command is told, nothing unless given."""
    nothing = Told(
        out=None, store=None, file=None, events=None, catalogue=None, la=None, end=None, start=None, as_of=None,
        reference=None, published=None, options=(), people=False, persons=(), persons_file=None, references=(),
        shareable=False, summary=False,
    )  # fmt: skip
    return replace(nothing, **given)


def made_in(folder: Path) -> Made:
    """The report of a store of three quarters, with everything that may be asked for."""
    store = folder / "store"
    files = store_in(folder)
    newest = pl.read_csv(files[-1], infer_schema=False)
    person = str(newest["LA Person Unique Identifier"].value_counts(sort=True).row(0)[0])
    asked = told(
        out=folder / "out", store=store, la=LA, end=END, reference=reference_in(folder / "reference"),
        published=published_in(folder), people=True, persons=(person,),
    )  # fmt: skip
    with input_of(asked) as given, place_of(asked) as placed:
        material = material_of(asked, given, placed)
        report = gathered(material)
        write(report, given, placed)
    return Made(asked, material, report, folder / "out", store, person)


def store_in(folder: Path) -> list[Path]:
    """A store of one council with its files; returns the files."""
    deliveries = write_deliveries(folder / "files", councils=1, people=150, quarters=3, seed=5)
    key, added = PseudonymKey.generate(), list[Path]()
    with Register.open(folder / "store", create=True) as register:
        for delivery in deliveries:
            if delivery.action == "add":
                register.add(delivery.file, la=LA, received=delivery.at, uploader="test", key=key)
                added.append(delivery.file)
    return added


def reference_in(folder: Path) -> Path:
    """A folder with a table of populations."""
    folder.mkdir()
    (folder / "REF_ONS_Pop_Gender_Pub_Age_Bands.csv").write_text(POPULATION.format("E06000060"), encoding="utf-8")
    return folder


def published_in(folder: Path) -> Path:
    """Published figures of England for 2B."""
    description = (
        "The number of adults whose long-term support needs are met by admission to residential and nursing care homes,"
        " for 18-64yrs (per 100,000 population)"
    )
    row = f'1 Apr 25 - 31 Mar 26,99999,England,ASCOF 2B,"{description}",18 to 64,5000,33333333,15.0\n'
    path = folder / "published.csv"
    path.write_text(PUBLISHED + row, encoding="utf-8")
    return path


@contextmanager
def input_for(asked: Told) -> Iterator[Input]:
    with input_of(asked) as given:
        yield given
