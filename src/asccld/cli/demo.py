"""`asccld demo`: the whole journey on made-up councils."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asccld.cli.outputs import make_folder

demo_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@demo_app.command(epilog="Example: asccld demo --out demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder for what the demo makes.")] = Path("asccld-demo"),
    people: Annotated[int, typer.Option(help="People of the first made-up council.", min=50)] = 2_000,
    seed: Annotated[int, typer.Option(help="Another seed makes other councils.")] = 1,
) -> None:
    """Map a made-up council's extracts, check the file, register a year, and build main tables, figures and a report.

    One of the councils has a file rejected and sent again, and one withdrawn.
    """
    from asccld import reports
    from asccld.cli.demo_map import map_made_up_extracts
    from asccld.cli.demo_report import report_of_a_council
    from asccld.cli.demo_year import register_a_year
    from asccld.reports.files import replacing
    from asccld.synthetic import inject_faults, make_councils
    from asccld.validation import validate

    make_folder(out)
    submission = next(iter(make_councils(people=people, seed=seed)))
    clean, *mapping = map_made_up_extracts(out, submission)
    faulty = out / "submission-with-faults.csv"
    frame, truth = inject_faults(submission.frame, rate=0.002, seed=seed, release=submission.release)
    for table, path in ((frame, faulty), (truth, out / "planted-faults.csv")):
        with replacing(path) as part:
            table.write_csv(part)
    for path in (clean, faulty):
        typer.echo(f"\n$ asccld validate {path} --la {submission.la_code} --received {submission.received}\n")
        result = validate(path, la=submission.la_code, received=submission.received)
        reports.print_result(result)
    names = ("findings.csv", "report.html", "report.xlsx", "result.json")
    written = [reports.write_report(result, out / name, findings_path=out / names[0]) for name in names]
    made = [
        *mapping,
        clean,
        faulty,
        out / "planted-faults.csv",
        *written,
        *register_a_year(out, max(150, people // 5), seed),
    ]
    made += report_of_a_council(out)
    typer.echo("\nMade:")
    for path in made:
        typer.echo(f"  {path}")
