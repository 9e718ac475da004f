"""Where everything in a store is. Paths in the catalogue are relative to the store and written with `/`.

    store.json                                          what this folder is
    register.sqlite                                     the catalogue, unless it is in PostgreSQL
    originals/503/000012-1a2b3c4d.csv                   the bytes as received, read-only
    events/council=503/submission=000012/1a2b3c4d.parquet
    receipts/503/000012-1a2b3c4d.txt and .json
    incoming/1a2b3c4d.../                               additions under way

The eight characters are the beginning of the addition's token: two additions can never write to one name, not even if
one was taken for dead and its number given to the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CATALOGUE = "register.sqlite"
LABEL = "store.json"
ORIGINALS, EVENTS, RECEIPTS, INCOMING = "originals", "events", "receipts", "incoming"
RECEIPT_SUFFIXES = (".txt", ".json")
TOKEN_SHOWN = 8
_SUFFIXES = {".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet", ".zip", ".gz"}
_OURS = re.compile(r"(?:.*[-/])?(?P<token>[0-9a-f]{8})(?:\.[a-z.]+)?")


@dataclass(frozen=True)
class Claim:
    """What an addition holds until it is recorded: its token, its council and its number."""

    token: str
    la_code: str
    number: int

    @property
    def shown(self) -> str:
        """The part of the token that file names carry."""
        return self.token[:TOKEN_SHOWN]

    @property
    def original(self) -> PurePosixPath:
        """The received bytes, without their suffix."""
        return PurePosixPath(ORIGINALS, self.la_code, f"{self.number:06}-{self.shown}")

    @property
    def events(self) -> PurePosixPath:
        """The accepted events."""
        return PurePosixPath(EVENTS, f"council={self.la_code}", f"submission={self.number:06}", f"{self.shown}.parquet")

    @property
    def receipt(self) -> PurePosixPath:
        """The receipt, without its suffix."""
        return PurePosixPath(RECEIPTS, self.la_code, f"{self.number:06}-{self.shown}")


def kept_suffix(name: str) -> str:
    """The suffix that an original keeps: only what says how to read it, nothing that a person made up."""
    found = [s for s in (suffix.lower() for suffix in PurePosixPath(name).suffixes[-2:]) if s in _SUFFIXES]
    return "".join(found)


def token_in(path: PurePosixPath) -> str | None:
    """The shown part of the token in the name of one of our files, None for a stranger's."""
    found = _OURS.fullmatch(path.name)
    return found["token"] if found else None


def inside(store: Path, path: PurePosixPath | str) -> Path:
    """The path in this store."""
    return store.joinpath(*PurePosixPath(path).parts)
