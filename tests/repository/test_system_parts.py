"""The script that installs Chromium and its like. Installing itself is proved by every browser test."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from repository.files import ROOT


@pytest.fixture
def system_parts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("system_parts", ROOT / "tools" / "system_parts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "system_parts", module)
    spec.loader.exec_module(module)
    return module


def program(folder: Path, says: str) -> Path:
    file = folder / "program"
    file.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_what_is_installed_is_found_again_without_apt(
    system_parts: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert system_parts.main(["chromium"]) == 0
    assert capsys.readouterr().out.startswith("chromium: /")


def test_an_unknown_part_is_refused_with_those_known(
    system_parts: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert system_parts.main(["cromium"]) == 2
    assert "known: libatomic, chromium" in capsys.readouterr().err


def test_a_program_is_taken_only_if_it_says_what_it_is(system_parts: ModuleType, tmp_path: Path) -> None:
    part = system_parts.PARTS["chromium"]
    assert system_parts.runs(program(tmp_path, "Chromium 150"), part)
    assert not system_parts.runs(program(tmp_path, "please install the snap"), part)
    assert not system_parts.runs(tmp_path / "absent", part)


def test_the_users_own_program_wins_and_a_wrong_one_is_named(
    system_parts: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    part = system_parts.PARTS["chromium"]
    own = program(tmp_path, "Chromium 150")
    monkeypatch.setenv("ASCCLD_CHROMIUM", str(own))
    assert system_parts.already_there("chromium", part) == str(own)
    monkeypatch.setenv("ASCCLD_CHROMIUM", str(tmp_path / "absent"))
    with pytest.raises(system_parts.SystemPartError, match="does not run"):
        system_parts.already_there("chromium", part)


def test_a_library_is_taken_only_if_it_loads(system_parts: ModuleType, tmp_path: Path) -> None:
    part = system_parts.Part(("libc6",), "usr/lib/*/libc.so.6")
    assert system_parts.already_there("libc", part) == "libc.so.6"
    (tmp_path / "libc.so.6").write_text("not a library", encoding="utf-8")
    assert not system_parts.runs(tmp_path / "libc.so.6", part)


def test_links_between_unpacked_packages_stay_inside(system_parts: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "settings").write_text("here", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/settings")
    (tmp_path / "elsewhere").symlink_to("/dev/null")
    system_parts.keep_links_inside(tmp_path)
    assert (tmp_path / "link").read_text(encoding="utf-8") == "here"
    assert (tmp_path / "elsewhere").readlink() == Path("/dev/null")


def test_a_program_of_several_versions_that_do_is_taken(system_parts: ModuleType, tmp_path: Path) -> None:
    part = system_parts.PARTS["java"]
    assert system_parts.runs(program(tmp_path, 'openjdk version "17.0.15" 2025-04-15'), part)
    assert system_parts.runs(program(tmp_path, 'openjdk version "21.0.7" 2025-04-15'), part)
    assert not system_parts.runs(program(tmp_path, 'openjdk version "1.8.0_17"'), part)


def test_what_must_be_said_while_installing_is_unsaid_afterwards(system_parts: ModuleType, tmp_path: Path) -> None:
    """Debian would start a database server for good, on the machine of whoever wants to run tests."""
    note = tmp_path / "etc" / "createcluster.d" / "asccld.conf"
    part = system_parts.Part(("database",), "usr/bin/database", while_installing=(str(note), "no cluster"))
    with system_parts.noted_while_installing(part):
        assert note.read_text(encoding="utf-8") == "no cluster"
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_apt_is_told_what_to_do(
    system_parts: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(system_parts.PARTS, "chess", system_parts.Part(("chess",), "usr/games/no-chess", "-v", "Chess"))
    monkeypatch.setenv("PATH", "")
    assert system_parts.main(["chess"]) == 1
    assert "set ASCCLD_CHESS=" in capsys.readouterr().err
