"""Putting files into the store so that each is there whole or not at all, on whatever system."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from asccld.errors import AsccldError
from asccld.submissions.errors import StoreError

_BLOCK = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def copied(source: Path, target: Path) -> str:
    """Copy the bytes, see them onto the disk, and return their SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def written(path: Path, text: str) -> None:
    """Write UTF-8 text to a file that is not there yet, and see it onto the disk."""
    with path.open("xb") as file:
        file.write(text.encode("utf-8", errors="replace"))
        file.flush()
        os.fsync(file.fileno())


def settled(path: Path) -> None:
    """See a file that something else wrote onto the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def put(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Rename each file to its place, making its folder, and see the names onto the disk."""
    folders: set[Path] = set()
    for source, target in pairs:
        _moved(source, target, folders)
        folders.add(target.parent)
    for folder in sorted(folders):
        _names_onto_the_disk(folder)


def _moved(source: Path, target: Path, changed: set[Path]) -> None:
    _made(target.parent, changed)
    try:
        source.replace(target)
    except FileNotFoundError:  # a sweep took the folder, which was still empty
        _made(target.parent, changed)
        source.replace(target)


def _made(folder: Path, changed: set[Path]) -> None:
    """Make a folder and those above it, remembering in which folders a name appeared."""
    if not folder.is_dir():
        _made(folder.parent, changed)
        folder.mkdir(exist_ok=True)
        changed.add(folder.parent)


def _names_onto_the_disk(folder: Path) -> None:
    """Where the system can do it for folders; Windows cannot, and writes names in order of its own."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def made_read_only(path: Path) -> None:
    """Take away the right to write: originals are never changed."""
    with contextlib.suppress(OSError):  # some shared folders know no rights
        path.chmod(stat.S_IRUSR | stat.S_IRGRP)


def removed(path: Path) -> bool:
    """Remove a file if it is there, read-only or not; whether it was."""
    try:
        try:
            path.unlink()
        except PermissionError:
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            path.unlink()
    except FileNotFoundError:
        return False
    return True


def removed_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, if it is there."""
    if folder.is_dir():
        for path in folder.rglob("*"):
            if path.is_file():
                removed(path)
        shutil.rmtree(folder, ignore_errors=True)


def pruned(folder: Path) -> None:
    """Remove the folder of one submission if it is empty; folders that others may be about to use stay."""
    if folder.name.startswith("submission="):
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextmanager
def told(store: Path) -> Generator[None]:
    """Errors of the system while writing to the store, in words."""
    try:
        yield
    except AsccldError:
        raise
    except OSError as error:
        raise _explained(error, store) from error


def _explained(error: OSError, store: Path) -> StoreError:
    text = str(error).lower()  # Arrow passes on the words of the system but not always its number
    if error.errno in _FULL or "no space" in text or "too large" in text:
        return StoreError(
            "The disk is full", str(store), "Free some space and add the file again; nothing of it is in the store"
        )
    if error.errno in _FORBIDDEN:
        return StoreError(
            "The store may not be written", str(error.filename or store), "Ask for the right to write to the store"
        )
    reason = error.strerror or str(error).partition("\n")[0]
    return StoreError(f"The store could not be written: {reason}", str(store), "Add the file again")
