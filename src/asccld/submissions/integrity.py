"""Whether files of a store are still what the catalogue says, byte for byte: read whole, a few at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, cast

from asccld.digest import sha256_of
from asccld.submissions.errors import DamagedStore
from asccld.submissions.layout import inside
from asccld.submissions.model import Submission
from asccld.submissions.receipts import Receipt
from asccld.version import __version__

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


def receipt_faults(store: Path, receipt: Receipt) -> list[str]:
    """What is wrong with the two files of a receipt, compared with the catalogue.

    A receipt of another version of asccld may be worded in another way: of that, what both versions tell is compared.
    """
    found = receipt.submission
    text = PurePosixPath(found.receipt)
    checks = ((text, receipt.text, _same_text), (text.with_suffix(".json"), receipt.json, _same_content))
    words = ((path, _receipt_fault(inside(store, path), wanted, same, receipt)) for path, wanted, same in checks)
    return [f"receipt {word}: {path}" for path, word in words if word]


def _receipt_fault(path: Path, wanted: str, same: Callable[[str, Receipt], bool], receipt: Receipt) -> str:
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
    if receipt.submission.version == __version__:
        return "" if kept == wanted.encode("utf-8", errors="replace") else "changed"
    return "" if same(kept.decode("utf-8", errors="replace"), receipt) else "changed"


def _same_text(kept: str, receipt: Receipt) -> bool:
    found = receipt.submission
    return kept.startswith(f"Receipt {found.number}: {found.verdict}\n") and found.sha256 in kept


def _same_content(kept: str, receipt: Receipt) -> bool:
    try:
        content: object = json.loads(kept)
    except ValueError:
        return False
    wanted: dict[str, Any] = json.loads(receipt.json.encode("utf-8", errors="replace"))
    if not isinstance(content, dict):
        return False
    told = cast("dict[str, Any]", content)
    return all(told[key] == wanted[key] for key in told.keys() & wanted.keys()) and told.get("receipt") is not None


def _fault(file: tuple[Path, str]) -> str:
    path, sha256 = file
    try:
        return "" if sha256_of(path) == sha256 else "damaged"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
