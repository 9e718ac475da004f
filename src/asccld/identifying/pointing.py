"""Local words that could point at a person: one judgement for whoever drafts, checks or converts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from asccld.identifying import HIDDEN
from asccld.identifying.masking import People, folded_words, shown, tells_a_name, with_joined

A_CODE: Final = 10
"""A text in so many rows is one of a code list, whoever is called so."""


def look_at(row: str, code: str = "") -> str:
    """What to do about a text that is hidden; `code` says what if it is a code after all."""
    perhaps = f", or if it is a code of yours, {code[0].lower()}{code[1:]}" if code else ""
    return f"Look at {row}: a text that could point at a person; correct it in the system{perhaps}"


def pointing_at_people(rows: Mapping[str, int], people: People, usual: frozenset[str]) -> frozenset[str]:
    """Those of some texts that look like a detail of a person, or hold a name or an identifier of one.

    `rows` says in how many rows each stands; `usual` are words that are nobody's name. Nothing but several names is no
    code in however many rows.
    """
    names = people.names_among(w for text in rows for w in with_joined(text))
    ids = people.ids_among(rows)

    def is_told(text: str) -> bool:
        words = folded_words(text)
        is_code = rows[text] >= A_CODE and (len(words) == 1 or not names >= set(words))
        return shown(text) == HIDDEN or (not is_code and (text in ids or tells_a_name(text, names, usual)))

    return frozenset(filter(is_told, rows))
