"""Which mapping made a submission: read from the report that `asccld map` leaves beside it.

Apart from `mapping`, so that a check loads nothing of what only a mapping needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
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


@dataclass(frozen=True)
class Damaged:
    """A report beside a submission that cannot be read, or does not say which mapping it is of."""

    report: str


def sidecar_of(submission: Path) -> Path:
    """Where the report of a submission stands."""
    return submission.with_name(submission.name + SUFFIX)


def mapping_of(submission: Path, sha256: str) -> Mapped | Damaged | None:
    """The mapping that made a file, or a report that does not say it; None where no report stands beside the file."""
    path = sidecar_of(submission)
    try:
        if path.stat().st_size > _LARGEST:
            return Damaged(path.name)
        content: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return Damaged(path.name)
    own, file = _part(content, "mapping"), _part(content, "submission")
    fingerprint = str(own.get("fingerprint"))
    if not _FINGERPRINT.fullmatch(fingerprint):
        return Damaged(path.name)
    return Mapped(harmless(str(own.get("file")))[:_LONGEST_NAME], fingerprint, file.get("sha256") == sha256)


def _part(content: object, key: str) -> dict[str, Any]:
    """A table of the report; an empty one where there is none."""
    part = cast("dict[str, Any]", content).get(key) if isinstance(content, dict) else None
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}


def doubts(mapped: Mapped | Damaged | None) -> Iterator[str]:
    """What to say of a file that was changed since a mapping made it, or whose report is damaged."""
    if isinstance(mapped, Damaged):
        yield f"the mapping's report beside the file ({mapped.report}) could not be read: run asccld map again"
    elif mapped is not None and not mapped.unchanged:
        yield f"this is not the file as {mapped.file} made it: it was changed since, or belongs to another report"
