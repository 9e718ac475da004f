"""What two texts have in common that are one identifier: how a value is read before it becomes a pseudonym.

The national database compares identifiers without regard to case and trailing spaces, but a pseudonym hides both. So a
value is brought to one form first, and everything that reads pseudonyms can compare them exactly.
"""

from __future__ import annotations

import polars as pl


def normal_texts(values: pl.Series) -> pl.Series:
    """Values without blanks around them, in small letters, in Unicode's composed form; null where nothing is left.

    Nothing else changes: leading zeros, blanks inside and punctuation tell identifiers apart.
    """
    text = pl.col("value").str.to_lowercase().str.normalize("NFC").str.strip_chars()
    frame = values.cast(pl.String).to_frame("value")
    return frame.select(pl.when(text != "").then(text).alias(values.name)).to_series()
