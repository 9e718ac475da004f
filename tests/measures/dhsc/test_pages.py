"""Every worked example of the method pages is computed, and comes out as the page shows it."""

from __future__ import annotations

import ibis
import pytest

from measures.dhsc.pages import NAMES, Example, check, examples

SHOWN = [(name, example) for name in NAMES for example in examples(name)]


@pytest.mark.parametrize(("name", "example"), SHOWN, ids=[f"{n}-{i}" for i, (n, _) in enumerate(SHOWN)])
def test_an_example_comes_out_as_shown(con: ibis.BaseBackend, name: str, example: Example) -> None:
    check(con, name, example)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_an_example(name: str) -> None:
    assert examples(name)
