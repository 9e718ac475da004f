"""What can be wrong with a store, told so that somebody can act on it."""

from __future__ import annotations

from asccld.errors import AsccldError


class StoreError(AsccldError):
    """The store, its catalogue or one of its files cannot be used as asked."""


class NewerStore(StoreError):
    """The store was written by a newer version of asccld."""


class DamagedStore(StoreError):
    """Files that the catalogue tells of are missing or not what they were."""
