"""The end of the demo: a workbook and a web report of one of its councils."""

from __future__ import annotations

from pathlib import Path

import typer


def report_of_a_council(out: Path) -> list[Path]:
    """Make the report of the council that was the first to send a file; return where its parts are."""
    from asccld.cli.report import report
    from asccld.reports.council.placing import PAGES, WORKBOOK
    from asccld.submissions import Register

    store, reference, folder = out / "store", out / "reference", out / "report"
    with Register.open(store) as register:
        la = register.list()[0].submission.la_code
    told = f"--store {store} --la {la} --reference {reference} --out {folder}"
    typer.echo(f"\n$ asccld report {told} --summary\n")
    report(out=folder, store=store, la=la, reference=reference, summary=True)
    return [folder / WORKBOOK, folder / PAGES / "index.html"]
