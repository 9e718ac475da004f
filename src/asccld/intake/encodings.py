"""Which encoding a text file is in, and text in any of them as UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import Final, Protocol

from asccld.errors import UnreadableFile
from asccld.intake import limits

_NAMES: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "utf16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-16be": "utf-16-be",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "ansi": "cp1252",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "cp437": "cp437",
    "cp850": "cp850",
}
DISPLAY: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "ISO 8859-1",
    "iso8859-15": "ISO 8859-15",
}
BOMS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
UTF32_BOMS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CONTROLS_ALLOWED: Final = 4
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_STRAY: Final = re.compile("[\udc80-\udcff]")
_AS_WINDOWS_1252: Final = {
    0xDC00 + byte: text for byte in range(0x80, 0x100) if (text := bytes([byte]).decode("cp1252", "ignore"))
}


class Readable(Protocol):
    """Anything that hands out bytes until it has none."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size` of them; empty at the end."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def named_encoding(name: str) -> str:
    """The encoding that a user asked for, as Python calls it."""
    found = _NAMES.get(name.strip().lower().replace("_", "-"))
    if found is None:
        raise UnreadableFile(
            f"'{name}' is not an encoding that asccld reads", None, "Use utf-8, utf-16, windows-1252 or latin-1."
        )
    return found


def bom_of(sample: bytes) -> bytes:
    """The byte order mark at the start of `sample`, or nothing."""
    return next((mark for mark in BOMS if sample.startswith(mark)), b"")


def detected_encoding(sample: bytes, place: str) -> str:
    """The encoding of a file that starts with `sample`; refuses what is not text."""
    if sample.startswith(UTF32_BOMS):
        raise UnreadableFile("The file is in UTF-32, which asccld does not read", place, "Save it as CSV UTF-8.")
    if mark := bom_of(sample):
        return BOMS[mark]
    if (guess := _utf16_without_bom(sample)) is not None:
        return guess
    if len(_CONTROL.findall(sample)) > max(len(sample) // 200, _CONTROLS_ALLOWED):
        raise UnreadableFile(
            "The file is not text: it holds binary data",
            place,
            "Open it in the program it comes from and save it as CSV UTF-8 or as an Excel workbook (.xlsx).",
        )
    return _eight_bit_encoding(sample)


def _utf16_without_bom(sample: bytes) -> str | None:
    """Text that is mostly ASCII has a zero in every second byte when it is UTF-16."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd > 0.6 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * pairs and odd < 0.05 * pairs else None


def _eight_bit_encoding(sample: bytes) -> str:
    """UTF-8, unless the sample has characters outside ASCII and none of them is UTF-8."""
    cut = len(sample) - 4 if len(sample) >= limits.SAMPLE_BYTES else len(sample)  # the last character may be cut off
    text = sample[:cut].decode("utf-8", "surrogateescape")
    stray = len(_STRAY.findall(text))
    if stray == 0:
        return "utf-8"
    genuine = sum(1 for letter in text if letter > "\x7f") - stray
    return "cp1252" if genuine == 0 else "utf-8"


def stray_bytes_as_windows_1252(data: bytes) -> tuple[bytes, int] | None:
    """UTF-8 text in which every byte that cannot be UTF-8 is read as Windows-1252, and how many lines had one.

    None when a byte is neither. Two programs have usually written such a file; byte by byte, the good characters stay
    good.
    """
    text = data.decode("utf-8", "surrogateescape")
    fixed = text.translate(_AS_WINDOWS_1252)
    if _STRAY.search(fixed):
        return None
    return fixed.encode(), sum(1 for line in text.splitlines() if _STRAY.search(line))


class Utf8Reader:
    """A file in another encoding, read as UTF-8."""

    def __init__(self, inner: Readable, encoding: str, place: str) -> None:
        self._inner = inner
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._encoding = encoding
        self._place = place

    def read(self, size: int = -1, /) -> bytes:
        """The next text, roughly `size` bytes of it."""
        while True:
            raw = self._inner.read(size)
            try:
                text = self._decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as error:
                name = DISPLAY.get(self._encoding, self._encoding)
                raise UnreadableFile(
                    f"The file is not valid {name}", self._place, "Save it again as CSV UTF-8."
                ) from error
            if text or not raw:
                return text.encode("utf-8", "replace")

    def close(self) -> None:
        """Close the file."""
        self._inner.close()
