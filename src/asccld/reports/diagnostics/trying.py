"""Trying something and telling how long it took, or where it failed: never what an error says, which may quote data."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final, TypeVar

from asccld.errors import AsccldError

T = TypeVar("T")

OUR_PACKAGE: Final = "asccld"
MOST_FRAMES: Final = 12


@dataclass
class Trials:
    """What was tried, in order."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    failures: dict[str, dict[str, Any]] = field(default_factory=dict[str, Any])

    def attempt(self, what: str, act: Callable[[], T]) -> T | None:
        """The result; None where it failed, which is noted."""
        started = time.perf_counter()
        try:
            return act()
        except (Exception, MemoryError) as error:  # noqa: BLE001 - whatever goes wrong is what is to be told
            self.failures[what] = failure(error)
            return None
        finally:
            self.seconds[what] = round(time.perf_counter() - started, 3)


def failure(error: BaseException) -> dict[str, Any]:
    """The kind of an error and where in which program it arose; its text is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    shown = [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames][-MOST_FRAMES:]
    number = error.errno if isinstance(error, OSError) else None
    return {
        "error": type(error).__name__,
        "foreseen": isinstance(error, AsccldError),
        "system_error_number": number,
        "at": shown,
    }


def _module(path: str) -> str:
    """A file of a program without the folders above its package, which may name the person who installed it."""
    parts = PurePath(path).parts
    for root in ("site-packages", "src"):
        if root in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(root) :])
    if OUR_PACKAGE in parts:
        return "/".join(parts[parts.index(OUR_PACKAGE) :])
    return parts[-1] if parts else "?"
