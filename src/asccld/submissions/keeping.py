"""Which key a store's pseudonyms are made with, for whoever does not want to say it every time.

The key is never in the store. Where none is named and the store has none yet, one is made and kept in the user's own
folder, under the id of the store.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from asccld.errors import AsccldError
from asccld.privacy import ENVIRONMENT_VARIABLE, PseudonymKey
from asccld.submissions.errors import StoreError
from asccld.submissions.register import Register


def key_for(register: Register, named: Path | None = None) -> tuple[PseudonymKey | None, Path | None]:
    """The key to add with, and the file of a key that was made just now.

    In this order: the file named, the environment variable ASCCLD_KEY, the key in the user's folder, a new one. None
    for a store whose files were added without a key.
    """
    if named is not None:
        return PseudonymKey.from_file(named, apart_from=register.store), None
    if os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        return PseudonymKey.from_environment(), None
    own, in_use = own_key_file(register), register.keys_in_use()
    if own.is_file():
        return PseudonymKey.from_file(own, apart_from=register.store), None
    if None in in_use:
        return None, None
    if in_use:
        raise StoreError(
            f"This store holds pseudonyms made with key {min(filter(None, in_use))}, which is not here",
            str(own),
            f"Give that key: --key FILE, or the environment variable {ENVIRONMENT_VARIABLE}",
        )
    _make(own, register)
    return PseudonymKey.from_file(own, apart_from=register.store), own


def own_key_file(register: Register) -> Path:
    """Where a key for this store is kept if nobody names another place."""
    try:
        home = Path.home()
    except RuntimeError as error:
        raise StoreError(
            "There is no folder of this user's own to keep a key in",
            None,
            f"Give a key: --key FILE, or the environment variable {ENVIRONMENT_VARIABLE}",
        ) from error
    return home / ".asccld" / "keys" / f"{register.store_id}.key"


def _make(own: Path, register: Register) -> None:
    """Make the key; of two who do it at once, one wins and both use it."""
    part = own.with_name(f".{secrets.token_hex(8)}.key")
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        PseudonymKey.generate().save(part, apart_from=register.store)
        with contextlib.suppress(FileExistsError):
            os.link(part, own)
    except AsccldError:
        raise
    except OSError as error:
        raise StoreError(
            f"No key can be kept: {error.strerror}", str(own), "Make one where you may write, and name it with --key"
        ) from error
    finally:
        part.unlink(missing_ok=True)
