"""What two spellings of one local word share: in the mapping file and in the extract, by the same rule.

Blanks around a word do not matter, nor how many stand between two words and of what kind; letters with accents are the
same whether typed as one sign or as two. Capitals matter only where somebody says so.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import polars as pl

_BLANKS: Final = r"[\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"
"""White space as Unicode has it, which Python and Polars would each have in their own way."""
_PYTHON_BLANKS: Final = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), _BLANKS))


def folded(text: str, *, ignore_case: bool = True) -> str:
    """A word of the mapping file."""
    one = _PYTHON_BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")
    return one.lower() if ignore_case else one


def folded_text(text: pl.Expr, *, ignore_case: bool = True) -> pl.Expr:
    """Words of an extract."""
    one = text.str.normalize("NFC").str.replace_all(_BLANKS, " ").str.strip_chars(" ")
    return one.str.to_lowercase() if ignore_case else one
