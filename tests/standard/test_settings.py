"""The settings file, and which standard a command then works with."""

from pathlib import Path

import pytest

from asccld.errors import AsccldError
from asccld.settings import Settings, load_settings, standard_for
from asccld.standard import StandardError, load_standard, loader
from asccld.standard.adopt import adopt
from standard.workbooks import HEADER, Sheet, map_rows, workbook


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "asccld.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(load_standard())]))
    adopt(source, tmp_path / "ours", load_standard())
    return tmp_path / "ours"


def test_without_a_file_there_are_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()
    assert standard_for(None, load_settings()) is load_standard()


def test_the_file_in_the_working_directory_counts(
    tmp_path: Path, overlay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, 'standard = "ours"\n')
    monkeypatch.chdir(tmp_path)
    assert standard_for(None, load_settings()).fingerprint == load_standard(overlay).fingerprint


def test_paths_are_relative_to_the_file(tmp_path: Path, overlay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings_file(tmp_path, 'standard = "ours"\n')
    monkeypatch.chdir("/")
    settings = load_settings(path)
    assert settings.standard == overlay
    assert standard_for(None, settings).adoptions


def test_the_option_goes_before_the_file(tmp_path: Path, overlay: Path) -> None:
    settings = load_settings(settings_file(tmp_path, 'standard = "nowhere"\n'))
    assert standard_for(overlay, settings).adoptions
    with pytest.raises(StandardError, match="no such folder"):
        standard_for(None, settings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('standrad = "x"', "The setting 'standrad' is not known .* Did you mean 'standard'?"),
        ("colour = 1", "Known keys: standard"),
        ("standard = 3", "'standard' must be the path of a folder"),
        ("standard = ", "cannot be read"),
    ],
)
def test_faults_are_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AsccldError, match=told) as caught:
        load_settings(settings_file(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="no such settings file"):
        load_settings(tmp_path / "other.toml")


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("overlay.toml", "[[adoption]]\nsource_file = 'x'\n", "needs source_file, sha256"),
        ("r2/mappings.csv", "defined_list\n", "lacks the column"),
        ("r2/values.csv", "defined_list,value,order,confidence\nDementia,Yes,one,confirmed\n", "not a whole number"),
        ("r2/lists.csv", "defined_list,confidence,complete\nGender,sure,yes\n", "'sure' is not a confidence"),
    ],
)
def test_an_overlay_edited_by_hand_is_proved_too(overlay: Path, file: str, text: str, told: str) -> None:
    (overlay / file).write_text(text, encoding="utf-8")
    loader.forget_standards()
    with pytest.raises(StandardError, match=told):
        load_standard(overlay)
