"""No report says of one council what another submitted."""

from datetime import date
from pathlib import Path

import pytest

from asccld.errors import AsccldError
from asccld.synthetic import write_deliveries
from reports.council.made_council import input_for, told


def test_a_file_of_another_council_than_the_one_named_is_refused(tmp_path: Path) -> None:
    file = write_deliveries(tmp_path, councils=1, people=5, quarters=3, seed=5)[0].file
    asked = told(out=tmp_path / "out", file=file, la="503", end=date(2026, 3, 31))
    with pytest.raises(AsccldError, match=r"of council 916, and not of 503.*--la 503"), input_for(asked):
        pass
    assert not (tmp_path / "out").exists()
    with input_for(told(file=file, la="916")) as given:
        assert given.council == "916"
