"""How much intake is willing to hold or unpack: generous for any council, fatal to a file built to exhaust memory."""

from __future__ import annotations

from typing import Final

MEBIBYTE: Final = 1 << 20

SAMPLE_BYTES: Final = MEBIBYTE // 4
"""What is looked at to recognise encoding, delimiter and line ends."""

MAX_CELL_BYTES: Final = MEBIBYTE
"""The longest cell. Excel itself holds at most 32,767 characters in a cell."""

MAX_RECORD_BYTES: Final = 4 * MEBIBYTE
"""The longest row."""

MAX_COLUMNS: Final = 1_000
"""The widest table: the standard has fewer than 60 columns."""

BATCH_BYTES: Final = 56 * MEBIBYTE
"""What is parsed at once: large enough to keep every core busy, small enough to keep memory flat."""

SHARES: Final = 6
"""A file that fits into fewer batches is cut into about so many: whoever works on them side by side wants enough."""

SHARED_BATCH_BYTES: Final = 24 * MEBIBYTE
"""Below this, a batch costs more than its share is worth."""

FIRST_BATCH_BYTES: Final = 24 * MEBIBYTE
"""The first batch is no larger: whoever works on the rows starts while the next is being read."""

MIN_BATCH_BYTES: Final = MEBIBYTE // 4

MAX_UNPACKED_BYTES: Final = 16 << 30
"""The most that a compressed text file may unpack to while streaming."""

MAX_RATIO: Final = 250
"""The most that compressed text may shrink by; repetitive extracts reach about 50."""

RATIO_FREE_BYTES: Final = 64 * MEBIBYTE
"""Below this much output the ratio does not matter."""

PACKED_BYTES_PER_ROW: Final = 4
"""The fewest bytes that a row of compressed text takes: identifiers and dates leave an honest row ten and more."""

FREE_ROWS: Final = 1_000_000
"""Up to this many rows it does not matter how few bytes they take."""

MAX_BLANK_ROWS: Final = 1 << 20
"""The most rows without any content: a whole worksheet of them."""

MAX_MISSHAPEN_ROWS: Final = 100_000
"""After so many rows with too many or too few cells, the rest is not read."""

MAX_SHEET_ROWS: Final = 1 << 20
"""Rows of a worksheet: more than these no spreadsheet program can have written."""

MAX_MEMBER_IN_MEMORY: Final = 1 << 30
"""The largest workbook or Parquet file that is unpacked from a .zip into memory."""

MAX_WORKBOOK_BYTES: Final = 8 << 30
"""The most that the parts of a workbook may unpack to."""

MAX_SHEET_CELLS: Final = 80_000_000
"""The largest area of a worksheet: a full sheet of 1,048,576 rows with 76 columns."""
