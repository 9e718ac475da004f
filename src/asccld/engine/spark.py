"""Spark: a local session, a session on a cluster, or the one that spark-submit or a notebook has already made."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis.backends import BaseBackend

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PATTERN = re.compile(r"[*?\[\]{}]")

_EVERYWHERE = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
_ON_THIS_MACHINE = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",  # nobody else has business with it
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": "16",
    "spark.log.level": "ERROR",
}


def open_spark(master: str, settings: Mapping[str, str]) -> BaseBackend:
    """A connection to Spark. `spark` alone takes the session that is there, or as the surroundings configure it."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("asccld")
    for name, value in {**_defaults(master), **settings}.items():
        builder = builder.config(name, value)
    if master != "spark":
        builder = builder.master(master)
    session = builder.getOrCreate()
    return ibis.pyspark.connect(session)


def session_of() -> SparkSession:
    """The session that `open_spark` opened: there is one in a process."""
    from pyspark.sql import SparkSession

    found = SparkSession.getActiveSession()
    return found if found is not None else SparkSession.builder.getOrCreate()


def address_of(path: str, *, pattern: bool = False) -> str:
    """How Spark names a path of this machine, whatever file system is its default; not percent-encoded, as in a URI.

    Where Spark takes patterns (`pattern`), characters of a pattern that are part of the name are marked.
    """
    if "://" in path:
        return path
    whole = Path(path).absolute().as_posix()
    return "file:///" + (_PATTERN.sub(r"\\\g<0>", whole) if pattern else whole).lstrip("/")


def _defaults(master: str) -> dict[str, str]:
    if not master.startswith("local"):
        return _EVERYWHERE
    # Spark makes the folder only when a table is kept, which we never ask for.
    warehouse = {"spark.sql.warehouse.dir": f"{tempfile.gettempdir()}/asccld-spark-warehouse"}
    return {**_EVERYWHERE, **_ON_THIS_MACHINE, **warehouse}
