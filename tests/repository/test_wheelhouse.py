"""The zip for machines without the internet holds what those machines need, not what this one needs."""

import importlib.util
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from repository.files import ROOT

LOCK = """# Compiled
tzdata==2026.1 ; sys_platform == 'win32' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
polars==2.1.0 \\
    --hash=sha256:cc
old==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:dd
"""


@pytest.fixture
def wheelhouse(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("wheelhouse", ROOT / "tools" / "wheelhouse.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "wheelhouse", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("platform", "python", "names"),
    [
        ("linux", "3.11", ["polars", "old"]),
        ("linux", "3.13", ["polars"]),
        ("win32", "3.12", ["tzdata", "polars"]),
    ],
)
def test_conditions_are_answered_for_the_other_machine(
    wheelhouse: ModuleType, platform: str, python: str, names: list[str]
) -> None:
    markers = next(target.markers for target in wheelhouse.TARGETS if target.markers["sys_platform"] == platform)
    lines = wheelhouse.for_machine(wheelhouse.locked_lines(LOCK), markers, python)
    assert [line.split("==")[0] for line in lines] == names


def test_every_hash_is_kept(wheelhouse: ModuleType) -> None:
    lines = wheelhouse.for_machine(wheelhouse.locked_lines(LOCK), wheelhouse.TARGETS[1].markers, "3.12")
    assert lines[0] == "tzdata==2026.1 --hash=sha256:aa --hash=sha256:bb"


def test_the_lock_file_is_read_whole(wheelhouse: ModuleType) -> None:
    text = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    lines = wheelhouse.locked_lines(text)
    assert len(lines) == text.count("==") - text.count(" == ")
    assert all(" --hash=sha256:" in line for line in lines)


def test_the_zip_has_one_folder_with_everything(wheelhouse: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "asccld-1-wheelhouse"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "a.whl").write_bytes(b"wheel")
    (folder / "INSTALL.txt").write_text("how to", encoding="utf-8")
    wheelhouse.pack(folder, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert {"asccld-1-wheelhouse/INSTALL.txt", "asccld-1-wheelhouse/wheels/a.whl"} <= set(packed.namelist())
    assert not list(tmp_path.glob("*.part"))


def test_the_instructions_name_every_kind_of_machine_and_the_proof(wheelhouse: ModuleType) -> None:
    assert "--no-index --find-links wheels --require-hashes" in wheelhouse.INSTALL
    assert "not tried" in wheelhouse.INSTALL
    assert {target.markers["sys_platform"] for target in wheelhouse.TARGETS} == {"linux", "win32"}
