"""The bytes of a file, unpacked from .gz or .zip as they are read: nothing is written to disk."""

from __future__ import annotations

import gzip
import io
import math
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, cast

from asccld.errors import AsccldError, UnreadableFile
from asccld.intake import limits

if TYPE_CHECKING:
    from collections.abc import Generator

    from asccld.intake.encodings import Readable

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, RuntimeError)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_LITTER: Final = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def reading(place: str) -> Generator[None]:
    """Turn what the operating system and the unpackers raise into an `UnreadableFile` that names `place`."""
    try:
        yield
    except AsccldError:
        raise
    except FileNotFoundError as error:
        raise UnreadableFile(
            "There is no such file", place, "Check the spelling of its name and the folder you are in."
        ) from error
    except PermissionError as error:
        raise UnreadableFile(
            "You may not read this file", place, "Close it in other programs, or ask its owner for access."
        ) from error
    except _DAMAGED as error:
        raise UnreadableFile(
            "The compressed file is damaged or incomplete", place, "Copy or download it again, or save it uncompressed."
        ) from error
    except OSError as error:
        reason = error.strerror or "reading failed"
        raise UnreadableFile(
            f"The file cannot be read: {reason}", place, "Copy it to a local disk, try again."
        ) from error


class BoundedReader:
    """Unpacked bytes, refused as soon as they are more than an honest file would give.

    `most_lines` says how many line ends they may hold.
    """

    def __init__(self, inner: Readable, packed_bytes: int, place: str, most_lines: float = math.inf) -> None:
        self._inner = inner
        self._packed = max(packed_bytes, 1)
        self._place = place
        self._given = 0
        self._lines = 0
        self._most_lines = most_lines

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        data = self._inner.read(limits.MEBIBYTE if size < 0 else size)
        self._given += len(data)
        too_dense = self._given > limits.RATIO_FREE_BYTES and self._given > limits.MAX_RATIO * self._packed
        if too_dense or self._given > limits.MAX_UNPACKED_BYTES:
            raise UnreadableFile(
                f"The compressed file unpacks to far more than its {self._packed:,} bytes (a 'zip bomb')",
                self._place,
                "Check where it comes from; if it is genuine, unpack it yourself and give the unpacked file.",
            )
        self._count_lines(data)
        return data

    def _count_lines(self, data: bytes) -> None:
        if math.isinf(self._most_lines):
            return
        self._lines += data.count(b"\n") or data.count(b"\r")
        if self._lines > self._most_lines:
            raise UnreadableFile(
                f"The compressed file unpacks to more rows than its {self._packed:,} bytes can honestly hold "
                f"(over {int(self._most_lines):,}: a 'row bomb')",
                self._place,
                "Check where it comes from; if it is genuine, unpack it yourself and give the unpacked file.",
            )

    def close(self) -> None:
        """Close the file."""
        self._inner.close()


class _Owning:
    """A reader that closes a second thing when it is closed."""

    def __init__(self, inner: Readable, owner: zipfile.ZipFile) -> None:
        self._inner = inner
        self._owner = owner

    def read(self, size: int = -1, /) -> bytes:
        return self._inner.read(size)

    def close(self) -> None:
        self._inner.close()
        self._owner.close()


@dataclass(frozen=True)
class Source:
    """Where an extract's bytes come from: a file, or the one file inside a .gz or .zip."""

    path: Path
    packing: str | None = None  # None, "gzip" or "zip"
    member: str | None = None

    @property
    def place(self) -> str:
        """The file as messages name it."""
        return self.path.name if self.member is None else f"{self.path.name}, {self.member}"

    def open(self, *, text: bool = False) -> Readable:
        """A fresh reader from the first byte; of `text`, packed lines are counted."""
        with reading(self.place):
            if self.packing == "gzip":
                size = self.path.stat().st_size
                return BoundedReader(cast("Readable", gzip.open(self.path)), size, self.place, _lines(size, text=text))
            if self.packing == "zip" and self.member is not None:
                archive = zipfile.ZipFile(self.path)
                info = archive.getinfo(self.member)
                inner = cast("Readable", archive.open(info))
                size = info.compress_size
                return BoundedReader(_Owning(inner, archive), size, self.place, _lines(size, text=text))
            return self.path.open("rb", buffering=0)

    def head(self, size: int) -> bytes:
        """The first `size` bytes."""
        reader = self.open()
        try:
            with reading(self.place):
                return read_fully(reader, size)
        finally:
            reader.close()

    def in_memory(self) -> io.BytesIO:
        """The whole content, for readers that must jump about in it."""
        reader = self.open()
        kept = io.BytesIO()
        try:
            with reading(self.place):
                while data := reader.read(limits.MEBIBYTE):
                    kept.write(data)
                    if kept.tell() > limits.MAX_MEMBER_IN_MEMORY:
                        raise UnreadableFile(
                            "The file inside is too large to unpack in memory", self.place, "Unpack it yourself first."
                        )
        finally:
            reader.close()
        kept.seek(0)
        return kept


def _lines(packed_bytes: int, *, text: bool) -> float:
    """The most lines that so many packed bytes may hold."""
    return max(limits.FREE_ROWS, packed_bytes // limits.PACKED_BYTES_PER_ROW) if text else math.inf


def read_fully(reader: Readable, size: int) -> bytes:
    """Exactly `size` bytes, fewer only at the end of the file."""
    parts: list[bytes] = []
    missing = size
    while missing > 0 and (data := reader.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


def read_behind(known: bytes, reader: Readable, size: int, buffer: io.BytesIO) -> bool:
    """Fill a buffer with bytes that are known already and the next `size`; whether those were the last.

    Read in place where the file allows it: one more copy of the text costs as much as half of its parsing, and fresh
    memory for it as much as a quarter. The buffer may have been used before; what is left of an earlier value of it,
    in whoever's hands, stays as it was.
    """
    if not isinstance(reader, io.RawIOBase):
        block = read_fully(reader, size)
        buffer.seek(0)
        buffer.write(known)
        buffer.write(block)
        buffer.truncate()
        return len(block) < size
    wanted = len(known) + size
    if buffer.seek(0, io.SEEK_END) < wanted:
        buffer.seek(wanted - 1)
        buffer.write(b"\0")
    with buffer.getbuffer() as room:
        room[: len(known)] = known
        filled = len(known)
        while filled < wanted and (number := reader.readinto(room[filled:wanted])):
            filled += number
    buffer.truncate(filled)
    return filled < wanted


def gzip_source(path: Path) -> Source:
    """The file inside a .gz."""
    name = path.name[:-3] if path.suffix.lower() == ".gz" else path.name
    return Source(path, "gzip", name)


def zip_source(path: Path) -> Source:
    """The one file inside a .zip."""
    with reading(path.name), zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not _is_litter(info.filename)]
    if len(members) != 1:
        found = "no file" if not members else f"{len(members)} files"
        raise UnreadableFile(
            f"The .zip holds {found}", path.name, "Put exactly one extract into it, or give the extract itself."
        )
    only = members[0]
    if only.flag_bits & 0x1:
        raise UnreadableFile("The .zip is protected by a password", path.name, "Unpack it and give the extract itself.")
    if only.compress_type not in _METHODS:
        raise UnreadableFile(
            "The .zip is packed with a method that asccld does not read",
            path.name,
            "Unpack it and give the extract itself.",
        )
    return Source(path, "zip", only.filename)


def _is_litter(name: str) -> bool:
    """Folders, and what systems put beside files; a damaged archive may have a file without a name."""
    if not name or name.endswith("/"):
        return True
    return any(part in _LITTER or part.startswith("._") for part in PurePosixPath(name).parts)
