"""`store.json`: what the folder of a store says about itself, so that folder and catalogue cannot be mixed up."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from asccld.submissions.errors import NewerStore, StoreError
from asccld.submissions.files import removed, told, written
from asccld.submissions.layout import CATALOGUE, LABEL

FORMAT = 1
"""Raised when older versions could no longer find their way in the folder."""
_PARTS = {CATALOGUE, LABEL, "originals", "events", "receipts", "incoming"}


@dataclass(frozen=True)
class Label:
    """Which store the folder is, and whether its catalogue lies in it."""

    store_id: str
    catalogue_here: bool


def read_label(store: Path) -> Label | None:
    """What the folder says; None where it says nothing yet."""
    path = store / LABEL
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError("The label of the store cannot be read", str(path), "Restore it from a backup") from error
    table = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    written_with = table.get("format", 0)
    if isinstance(written_with, int) and written_with > FORMAT:
        raise NewerStore(
            f"This store was written by a newer asccld (format {written_with}; this one knows {FORMAT})",
            str(store),
            "Install the newer version; nothing was changed",
        )
    if written_with != FORMAT or "store" not in table:
        raise StoreError("The label of the store is not one of ours", str(path), "Restore it from a backup")
    return Label(str(table["store"]), table.get("catalogue") == CATALOGUE)


def write_label(store: Path, label: Label) -> None:
    """Label the folder; two who do it at once write the same."""
    where = CATALOGUE if label.catalogue_here else "elsewhere"
    text = json.dumps({"format": FORMAT, "store": label.store_id, "catalogue": where}, indent=1) + "\n"
    part = store / f".{LABEL}.{secrets.token_hex(4)}"
    with told(store):
        try:
            written(part, text)
            part.replace(store / LABEL)
        finally:
            removed(part)


def refuse_other_folder(store: Path) -> None:
    """Refuse a folder that holds anything else: nobody wants a register among their documents."""
    if store.exists() and not store.is_dir():
        raise StoreError("This is a file, not a folder", str(store), "Give the folder of the store")
    if store.is_dir():
        others = [p.name for p in store.iterdir() if p.name not in _PARTS and not p.name.startswith((CATALOGUE, "."))]
        if others and read_label(store) is None:
            raise StoreError(
                "The folder is not a store, and other things are in it",
                str(store),
                "Give a store, an empty folder, or one that is not there yet",
            )
