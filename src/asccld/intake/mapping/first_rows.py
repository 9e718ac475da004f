"""The headers of an extract as they may be shown: one without a header line begins with somebody's details."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from asccld.identifying import HIDDEN
from asccld.identifying.masking import shown_header
from asccld.identifying.patterns import FORMATS
from asccld.intake.mapping.suggesting_headers import header_words, spaced
from asccld.intake.mapping.suggesting_words import plain
from asccld.standard import Field

DATA: Final = "the first row seems to hold data, not headers"
TITLE: Final = "the first row seems to be a title, not headers"
REMEDY: Final = "Export with one header line and no titles above it"
_FEW: Final = 3
"""Words of a single header; what has more is a title."""
_OFTEN: Final = 3
"""One cell in so many: numbers and dates in the header of a table with a column for each month are no sign."""
_NUMBER_OR_DATE: Final = re.compile(r"[-+]?[£$€]?[0-9][0-9.,/:\- ]*|[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{2,4}")
_PERSONAL: Final = re.compile(r"(?:[0-9][ -]?){9}[0-9]|\S+@\S+\.\S+|(?i:[A-Z]{2}(?: ?[0-9]{2}){3} ?[A-D])")


def first_row_is(header: Sequence[str], fields: Iterable[Field]) -> str:
    """DATA or TITLE, where the first row seems to be no header; else nothing."""
    texts = [t.strip() for t in header if t.strip()]
    if any(_PERSONAL.fullmatch(t) or re.search(FORMATS["postcode"], t) for t in texts):
        return DATA
    if len(texts) > 1 and sum(bool(_NUMBER_OR_DATE.fullmatch(t)) for t in texts) * _OFTEN >= len(texts):
        return DATA
    known = header_words(fields)
    if any(known & set(plain(spaced(t)).split()) for t in texts) and (len(texts) > 1 or len(texts[0].split()) <= _FEW):
        return ""
    return TITLE if len(texts) == 1 else DATA


def shown_headers(header: Iterable[str]) -> list[str]:
    """Headers as they may be listed, each once and without those that are blank."""
    return list(dict.fromkeys(shown_header(h) for h in header if h.strip()))


def safe_headers(header: Iterable[str]) -> list[str]:
    """Those that are shown as they are, for whoever wants the nearest of them."""
    return [h for h in shown_headers(header) if h != HIDDEN]
