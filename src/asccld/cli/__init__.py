"""The command line: one thin command per job. stdout is data, stderr is talk.

Exit codes: 0 done or accepted, 1 rejected or checks failed, 2 could not run.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from asccld.errors import AsccldError
from asccld.version import __version__

COULD_NOT_RUN = 2
_TRACEBACK = "ASCCLD_TRACEBACK"

_COMMANDS = {
    "demo": "asccld.cli.demo:demo_app",
    "map": "asccld.cli.map:map_app",
    "validate": "asccld.cli.validate:validate_app",
    "submissions": "asccld.cli.submissions:submissions_app",
    "process": "asccld.cli.process:process_app",
    "measure": "asccld.cli.measure:measure_app",
    "measures": "asccld.cli.measures:measures_app",
    "explain": "asccld.cli.explain:explain_app",
    "compare": "asccld.cli.compare:compare_app",
    "report": "asccld.cli.report:report_app",
    "diagnose": "asccld.cli.diagnose:diagnose_app",
    "sql": "asccld.cli.sql:sql_app",
    "key": "asccld.cli.key:key_app",
    "policy": "asccld.cli.policy:policy_app",
    "standard": "asccld.cli.standard:standard_app",
    "synth": "asccld.cli.synth:synth_app",
}


class _Commands(TyperGroup):
    """Imports a command when it is asked for: starting up must not cost what is not used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - the type is private to typer
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - the type is private to typer
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, app = place.partition(":")
        command = get_command(getattr(import_module(module), app))
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Check, prepare and understand Adult Social Care Client Level Data.",
    epilog="Start with: asccld demo",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asccld {__version__}")
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Check, prepare and understand Adult Social Care Client Level Data."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error the user can act on is one line on stderr and exit code 2."""
    try:
        code: object = get_command(app)(args=arguments, prog_name="asccld", standalone_mode=False)
    except AsccldError as error:
        _stop(str(error))
    except OSError as error:
        _stop(str(_of_the_system(error)))
    except MemoryError:
        _stop("Not enough memory. Close other programs, or check the file in parts")
    except typer.Abort:
        _stop("Stopped before the end. Nothing is left half-written: run it again")
    except SystemExit as stop:
        # Whoever read our output left, for example `head`: that says nothing about the file.
        raise (SystemExit(0) if isinstance(stop.__context__, BrokenPipeError) else stop) from None
    except Exception as error:  # noqa: BLE001 - it is told, or raised again
        _explain(error)
    else:
        raise SystemExit(code if isinstance(code, int) else 0)


def run() -> NoReturn:
    """The command line as a program: leaves at once, without taking a large table apart piece by piece first."""
    # The allocator of Polars gives memory back after half a second, only to ask for it again: a tenth of our time.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:5000")
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for a program started without them
    sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    os._exit(_flushed(code))


def _flushed(code: int) -> int:
    """The exit code, once all that was said is with the system; output that found no room is no success."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # A reader who left has what was wanted; Windows calls that an invalid argument.
        if error.errno not in {errno.EPIPE, errno.EINVAL}:
            print(f"asccld: {_of_the_system(error)}", file=sys.stderr)  # noqa: T201 - as in `_stop`
            code = COULD_NOT_RUN
    with suppress(OSError):
        sys.stderr.flush()
    return code


def _of_the_system(error: OSError) -> AsccldError:
    place = str(error.filename) if error.filename else "while reading or writing"
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return AsccldError("The disk is full", place, "Free some space or choose another folder")
    return AsccldError(error.strerror or type(error).__name__, place, "Check the disk and the permissions")


def _explain(error: Exception) -> NoReturn:
    """A command typed wrongly, else a fault of ours."""
    if hasattr(error, "format_message"):  # the parser's errors: their classes move between versions of typer
        from asccld.cli.usage import explained

        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)  # noqa: T201 - the help itself
            raise SystemExit(COULD_NOT_RUN)
        _stop(str(explained(error)))
    if os.environ.get(_TRACEBACK):
        raise error
    _stop(_unexpected(error))


def _unexpected(error: Exception) -> str:
    """Where an unforeseen error happened, without its text: that may quote a cell of the file."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno}" if last else "?"  # noqa: PTH119
    what = f"Unexpected error ({type(error).__name__} at {place}). This is a fault of asccld: please report it"
    return f"{what}; {_TRACEBACK}=1 shows the details, which may quote your data"


def _stop(message: str) -> NoReturn:
    with suppress(OSError):  # nobody may be listening
        print(f"asccld: {message}", file=sys.stderr)  # noqa: T201 - the one place that speaks of errors
    raise SystemExit(COULD_NOT_RUN)
