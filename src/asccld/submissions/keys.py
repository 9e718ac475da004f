"""One store, one key: a person with two pseudonyms would be two persons."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from asccld.privacy import ENVIRONMENT_VARIABLE, PseudonymKey
from asccld.submissions.errors import StoreError


def refuse_other_key(key: PseudonymKey | None, in_use: AbstractSet[str | None], store: Path) -> None:
    """Refuse a key, or the lack of one, that does not fit the stored events; `in_use` has None for those without."""
    if key is None and in_use - {None}:
        raise StoreError(
            "This store holds pseudonyms, and no key was given",
            None,
            f"Give the key of the store: --key FILE, or the environment variable {ENVIRONMENT_VARIABLE}",
        )
    if key is not None and None in in_use:
        raise StoreError(
            "This store holds files that were added without a key, and a key was given",
            None,
            "Add without one, or begin a new store for pseudonyms",
        )
    for other in in_use:
        if key is not None:
            key.require(other, str(store))
