"""Which mapping made a submission: read from the report that `asccld map` leaves beside it.

Apart from `mapping`, so that a check loads nothing of what only a mapping needs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from asccld.errors import harmless

SUFFIX = ".map.json"
_LARGEST = 64 << 20
_FINGERPRINT = re.compile("[0-9a-f]{12}")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Mapped:
    """The mapping of a submission; `unchanged` says whether the submission is still as it was written."""

    file: str
    fingerprint: str
    unchanged: bool

    @property
    def name(self) -> str:
        """File and fingerprint, as reports show it."""
        return f"{self.file} {self.fingerprint}"


def sidecar_of(submission: Path) -> Path:
    """Where the report of a submission stands."""
    return submission.with_name(submission.name + SUFFIX)


def mapping_of(submission: Path, sha256: str) -> Mapped | None:
    """The mapping that made a file; None where no readable report of one stands beside it."""
    path = sidecar_of(submission)
    try:
        if path.stat().st_size > _LARGEST:
            return None
        content: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict):
        return None
    said = cast("dict[str, Any]", content)
    mapping, made = said.get("mapping"), said.get("submission")
    if not (isinstance(mapping, dict) and isinstance(made, dict)):
        return None
    own, file = cast("dict[str, Any]", mapping), cast("dict[str, Any]", made)
    fingerprint = str(own.get("fingerprint"))
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    return Mapped(harmless(str(own.get("file")))[:_LONGEST_NAME], fingerprint, file.get("sha256") == sha256)
