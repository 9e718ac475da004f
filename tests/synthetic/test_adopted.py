"""Made-up files speak the words of an overlay: what a council adopted, and nothing that it replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from asccld.cli.synth import synth_app
from asccld.standard import DefinedList, Standard, Value, load_standard
from asccld.standard.adopt import AdoptionOptions, adopt
from asccld.standard.overlay import with_releases
from asccld.synthetic import make_councils
from asccld.validation import validate
from standard.workbooks import HEADER, Sheet, map_rows, workbook

SHIPPED = load_standard()
RESPELT = {
    "Service user": "Service User",
    "Long term support: Community": "Long-term support: community",
    "NFA: Deceased": "NFA: Died",
}


def relisted(found: DefinedList, texts: Sequence[str], was: Mapping[str, str]) -> DefinedList:
    """The list with these values; `was` says which take the place of which."""
    values = tuple(Value(t, n, "", "confirmed", "", "", was.get(t, "")) for n, t in enumerate(texts, start=1))
    return replace(found, values=values)


def overlaid(release: str, **texts: tuple[Sequence[str], Mapping[str, str]]) -> Standard:
    """The shipped standard with other values in the lists of some fields of a release."""
    before = SHIPPED.releases[release]
    lists = dict(before.lists)
    for name, (values, was) in texts.items():
        found = before.list_of(name)
        assert found is not None
        lists[found.name] = relisted(found, values, was)
    return with_releases(SHIPPED, {**SHIPPED.releases, release: replace(before, lists=lists)}, ())


def column(standard: Standard, release: str, name: str) -> pl.Series:
    submission = next(iter(make_councils(people=400, release=release, seed=5, standard=standard)))
    return submission.frame[standard.releases[release].headers[name]]


@cache
def texts(release: str, name: str) -> tuple[str, ...]:
    found = SHIPPED.releases[release].list_of(name)
    assert found is not None
    return found.texts


@pytest.mark.parametrize("release", ["r1", "r2"])
def test_a_value_that_is_spelt_otherwise_is_written_so(release: str) -> None:
    before = texts(release, "client_type")
    after = [t.upper() for t in before]
    adopted = overlaid(release, client_type=(after, dict(zip(after, before, strict=True))))
    shipped, now = column(SHIPPED, release, "client_type"), column(adopted, release, "client_type")
    assert now.to_list() == shipped.str.to_uppercase().to_list()


def test_a_value_that_is_gone_becomes_one_that_is_there_and_the_same_for_a_person() -> None:
    adopted = overlaid("r2", ethnicity=(["Group A", "Group B", "Group C"], {}))
    submission = next(iter(make_councils(people=400, seed=5, standard=adopted)))
    headers = adopted.releases["r2"].headers
    rows = submission.frame.rename({h: n for n, h in headers.items()})
    assert set(rows["ethnicity"].drop_nulls()) == {"Group A", "Group B", "Group C"}
    of_person = rows.group_by("la_person_unique_identifier").agg(pl.col("ethnicity").n_unique())
    assert of_person["ethnicity"].max() == 1


def test_a_value_that_is_new_is_used_where_nothing_turns_on_it() -> None:
    grown = [*texts("r2", "ethnicity"), "Another group"]
    typed = [*texts("r2", "event_type"), "Telephone call"]
    adopted = overlaid("r2", ethnicity=(grown, {}), event_type=(typed, {}))
    share = (column(adopted, "r2", "ethnicity") == "Another group").mean()
    assert share is not None
    assert 0 < float(str(share)) < 0.2
    assert "Telephone call" not in set(column(adopted, "r2", "event_type"))


def test_an_overlay_that_says_what_we_ship_changes_nothing() -> None:
    same = with_releases(SHIPPED, SHIPPED.releases, ())
    first, second = (next(iter(make_councils(people=100, standard=s))).frame for s in (SHIPPED, same))
    assert first.equals(second)


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overlay")
    rows = [[*row[:2], RESPELT.get(str(row[2]), row[2]), None] for row in map_rows(SHIPPED)]
    source = workbook(folder / "map.xlsx", Sheet("Map", [HEADER, *rows]))
    adopt(source, folder / "ours", SHIPPED, AdoptionOptions(replace_confirmed=True, dry_run=False, release=None))
    assert set(RESPELT.values()) <= {
        t for found in load_standard(folder / "ours").releases["r2"].lists.values() for t in found.texts
    }
    return folder / "ours"


@pytest.mark.parametrize("release", ["r1", "r2"])
def test_the_command_makes_files_that_are_clean_by_the_overlay(overlay: Path, release: str, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    options = ["--people", "300", "--release", release, "--standard", str(overlay)]
    done = CliRunner().invoke(synth_app, [str(folder), *options])
    assert done.exit_code == 0, done.output
    (path,) = folder.iterdir()
    cells = set(pl.read_csv(path, infer_schema=False).unpivot()["value"])
    assert release != "r2" or set(RESPELT.values()) <= cells
    assert release != "r2" or not RESPELT.keys() & cells
    result = validate(path, standard=overlay, release=release)
    wrong = result.findings.filter(pl.col("severity").is_in(["reject", "error"]))
    assert wrong.is_empty(), wrong.select("rule", "field", "value").unique()
