"""Finding what a user means by a name: items by header, national name or column; the nearest names on a miss."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from asccld.errors import AsccldError
from asccld.standard.model import Field, Release, Standard


def key(text: str) -> str:
    """Letters and digits only, lower case, `&` as `and`: what two spellings of one name share."""
    return re.sub(r"[^0-9a-z]+", "", text.casefold().replace("&", "and"))


def nearest(text: str, names: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to `count` names that look like the text, the nearest first."""
    by_key = {key(n): n for n in names}
    return tuple(by_key[k] for k in get_close_matches(key(text), by_key, n=count, cutoff=0.6))


def did_you_mean(text: str, names: Iterable[str], count: int = 3) -> str:
    """`Did you mean A or B?`, or nothing when nothing is near."""
    found = nearest(text, names, count)
    return f"Did you mean {' or '.join(found)}?" if found else ""


def field_named(release: Release, text: str) -> Field | None:
    """The item whose header, national name, column or list has this name, however it is written."""
    wanted = key(text)
    names = ((f, (f.header, f.name, f.national_name)) for f in release.fields)
    return next((f for f, n in names if wanted in {key(x) for x in n}), None)


def release_named(standard: Standard, text: str) -> Release:
    """The release with this id; raises AsccldError naming the ids."""
    if text.lower() in standard.releases:
        return standard.releases[text.lower()]
    raise AsccldError(what=f"There is no release '{text}'", remedy=f"Use one of: {', '.join(standard.releases)}")


def list_named(standard: Standard, text: str) -> str | None:
    """The defined list that a `Variable` cell speaks of: by its own name or that of an item which uses it."""
    wanted = key(text)
    for release in reversed(tuple(standard.releases.values())):
        for name in release.lists:
            if key(name) == wanted:
                return name
        field = field_named(release, text)
        if field and field.defined_list in release.lists:
            return field.defined_list
    return None
