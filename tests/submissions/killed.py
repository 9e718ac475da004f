"""Runs `asccld` commands in processes that die at a boundary of our choosing. No test, and never part of the product.

A server: each line on standard input is a JSON list [boundary, argument...]. A child process is forked from this one,
which has everything imported, runs the command, and kills itself with SIGKILL right before the boundary of that
number. The answer is one line: the exit code and how many boundaries were passed and what was said, or "killed".

Boundaries are every call of the system that Python tells of (open, rename, remove, mkdir, chmod, link, connect to the
database ...), both sides of every fsync, every statement and every commit of the catalogue, every table written to a
Parquet file, and half of every block that is written to a file in the store: that one leaves the other half unwritten.
"""

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command
import psycopg
import pyarrow.parquet as pq
from sqlalchemy.engine.default import DefaultDialect

import asccld.cli.submissions
import asccld.submissions.keeping
from asccld.cli import main
from asccld.standard import load_standard
from asccld.submissions import files
from asccld.validation import load_rules

LOADED_BEFOREHAND = (alembic.command, psycopg, asccld.cli.submissions, asccld.submissions.keeping)

AUDITED = (
    "open",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.link",
    "os.listdir",
    "os.scandir",
    "sqlite3.connect",
    "shutil.rmtree",
)


class Boundaries:
    """Counts, and kills before the one that was asked for."""

    def __init__(self, store: str, fatal: int) -> None:
        self.store, self.fatal, self.passed = store, fatal, 0

    def reached(self) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in AUDITED and any(self.store in str(argument) for argument in arguments):
            self.reached()

    def around(self, owner: Any, name: str) -> None:
        """Make both sides of a function boundaries."""
        inside = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.reached()
            done = inside(*arguments, **named)
            self.reached()
            return done

        setattr(owner, name, call)

    def halved(self) -> None:
        """Make the middle of every block a boundary, where our own code writes."""
        opened = Path.open
        reached = self.reached

        class Halved(io.BufferedWriter):
            def write(self, block: Any, /) -> int:
                half = len(block) // 2
                super().write(block[:half])
                self.flush()
                reached()
                return half + super().write(block[half:])

        def halving(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
            if mode != "xb":
                return opened(path, mode, *rest, **named)
            return Halved(opened(path, mode, buffering=0))  # pyright: ignore[reportArgumentType]

        files.Path.open = halving  # pyright: ignore[reportAttributeAccessIssue]


def watched(boundaries: Boundaries) -> None:
    boundaries.halved()
    boundaries.around(os, "fsync")
    boundaries.around(pq.ParquetWriter, "write_table")
    boundaries.around(pq.ParquetWriter, "close")
    for name in ("do_execute", "do_commit", "do_rollback", "do_close"):
        boundaries.around(DefaultDialect, name)
    sys.addaudithook(boundaries.audited)


def child(answer: int, store: str, fatal: int, arguments: list[str]) -> None:
    boundaries = Boundaries(store, fatal)
    code: object = 0
    told = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(told):
        watched(boundaries)
        try:
            main(arguments)
        except SystemExit as stop:
            code = stop.code
    os.write(answer, f"{code} {boundaries.passed} {told.getvalue().replace(chr(10), ' ')}".encode())


def answered(store: str, fatal: int, arguments: list[str]) -> str:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            child(writing, store, fatal, arguments)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(process, 0)
    return said or "killed"


def serve(answer: Callable[[str, int, list[str]], str]) -> None:
    for line in sys.stdin:
        store, fatal, *arguments = json.loads(line)
        sys.stdout.write(answer(store, fatal, arguments) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    load_standard()
    load_rules()
    serve(answered)
