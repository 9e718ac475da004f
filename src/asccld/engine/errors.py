"""What can go wrong between us and an engine, said so that the reader knows what to try next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from asccld.errors import AsccldError


class EngineError(AsccldError):
    """An engine that cannot be reached, or does not do what is asked of it."""


class MissingColumns(AsccldError):
    """A table without columns that are needed; all of them are named, each with the nearest that is there."""

    columns: tuple[str, ...]

    def __init__(self, missing: Iterable[str], present: Iterable[str], where: str) -> None:
        self.columns = tuple(missing)
        known = list(present)
        named = ", ".join(_with_nearest(name, known) for name in self.columns)
        counted = f"{len(self.columns)} columns are" if len(self.columns) > 1 else "A column is"
        super().__init__(
            f"{counted} missing: {named}",
            where,
            "Rename or add them; upper and lower case are the same. docs/reference/collected-events.md lists them all",
        )

    def __reduce__(self) -> tuple[object, ...]:
        """As any error whose arguments are not its message: by the message."""
        return (AsccldError, (self.what, self.where, self.remedy))


class WrongTypes(AsccldError):
    """Columns whose values are not of the type that the method needs; values are never quoted."""

    def __init__(self, faults: Mapping[str, str], where: str) -> None:
        named = "; ".join(f"{name} {fault}" for name, fault in faults.items())
        super().__init__(
            f"Columns of the wrong type: {named}",
            where,
            "Dates as 2025-04-01, times as 2025-04-01 09:30:00, numbers with a decimal point; blank where not known",
        )

    def __reduce__(self) -> tuple[object, ...]:
        """As any error whose arguments are not its message: by the message."""
        return (AsccldError, (self.what, self.where, self.remedy))


def _with_nearest(name: str, present: list[str]) -> str:
    near = get_close_matches(name, present, n=1, cutoff=0.7)
    return f"{name} (is it {near[0]}?)" if near else name


def without_password(url: str) -> str:
    """The address as it may be shown: what stands before the @ can hold a password, what follows a ? too."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.partition('?')[0].rpartition('@')[2]}" if separator else url.partition("?")[0]


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy that names what was probably meant."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"There are: {', '.join(names[:20])}" if names else "There are none"
