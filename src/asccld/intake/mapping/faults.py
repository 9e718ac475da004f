"""What is wrong with a mapping file, all at once: each fault with its line, its key and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asccld.counting import counted
from asccld.errors import AsccldError, harmless

_MOST_TOLD = 20


@dataclass(frozen=True)
class Fault:
    """One fault of a mapping file; `line` is None for something that is not there."""

    line: int | None
    key: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """`line 12, extract.people.key: what. remedy`."""
        place = f"line {self.line}, {self.key}" if self.line else self.key
        end = "" if self.what.endswith(("?", ".")) else "."
        return harmless(" ".join(f"{place}: {self.what}{end} {self.remedy}".split()))


class MappingError(AsccldError):
    """A mapping file that cannot be used; `faults` has every reason."""

    def __init__(self, faults: Iterable[Fault], where: str) -> None:
        self.faults: Sequence[Fault] = sorted(faults, key=lambda f: f.line or 0)
        first = self.faults[0]
        super().__init__(f"{first.key}: {first.what}", f"{where}, line {first.line}", first.remedy)
        self.file = where

    def __str__(self) -> str:
        """One line for each fault; a single fault is one line as every error of ours."""
        if len(self.faults) == 1:
            return f"{harmless(self.file)}, {self.faults[0]}"
        told = "".join(f"\n  {fault}" for fault in self.faults[:_MOST_TOLD])
        more = len(self.faults) - _MOST_TOLD
        rest = f"\n  and {counted(more, 'more fault')}: correct these first" if more > 0 else ""
        return f"{harmless(self.file)} has {counted(len(self.faults), 'fault')}:{told}{rest}"


def dotted(path: Sequence[str | int]) -> str:
    """A path as a person writes it: `extract.people.leave_out[1].why`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
