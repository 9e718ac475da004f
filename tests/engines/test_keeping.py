"""What is kept in the engine, and for how long."""

from __future__ import annotations

import ibis
import pytest

from asccld.engine import connected, keeper, kept_for_now


def test_what_is_kept_for_now_is_forgotten_afterwards_and_nothing_else() -> None:
    with connected() as con:
        numbers = con.create_table("numbers", ibis.memtable({"n": [1, 2, 3]}).to_pyarrow())
        before = keeper(con)(numbers)
        with kept_for_now(con):
            within = keeper(con)(numbers.filter(numbers.n > 1))
            assert within.count().to_pyarrow().as_py() == 2
        assert before.count().to_pyarrow().as_py() == numbers.count().to_pyarrow().as_py() == 3
        with pytest.raises(Exception, match="does not exist"):
            within.count().to_pyarrow()
