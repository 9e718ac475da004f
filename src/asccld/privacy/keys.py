"""The key of the pseudonyms: where it comes from, how strong it must be, and what may be told of it.

A pseudonym is HMAC-SHA256 of a value under a key of its purpose, which is derived from the secret. Without the secret
nobody can make or undo one, not even by trying all NHS numbers, of which there are fewer than a thousand million.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final, NoReturn

import polars as pl

from asccld.errors import AsccldError
from asccld.privacy.normal import normal_texts

ENVIRONMENT_VARIABLE: Final = "ASCCLD_KEY"
"""Where the key is looked for when no file is named."""

_BYTES = 32
"""HMAC-SHA256 gains nothing from a longer key, and loses from a shorter one."""
_MOST_DIGITS = 1024
_PSEUDONYM_BYTES = 16
"""128 bits: among a thousand million persons, two share a pseudonym with a chance of one in 10**20."""
_FEWEST_DIFFERENT = 16
"""Different bytes, and different steps from one byte to the next, in a random key of 32 bytes: always more."""
_ID_BYTES = 6
_NEW_KEY = "Make one with: asccld key new FILE"


class KeyRefused(AsccldError):
    """A key that is missing, too weak, or another than the one that the data were made with."""


class PseudonymKey:
    """A secret of at least 256 bits. Only its `id` is ever shown: the same for the same secret, and no way back to it.

    Made by `generate`, `from_file`, `from_environment` or `from_text`. It cannot be pickled or copied to another
    process, and no error says anything of it.
    """

    __slots__ = ("_secret", "id")

    _secret: bytes
    id: str
    """Twelve hexadecimal digits to record with the data, so that another key is noticed."""

    def __init__(self, secret: bytes, where: str | None = None) -> None:
        _refuse_weak(secret, where)
        self._secret = secret
        self.id = hmac.digest(secret, b"asccld key id", "sha256")[:_ID_BYTES].hex()

    @classmethod
    def generate(cls) -> PseudonymKey:
        """A new key from the system's source of randomness. Save it: without it no later file fits this one."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def from_text(cls, text: str, where: str | None = None) -> PseudonymKey:
        """The key written as hexadecimal digits, 64 or more; lines that begin with # are comments."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if len(lines) != 1:
            raise KeyRefused("This holds no key, or more than one", where, _NEW_KEY)
        try:
            secret = bytes.fromhex(lines[0]) if len(lines[0]) <= _MOST_DIGITS else b""
        except ValueError:
            secret = b""
        if not secret:  # raised out here, so that no error in its chain quotes what was read
            raise KeyRefused("This is no key: a key is 64 or more hexadecimal digits", where, _NEW_KEY)
        return cls(secret, where)

    @classmethod
    def from_file(cls, path: Path | str, *, apart_from: Path | str | None = None) -> PseudonymKey:
        """The key in a file; `apart_from` is the folder of the data, in which no key may lie."""
        file = Path(path)
        _refuse_beside(file, apart_from)
        try:
            with file.open("rb") as opened:
                text = opened.read(8 * _MOST_DIGITS).decode("utf-8-sig", errors="replace")
        except OSError as error:
            reason = f"The key cannot be read: {error.strerror or 'the system refuses'}"
            raise KeyRefused(reason, str(file), _NEW_KEY) from None
        return cls.from_text(text, str(file))

    @classmethod
    def from_environment(
        cls, name: str = ENVIRONMENT_VARIABLE, environment: Mapping[str, str] | None = None
    ) -> PseudonymKey:
        """The key in an environment variable."""
        text = (os.environ if environment is None else environment).get(name, "")
        if not text.strip():
            remedy = f"Set {name} to the key, or name a key file. {_NEW_KEY}"
            raise KeyRefused("There is no key in the environment", name, remedy)
        return cls.from_text(text, name)

    def save(self, path: Path | str, *, apart_from: Path | str | None = None) -> Path:
        """Write the key to a new file that only its owner may read, where the system has owners; never over another."""
        file = Path(path)
        _refuse_beside(file, apart_from)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            remedy = "Give another name: data made with an overwritten key can never be linked to again"
            raise KeyRefused("There is a file of that name", str(file), remedy) from None
        except OSError as error:
            reason = f"The key cannot be written: {error.strerror or 'the system refuses'}"
            raise KeyRefused(reason, str(file), "Give a folder where you may write") from None
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as opened:
            opened.write(f"# asccld pseudonym key {self.id}. Keep it secret, apart from the data, and backed up.\n")
            opened.write(self._secret.hex() + "\n")
        return file

    def pseudonyms(self, values: pl.Series, purpose: str) -> pl.Series:
        """One pseudonym of 32 hexadecimal digits for each value; null for null and blank.

        Values are compared as `normal_texts` leaves them. The same value has the same pseudonym under the same key and
        purpose, and an unrelated one under another. Each distinct value is computed once.
        """
        normal = normal_texts(values)
        distinct = normal.drop_nulls().unique()
        if distinct.is_empty():
            return pl.repeat(None, values.len(), dtype=pl.String, eager=True).alias(values.name)
        subkey = hmac.digest(self._secret, b"asccld pseudonym 1\0" + _named(purpose), "sha256")
        made = pl.Series([hmac.digest(subkey, v.encode(), "sha256")[:_PSEUDONYM_BYTES].hex() for v in distinct])
        return normal.replace_strict(distinct, made, default=None, return_dtype=pl.String)

    def require(self, recorded: str | None, where: str | None = None) -> None:
        """Raise KeyRefused when data were recorded with the id of another key; None is data without pseudonyms yet."""
        if recorded is not None and recorded != self.id:
            raise KeyRefused(
                f"The data were made with key {recorded}, and this is key {self.id}: persons would not be recognised",
                where,
                "Use the key that the data were made with, or begin a new store",
            )

    def __repr__(self) -> str:
        return f"PseudonymKey(id='{self.id}')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PseudonymKey) and hmac.compare_digest(self._secret, other._secret)

    def __hash__(self) -> int:
        return hash(self.id)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A pseudonym key is not pickled or copied: it would be written down with the data")


def _named(purpose: str) -> bytes:
    if not purpose.strip():
        raise AsccldError("Pseudonyms need a purpose", None, "Name what the values are, for example nhs-number")
    return purpose.encode()


def _refuse_weak(secret: bytes, where: str | None) -> None:
    """Refuse a key that is short, or that somebody chose: repeated or counted bytes, or a text in hexadecimal."""
    if len(secret) < _BYTES:
        found = f"{8 * len(secret)} bits"
        raise KeyRefused(f"The key is too short: {found} where {8 * _BYTES} are needed", where, _NEW_KEY)
    steps = {(b - a) % 256 for a, b in pairwise(secret)}
    text = all(32 <= byte < 127 for byte in secret)
    if len(set(secret)) < _FEWEST_DIFFERENT or len(steps) < _FEWEST_DIFFERENT or text:
        raise KeyRefused("The key can be guessed: it is a pattern or a text, not random", where, _NEW_KEY)


def _refuse_beside(file: Path, folder: Path | str | None) -> None:
    if folder is not None and file.resolve().is_relative_to(Path(folder).resolve()):
        raise KeyRefused(
            "The key lies with the data, where whoever gets the data gets the key",
            str(file),
            "Keep it in a folder of its own, or in the environment",
        )
