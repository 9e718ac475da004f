"""The register of submissions: what councils sent, what was decided, and the events that were accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asccld.submissions.comparing import Comparison
    from asccld.submissions.errors import DamagedStore, NewerStore, StoreError
    from asccld.submissions.model import Happening, Listed, Submission
    from asccld.submissions.receipts import Receipt
    from asccld.submissions.register import Register
    from asccld.submissions.sweeping import Swept

__all__ = [
    "Comparison",
    "DamagedStore",
    "Happening",
    "Listed",
    "NewerStore",
    "Receipt",
    "Register",
    "StoreError",
    "Submission",
    "Swept",
]

_HOMES = {
    "Comparison": "comparing",
    "DamagedStore": "errors",
    "Happening": "model",
    "Listed": "model",
    "NewerStore": "errors",
    "Receipt": "receipts",
    "Register": "register",
    "StoreError": "errors",
    "Submission": "model",
    "Swept": "sweeping",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - collecting events must not cost the start of a database library
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"asccld.submissions.{_HOMES[name]}"), name)
    message = f"module 'asccld.submissions' has no attribute '{name}'"
    raise AttributeError(message)
