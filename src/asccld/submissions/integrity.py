"""Whether files of a store are still what the catalogue says, byte for byte: read whole, a few at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asccld.digest import sha256_of
from asccld.submissions.errors import DamagedStore
from asccld.submissions.layout import inside
from asccld.submissions.model import Submission

_AT_ONCE = 4  # hashing leaves the interpreter to others; more threads would only wait for the disk


def faults(files: Iterable[tuple[Path, str]]) -> list[str]:
    """For each file and its SHA-256: blank where they agree, else `missing`, `damaged` or `unreadable`."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="asccld-integrity") as pool:
        return list(pool.map(_fault, files))


def refuse_damaged_originals(store: Path, found: Iterable[Submission]) -> None:
    """Raise DamagedStore for the first submission whose original is not the bytes that were received."""
    wanted = list(found)
    for submission, fault in zip(wanted, faults((inside(store, s.original), s.sha256) for s in wanted), strict=True):
        if fault:
            raise DamagedStore(
                f"The original of submission {submission.number} is {fault}",
                submission.original,
                "Restore it from a backup",
            )


def _fault(file: tuple[Path, str]) -> str:
    path, sha256 = file
    try:
        return "" if sha256_of(path) == sha256 else "damaged"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
