"""Adult Social Care Client Level Data: the standard as data, and everything done with it.

import asccld

result = asccld.validate("submission.csv")
result.verdict, result.findings
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asccld.intake.mapping.submission import map_extracts
    from asccld.measures import measure
    from asccld.processing import process
    from asccld.standard import load_standard
    from asccld.synthetic import make_councils
    from asccld.validation import validate

__all__ = ["load_standard", "make_councils", "map_extracts", "measure", "process", "validate"]

_HOMES = {
    "load_standard": "asccld.standard",
    "make_councils": "asccld.synthetic",
    "map_extracts": "asccld.intake.mapping.submission",
    "measure": "asccld.measures",
    "process": "asccld.processing",
    "validate": "asccld.validation",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - importing one name must not import every room
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'asccld' has no attribute '{name}'"
    raise AttributeError(message)
