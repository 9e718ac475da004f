"""The standard as data: releases, defined lists, conditions, release maps, councils and calendar."""

from asccld.standard.loader import load_standard
from asccld.standard.model import (
    Confidence,
    Council,
    DefinedList,
    Field,
    HierarchyEntry,
    Release,
    Standard,
    Value,
    ValueMapping,
)
from asccld.standard.tables import StandardError

__all__ = [
    "Confidence",
    "Council",
    "DefinedList",
    "Field",
    "HierarchyEntry",
    "Release",
    "Standard",
    "StandardError",
    "Value",
    "ValueMapping",
    "load_standard",
]
