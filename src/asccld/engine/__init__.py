"""Where relations are computed: DuckDB in this process unless an address says otherwise.

with connected("local[*]") as con:
    events = table(con, ["store/events"])
    write(processed, Path("main.parquet"))

No step of the processing connects, reads or writes. Commands do, through here.
"""

from __future__ import annotations

from asccld.engine.connecting import connect, connected
from asccld.engine.errors import EngineError, MissingColumns, WrongTypes
from asccld.engine.failing import named
from asccld.engine.keeping import keeper, kept_for_now
from asccld.engine.reading import table
from asccld.engine.writing import write

__all__ = [
    "EngineError",
    "MissingColumns",
    "WrongTypes",
    "connect",
    "connected",
    "keeper",
    "kept_for_now",
    "named",
    "table",
    "write",
]
