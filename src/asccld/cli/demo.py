"""`asccld demo`: the whole journey on a made-up council."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

demo_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@demo_app.command(epilog="Example: asccld demo --out demo")
def demo(
    out: Annotated[Path, typer.Option(help="Folder for what the demo makes.")] = Path("asccld-demo"),
    people: Annotated[int, typer.Option(help="People of the made-up council.", min=50)] = 2_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another council.")] = 1,
) -> None:
    """Make up a council's quarterly file, plant faults in it, check it, and write every report."""
    from asccld import reports
    from asccld.synthetic import inject_faults, make_councils
    from asccld.validation import validate

    out.mkdir(parents=True, exist_ok=True)
    submission = next(iter(make_councils(people=people, seed=seed)))
    clean, faulty = out / "submission.csv", out / "submission-with-faults.csv"
    frame, truth = inject_faults(submission.frame, rate=0.002, seed=seed, release=submission.release)
    submission.frame.write_csv(clean)
    frame.write_csv(faulty)
    truth.write_csv(out / "planted-faults.csv")
    for path in (clean, faulty):
        typer.echo(f"\n$ asccld validate {path} --la {submission.la_code} --received {submission.received}\n")
        result = validate(path, la=submission.la_code, received=submission.received)
        reports.print_result(result)
    names = ("findings.csv", "report.html", "report.xlsx", "result.json")
    written = [reports.write_report(result, out / name, findings_path=out / names[0]) for name in names]
    made = [clean, faulty, out / "planted-faults.csv", *written]
    typer.echo("\nMade:")
    for path in made:
        typer.echo(f"  {path}")
