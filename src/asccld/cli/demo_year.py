"""The second half of the demo: a year of deliveries goes into a register, and becomes main tables and figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from asccld.privacy import PseudonymKey
    from asccld.synthetic import Delivery

COUNCILS, QUARTERS = 3, 4


def register_a_year(out: Path, people: int, seed: int) -> list[Path]:
    """Make deliveries, put them into a store as they arrive, build main tables and figures; return what was made."""
    from asccld.synthetic import write_deliveries

    deliveries = write_deliveries(out / "deliveries", councils=COUNCILS, people=people, quarters=QUARTERS, seed=seed)
    store = out / "store"
    typer.echo(f"\n$ asccld submissions add FILE --store {store} ...   {len(deliveries)} times, as files arrive\n")
    for line in _happened(deliveries, store, _key(out)):
        typer.echo(line)
    starts = [d.submission.period_start for d in deliveries]
    last = max(deliveries, key=lambda d: d.submission.period_end).submission
    as_of = deliveries[-1].at.date() + timedelta(days=1)
    single = _processed(out, "single", last.period_start, last.period_end, as_of)
    joined = _processed(out, "joined", min(starts), last.period_end, as_of)
    salt = _measured(out, last.period_start, last.period_end)
    ascof = _scored(out, deliveries, last.period_start, last.period_end, people)
    return [out / "deliveries" / "deliveries.csv", store, *single, *joined, *salt, *ascof]


def _key(out: Path) -> PseudonymKey:
    """The demo's own key: a second run goes on with the store of the first."""
    from asccld.privacy import PseudonymKey

    path = out / "demo.key"
    if not path.exists():
        PseudonymKey.generate().save(path, apart_from=out / "store")
    return PseudonymKey.from_file(path, apart_from=out / "store")


def _happened(deliveries: Sequence[Delivery], store: Path, key: PseudonymKey) -> Iterator[str]:
    """Do what the deliveries tell, and say in a line what became of each."""
    from asccld.submissions import Register

    numbers: dict[Path, int] = {}
    with Register.open(store, create=True) as register:
        for delivery in deliveries:
            la, number = delivery.submission.la_code, numbers.get(delivery.file, 0)
            if delivery.action == "add":
                receipt = register.add(delivery.file, la=la, received=delivery.at, uploader=delivery.uploader, key=key)
                numbers[delivery.file] = receipt.number
                became = f"receipt {receipt.number:>2}, {receipt.submission.verdict}"
            elif register.show(number)[0].state == "withdrawn":  # in an earlier run
                became = f"receipt {number:>2} stays withdrawn"
            else:
                register.withdraw(number, delivery.note, who=delivery.uploader)
                became = f"receipt {number:>2} is WITHDRAWN: {delivery.note}"
            yield f"{delivery.at.date()}  {delivery.submission.la_name:<20}  {delivery.file.name:<32}  {became}"


def _processed(out: Path, mode: str, start: date, end: date, as_of: date) -> list[Path]:
    """Build one main table as the command does; its explanation goes into a file, being long."""
    from asccld.cli.process import Mode, process

    table, told, text = out / f"main-{mode}.parquet", out / f"explanation-{mode}.txt", StringIO()
    days = [datetime(d.year, d.month, d.day) for d in (start, end, as_of)]  # noqa: DTZ001 - a day, as the command takes it
    shown = f"--start {start} --end {end} --as-of {as_of} --store {out / 'store'} --out {table} --explain"
    typer.echo(f"\n$ asccld process --mode {mode} {shown} > {told}\n")
    with redirect_stdout(text):
        process(Mode(mode), *days, out=table, store=out / "store", explain=True)
    told.write_text(text.getvalue(), encoding="utf-8")
    return [table, told]


def _measured(out: Path, start: date, end: date) -> list[Path]:
    """The tables of the old return, as files and as a workbook."""
    from asccld.cli.measure import measure

    folder, workbook, store = out / "figures", out / "salt.xlsx", out / "store"
    period = f"--start {start} --end {end}"
    typer.echo(f"\n$ asccld measure salt --store {store} {period} --out {folder} --workbook {workbook}\n")
    days = [datetime(d.year, d.month, d.day) for d in (start, end)]  # noqa: DTZ001 - a day, as the command takes it
    measure(["salt"], folder, start=days[0], end=days[1], store=store, workbook=workbook)
    return [folder, workbook]


def _scored(out: Path, deliveries: Sequence[Delivery], start: date, end: date, people: int) -> list[Path]:
    """The Department's measures of the joined main table, and a scorecard of the first council."""
    from asccld.cli.measure import measure
    from asccld.cli.scorecard import MEASURES, WAITING, show_scorecard, write_population
    from asccld.standard import load_standard

    names, folder, main = [*MEASURES, WAITING], out / "ascof", out / "main-joined.parquet"
    served = {d.submission.la_code: d.submission.la_name for d in deliveries}
    reference = write_population(
        out / "reference", [c for c in load_standard().councils if c.la_code in served], people
    )
    told = f"--main {main} --reference {reference} --start {start} --end {end} --option intervals=95 --out {folder}"
    typer.echo(f"\n$ asccld measure {' '.join(names)} {told}\n")
    days = [datetime(d.year, d.month, d.day) for d in (start, end)]  # noqa: DTZ001 - a day, as the command takes it
    measure(names, folder, start=days[0], end=days[1], main=str(main), reference=reference, option=["intervals=95"])
    first = next(iter(served))
    show_scorecard(folder, first, served[first])
    return [reference, folder]
