"""The accepted events of a submission as one Parquet file, written batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Literal

import polars as pl

from asccld.counting import counted
from asccld.submissions.errors import StoreError
from asccld.submissions.files import settled

_MARK = b"PAR1"


def write_events(batches: Iterable[pl.DataFrame], path: Path, at_most: int) -> int:
    """Write the batches, see them onto the disk, and return the number of rows.

    More than `at_most` rows would have record ids that another submission may have: that is refused.
    """
    import pyarrow.parquet as pq

    coming = iter(batches)
    first, rows = next(coming, None), 0
    if first is not None:
        with pq.ParquetWriter(path, first.to_arrow().schema, compression="zstd") as writer:
            for batch in chain([first], coming):
                writer.write_table(batch.to_arrow())
                rows += batch.height
    if first is None or rows > at_most:
        raise StoreError(
            f"The file was read with {counted(at_most, 'event')} and then with {rows:,}",
            None,
            "This is a fault of asccld: please report it; nothing of the file is in the store",
        )
    settled(path)
    return rows


def looked_at(path: Path, size: int | None) -> Literal["present", "missing", "damaged"]:
    """What a quick look says of a Parquet file: whether it is there, has its size, and begins and ends as one must."""
    try:
        with path.open("rb") as file:
            begins = file.read(4)
            found = file.seek(0, 2)
            file.seek(max(0, found - 4))
            ends = file.read(4)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "damaged"
    return "present" if found == size and begins == ends == _MARK else "damaged"
