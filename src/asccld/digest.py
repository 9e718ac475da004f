"""The SHA-256 of a file, which is also its name in the register."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

_BYTES = 4 << 20  # at a time: small pieces would make every other thread wait in between


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    room = memoryview(bytearray(_BYTES))
    with path.open("rb", buffering=0) as handle:
        while number := handle.readinto(room):
            digest.update(room[:number])
    return digest.hexdigest()


def begun(path: Path) -> Future[str]:
    """The SHA-256 of a file, computed aside while the program starts."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="asccld-digest")
    coming = pool.submit(sha256_of, path)
    pool.shutdown(wait=False)
    return coming
