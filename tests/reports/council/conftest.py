"""The report that several tests look at is made once."""

import pytest

from reports.council.made_council import Made, made_in


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_in(tmp_path_factory.mktemp("council"))
