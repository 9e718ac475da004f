"""Intake: any extract as chunks of text cells with the row numbers of the user's own file.

Values are never silently changed. Blank cells are null; everything else is the text as submitted, or, for typed cells
of Excel and Parquet, the text that a person would have typed, with every such repair counted.
"""

from asccld.intake.headers import HeaderMatch, UnknownColumn, match_headers
from asccld.intake.model import Chunk, Extract, Note, Repair
from asccld.intake.opening import open_extract

__all__ = [
    "Chunk",
    "Extract",
    "HeaderMatch",
    "Note",
    "Repair",
    "UnknownColumn",
    "match_headers",
    "open_extract",
]
