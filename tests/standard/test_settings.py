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


VALUES_HEADER = "defined_list,value,order,group,confidence,note,source,was"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "garbage",
            "'garbage' is not a list that lists.csv names (PATH, row 9, column defined_list). Use one of: Gend",
        ),
        (
            "Gendre,Male,9,,confirmed,,,",
            "is not a list that lists.csv names (PATH, row 9, column defined_list). Did you",
        ),
        (
            ",Male,9,,confirmed,,,",
            "The cell is blank, and should be a list that lists.csv names (PATH, row 9, column def",
        ),
        ("Gender,,9,,confirmed,,,", "The cell is blank, and should be a value of the list (PATH, row 9, column value)"),
        ("Gender,New,ninth,,confirmed,,,", "'ninth' is not a whole number (PATH, row 9, column order)"),
        (
            "Gender,New,9,,certain,,,",
            "'certain' is not a confidence (PATH, row 9, column confidence). Use confirmed, inf",
        ),
        ("Gender,New,9,,confirmed,,,Nwe", "'Nwe' is not a value that we ship for Gender (PATH, row 9, column was)"),
        ("Gender,New,9,,confirmed,,,,stray", "'stray' has no column (PATH, row 9, column 9)"),
    ],
)
def test_a_garbage_row_in_an_overlay_is_refused_where_it_stands(overlay: Path, row: str, told: str) -> None:
    """Row 9 as a spreadsheet shows it: a quoted line break and a blank row come before."""
    values = load_standard().releases["r2"].lists["Gender"].texts
    rows = [f"Gender,{value},{n},,confirmed,,," for n, value in enumerate(values, start=1)]
    rows[0] = rows[0].replace("confirmed,,", 'confirmed,"two\nlines",')
    rows += [""] * (7 - len(rows)) + [row]
    path = overlay / "r2" / "values.csv"
    path.write_text("\n".join([VALUES_HEADER, *rows]), encoding="utf-8")
    (overlay / "r2" / "lists.csv").write_text("defined_list,confidence,complete\nGender,confirmed,yes\n", "utf-8")
    loader.forget_standards()
    with pytest.raises(StandardError) as caught:
        load_standard(overlay)
    assert told.replace("PATH", str(path)) in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("overlay.toml", "[[adoption]]\nsource_file = 'x'\n", "needs source_file, sha256"),
        ("r2/mappings.csv", "defined_list\n", "lacks the column"),
        ("r2/values.csv", "defined_list,value,order,confidence\nDementia,Yes,one,confirmed\n", "not a whole number"),
        ("r2/lists.csv", "defined_list,confidence,complete\nGender,sure,yes\n", "'sure' is not a confidence"),
        ("r2/lists.csv", "defined_list,confidence,complete\nGendre,confirmed,yes\n", "row 2, .* Did you mean Gender"),
        ("r2/lists.csv", "defined_list,confidence,complete\nGender,confirmed,si\n", "Use one of: yes, unknown"),
        (
            "r2/mappings.csv",
            "defined_list,from_value,to_value,confidence,source\nGender,,,confirmed,\n",
            "maps nothing to nothing .*mappings.csv, row 2, column from_value",
        ),
        (
            "r2/mappings.csv",
            "defined_list,from_value,to_value,confidence,source\nGenders,a,b,confirmed,\n",
            "'Genders' is not a defined list of r2 .*row 2, column defined_list",
        ),
    ],
)
def test_an_overlay_edited_by_hand_is_proved_too(overlay: Path, file: str, text: str, told: str) -> None:
    (overlay / file).write_text(text, encoding="utf-8")
    loader.forget_standards()
    with pytest.raises(StandardError, match=told):
        load_standard(overlay)
