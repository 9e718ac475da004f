"""The report that several tests look at is made once, however many processes run them."""

import os
import pickle
import time
from pathlib import Path

import pytest

from reports.council.made_council import Made, made_in

READY, FAILED = "made.pickle", "failed"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return made_in(tmp_path_factory.mktemp("council"))
    shared = tmp_path_factory.getbasetemp().parent / "council"
    try:
        shared.mkdir()
    except FileExistsError:
        return _from_another(shared)
    return _for_others(shared)


def _for_others(folder: Path) -> Made:
    try:
        found = made_in(folder)
    except BaseException:
        (folder / FAILED).touch()
        raise
    part = folder / "part"
    part.write_bytes(pickle.dumps(found))
    part.rename(folder / READY)
    return found


def _from_another(folder: Path) -> Made:
    while not (folder / READY).exists():
        if (folder / FAILED).exists():
            pytest.fail("The report could not be made: another process of this run says why")
        time.sleep(0.2)
    found = pickle.loads((folder / READY).read_bytes())
    assert isinstance(found, Made)
    return found
