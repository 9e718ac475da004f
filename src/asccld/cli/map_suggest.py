"""`asccld map suggest`: a first draft of a mapping file, for a person to read and finish."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asccld.cli.chosen_standard import with_standard
from asccld.cli.tabular import talk
from asccld.counting import counted
from asccld.errors import AsccldError, harmless
from asccld.standard import Standard

if TYPE_CHECKING:
    from asccld.intake.mapping.suggesting import Draft

EXAMPLE = "Example: asccld map suggest extracts --la 503 --out mapping.toml"


@with_standard
def suggest(
    the_standard: Standard,
    extracts: Annotated[
        list[Path],
        typer.Argument(metavar="EXTRACT...", help="Extracts, or a folder of them; of a workbook every sheet is one."),
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(help="File to write, .toml; default: print it.", show_default=False)
    ] = None,
    la: Annotated[str | None, typer.Option("--la", help="Code of your council, for example 503.")] = None,
    release: Annotated[str, typer.Option(help="Release of the submission: r1 or r2.")] = "r2",
    period_end: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%d/%m/%Y"], help="Last day of the period; default: a guess.", show_default=False
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the file if it is there already.")] = False,
) -> None:
    """Draft a mapping file from the headers and words of extracts.

    Every suggestion has a score. What is sure stands in the draft as it would be applied, what is unsure as a comment;
    nothing happens until you run it. The most frequent words come first.
    """
    from asccld.intake.mapping.judging import complaint
    from asccld.intake.mapping.suggesting import suggest as drafted
    from asccld.intake.mapping.suggesting_text import draft_text
    from asccld.standard.names import release_named

    _refuse(out, extracts, replace=replace)
    found = release_named(the_standard, release)
    if la is not None and (wrong := complaint(la, found.by_name["la_code"], found, the_standard)):
        raise AsccldError(wrong[0], "--la", wrong[1])
    end = period_end.date() if period_end else None
    draft = drafted(extracts, the_standard, found, la=la, period_end=end)
    text = draft_text(draft, out.parent if out else Path())
    if out is None:
        typer.echo(text, nl=False)
    else:
        from asccld.reports.files import write_text

        write_text(out, text)
    _say(draft, out)


def _refuse(out: Path | None, extracts: list[Path], *, replace: bool) -> None:
    from asccld.cli.outputs import refuse_impossible

    if out is None:
        return
    if out.exists() and not replace:
        remedy = "Give another name; --replace writes over it, with all that somebody has decided in it"
        raise AsccldError("There is a mapping file of this name already", str(out), remedy)
    refuse_impossible([out], {"extract": next((p for p in extracts if p.is_file()), None)}, (".toml",))


def _say(draft: Draft, out: Path | None) -> None:
    from asccld.identifying.masking import shown_header
    from asccld.intake.mapping.suggesting_text import sure_columns

    words = [*draft.values.values(), *draft.services.values()]
    guesses = [g for several in words for g in several]
    sure = sum(g.is_sure for g in guesses)
    used, every = sure_columns(draft)
    talk(
        f"{counted(len(draft.extracts), 'extract')}: {used} of {counted(every, 'column')} and "
        f"{sure} of {counted(len(guesses), 'word')} are suggested as sure, the others are comments"
    )
    for name, why in draft.left_out.items():
        talk(f"Left out of the draft: {harmless(name)}: {harmless(why)}")
    for extract in draft.extracts:
        if unsure := extract.profile.dates.unsure:
            headers = harmless(", ".join(" ".join(shown_header(h).split()) for h in unsure))
            talk(
                f"{extract.profile.name}: nothing tells whether day or month stands first in {headers}; day is assumed"
            )
    if not any(e.holds_events and not e.stands_in for e in draft.extracts):
        talk("No extract seems to hold events: name those with requests, assessments, services and reviews as well")
    if out is not None:
        talk(f"{out}: read it, then run asccld map check --mapping {out}")
