"""What `asccld process` refuses before the work: outputs that cannot be, or inputs that do not fit together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from asccld.errors import AsccldError

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from asccld.processing import Processed


def refuse_wrong_input(
    store: Path | None, events: str | None, dq_items: str | None, dq_values: Path | None, *, joined: bool
) -> None:
    """Raise AsccldError for none or two sources, and for half of what the data-quality table needs."""
    if (store is None) == (events is None):
        what = "There is no input" if store is None else "There are two inputs"
        raise AsccldError(what, "--store, --events", "Give a register with --store, or a table with --events")
    if (dq_items is None) != (dq_values is None):
        raise AsccldError("The data-quality table needs both", "--dq-items, --dq-values", "Give both, or neither")
    if dq_values and joined:
        remedy = "Use --mode single: the national table counts records of the single main table"
        raise AsccldError("A joined table has no data-quality values", "--dq-values", remedy)


def refuse_impossible_outputs(
    outputs: Sequence[Path], steps: Path | None, suffix: str, inputs: dict[str, Path | None]
) -> None:
    """Raise AsccldError for outputs that cannot be written, or that would replace an input or one another."""
    from asccld.cli.outputs import TABLES, refuse_impossible

    refuse_impossible(outputs, inputs, TABLES)
    if steps is None:
        return
    if steps.is_dir():
        refuse_impossible([*outputs, *(steps / f"{name}{suffix}" for name in written_steps())], inputs, TABLES)
    else:
        _refuse_impossible_folder(steps)


def written_steps() -> tuple[str, ...]:
    """The names of the files that `--steps` may write."""
    from asccld.cli.process_views import EXPLAINED
    from asccld.processing.run import step_names

    return (*step_names(), "unmapped", *(f"explanation_{name}" for name in EXPLAINED))


def _refuse_impossible_folder(folder: Path) -> None:
    """Make the folder and take it away again: nothing else tells as surely that it can be made."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        remedy = "Give the name of a folder, one that there is or that may be made"
        raise AsccldError("The folder for the steps cannot be made", str(folder), remedy) from error
    finally:
        for made in missing:
            with suppress(OSError):
                made.rmdir()


def quality_items(con: BaseBackend, source: str) -> Table:
    """The collector's data-quality table; raises MissingColumns or WrongTypes before anything is computed."""
    from asccld.engine import table
    from asccld.processing.dqvalues import item_columns

    present = dict(table(con, source).schema().items())
    return table(con, source, columns=item_columns(present))


def refuse_unknown_times(excluded: Iterable[datetime], made: Processed) -> None:
    """Raise AsccldError for a time to exclude at which no file was imported."""
    asked_for = list(excluded)
    if not asked_for:
        return
    periods = made.steps["reporting_periods"]
    # As text: no calendar of ours has the years that a wrong import time may show.
    known = periods.select(time=periods.importdate.cast("string")).distinct().to_polars()["time"].drop_nulls()
    shorter = sorted({_short(text) for text in known})
    for time in asked_for:
        asked = _short(time.isoformat(sep=" "))
        if asked not in shorter:
            near = min(filter(None, map(_time, shorter)), key=lambda known: abs(known - time), default=None)
            remedy = f"The nearest is {near.isoformat()}; " if near else ""
            raise AsccldError("No file was imported at that time", f"--exclude {asked}", f"{remedy}see --explain")


def _time(text: str) -> datetime | None:
    """A time of the engine, None in a year that Python's calendar lacks."""
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    return None


def _short(time: str) -> str:
    """A time without the zeros that end its seconds."""
    return time.rstrip("0").rstrip(".") if "." in time else time
