"""Adopting an official workbook: every layout it may have, what it changes, and what it must never do."""

import csv
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from asccld.errors import AsccldError
from asccld.standard import Standard, load_standard
from asccld.standard.adopt import AdoptionOptions, AdoptionReport, adopt
from standard.workbooks import HEADER, Cell, Sheet, map_rows, workbook

STANDARD = load_standard()
TODAY = date(2026, 1, 15)
FUNDING = "Client Funding Status"  # r2 list confirmed and complete, r1 list inferred
ROUTE = "Request: Route of Access"  # r2 list inferred
HOURS = "Total Hrs Caring per week"  # a gap everywhere


def take(source: Path, out: Path | None, **options: object) -> AdoptionReport:
    return adopt(source, out, STANDARD, replace(AdoptionOptions(today=TODAY), **options))  # type: ignore[arg-type]


def changed(rows: list[list[Cell]], before: str, after: str | None) -> list[list[Cell]]:
    """The rows with one text put for another wherever it stands; the comparison is left blank."""
    return [[after if c == before else c for c in row[:3]] + [None] for row in rows]


def texts(standard: Standard, release: str, name: str) -> tuple[str, ...]:
    return standard.releases[release].lists[name].texts


def successor(standard: Standard, release: str, name: str, text: str) -> str | None:
    (found,) = [m for m in standard.releases[release].mappings if (m.defined_list, m.from_value) == (name, text)]
    return found.to_value


# ---------------------------------------------------------------- layouts


def layouts(rows: list[list[Cell]]) -> dict[str, Sheet]:
    """One map in every shape that must be survived."""
    filled = [list(r) for r in rows]
    for i, row in enumerate(filled):
        row[0] = row[0] or filled[i - 1][0]
    starts = [i for i, r in enumerate(rows) if r[0]] + [len(rows)]
    merged = [(1 + a, 0, b, 0, str(rows[a][0])) for a, b in pairwise(starts) if b - a > 1]
    return {
        "filled": Sheet("Map", [HEADER, *filled]),
        "blank below": Sheet("Map", [HEADER, *rows]),
        "merged": Sheet("Map", [HEADER, *rows], merged),
        "titles": Sheet("Map", [["CLD mapping"], [], [None, "Release 1 to Release 2, May 2025"], [], HEADER, *rows]),
        "blank rows": Sheet("Map", [HEADER, *(x for r in rows for x in ([], r))]),
        "other order": Sheet(
            "Map",
            [["Comparison", "n", "Release 2 value", "Notes", "Variable", "Release 1 value"]]
            + [[r[3], i, r[2], "a note", r[0], r[1]] for i, r in enumerate(rows)],
        ),
        "other spelling": Sheet("Map", [["DATA ITEM", "R1 values", "release 2  Values", "Changes"], *rows]),
        "header again": Sheet("Map", [HEADER, *filled[:40], [], HEADER, *filled[40:]]),
        "no comparison": Sheet("Map", [HEADER[:3], *(r[:3] for r in rows)]),
    }


@pytest.mark.parametrize("layout", layouts(map_rows(STANDARD)))
def test_the_map_is_read_in_every_layout(tmp_path: Path, layout: str) -> None:
    sheet = layouts(map_rows(STANDARD))[layout]
    cover = Sheet("Cover", [["Client Level Data"], ["Version", 1.0]])
    report = take(workbook(tmp_path / "map.xlsx", cover, sheet), tmp_path / "out")
    assert report.sheets == ("Map",)
    assert [u.place for u in report.unrecognised] == ["sheet 'Cover'"]
    assert {d.kind for d in report.differences} == {"equal", "mapping equal"}
    adopted = load_standard(tmp_path / "out")
    for name, found in adopted.releases["r2"].lists.items():
        assert found.confidence == ("gap" if name == HOURS else "confirmed"), name
        assert found.texts == texts(STANDARD, "r2", name)
    assert {m.confidence for m in adopted.releases["r2"].mappings} == {"confirmed"}
    assert adopted.fingerprint == report.fingerprint != STANDARD.fingerprint
    assert adopted.adoptions[0].source_file == "map.xlsx"
    assert adopted.adoptions[0].adopted_on == "2026-01-15"
    assert adopted.adoptions[0].entries == len(report.adopted)


def test_several_sheets_are_read_together(tmp_path: Path) -> None:
    one = Sheet("Person", [HEADER, *map_rows(STANDARD, ["Gender", "Dementia"])])
    two = Sheet("Events", [["Title"], HEADER, *map_rows(STANDARD, [ROUTE])])
    report = take(workbook(tmp_path / "map.xlsx", one, two), tmp_path / "out")
    assert report.sheets == ("Person", "Events")
    assert {d.defined_list for d in report.differences} == {"Gender", "Dementia", ROUTE}


@pytest.mark.parametrize("where", ["title", "sheet", "file", "option", "header"])
@pytest.mark.parametrize("in_one_cell", [True, False])
def test_a_specification_sheet_is_read(tmp_path: Path, where: str, in_one_cell: bool) -> None:
    values = ["0 to 19", "20 to 49", "50 or more"]
    rows: list[list[Cell]] = [["Postcode", None, "Text"]]
    if in_one_cell:
        rows.append([HOURS, "\u2022 0 to 19\n\u2022  20 to 49\n\n50 or  more", "List"])
    else:
        rows += [[HOURS if i == 0 else None, v, "List"] for i, v in enumerate(values)]
    rows.append(["Gender", "Male\nFemale\nOther\nUnknown", "List"])
    header: list[Cell] = ["Item name", "Release 2 values" if where == "header" else "Defined list", "Format"]
    title: list[list[Cell]] = [["Specification, Release 2"], []] if where == "title" else [["Specification"]]
    sheet = Sheet("Release 2 items" if where == "sheet" else "Items", [*title, header, *rows])
    source = workbook(tmp_path / ("spec_release_2_v01.xlsx" if where == "file" else "spec.xlsx"), sheet)
    take(source, tmp_path / "out", release="r2" if where == "option" else None)
    adopted = load_standard(tmp_path / "out")
    found = adopted.releases["r2"].lists[HOURS]
    assert found.texts == tuple(values)
    assert (found.confidence, found.complete) == ("confirmed", True)
    assert {v.source for v in found.values} == {source.name}
    assert adopted.releases["r1"].lists[HOURS].confidence == "gap"


def test_a_specification_that_does_not_say_its_release_is_asked(tmp_path: Path) -> None:
    source = workbook(tmp_path / "spec.xlsx", Sheet("Items", [["Item", "Values"], ["Gender", "Male"]]))
    with pytest.raises(AsccldError, match=r"sheet 'Items', row 1\). Say it with --release"):
        take(source, tmp_path / "out")


def test_a_cell_that_points_elsewhere_is_no_list(tmp_path: Path) -> None:
    sheet = Sheet(
        "Release 2", [["Item", "Defined list"], ["Gender", "See tab 3"], [HOURS, "See tab 4"], [ROUTE, "Prison"]]
    )
    report = take(workbook(tmp_path / "spec.xlsx", sheet), None, dry_run=True)
    left = [u.what for u in report.notes if "left alone" in u.what]
    assert len(left) == 2
    assert {d.defined_list for d in report.differences} == {ROUTE}


def test_the_template_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    values = [["release", "defined_list", "order", "value"]]
    values += [["r1", HOURS, i, f"band {i}"] for i in "123"] + [["r2", HOURS, i, f"Band {i}"] for i in "123"]
    mapping = [["defined_list", "release_1_value", "release_2_value"], [HOURS, "band 1", "Band 1"]]
    mapping += [["", "band 2", "Band 2"], ["", "band 3", "Band 2"]]
    for name, rows in (("values.csv", values), ("map.csv", mapping)):
        with (folder / name).open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(rows)
    take(folder, tmp_path / "out")
    adopted = load_standard(tmp_path / "out")
    assert texts(adopted, "r2", HOURS) == ("Band 1", "Band 2", "Band 3")
    assert successor(adopted, "r2", HOURS, "band 3") == "Band 2"
    news = [m for m in adopted.releases["r2"].mappings if m.defined_list == HOURS and m.from_value is None]
    assert [m.to_value for m in news] == ["Band 3"]


# ---------------------------------------------------------------- what it changes


def test_a_new_spelling_carries_everything_along(tmp_path: Path) -> None:
    """The condition of Employment Status, and the maps from and to it, follow the new text."""
    old, new = "Learning disability support", "Learning-disability: supported"
    rows = changed(map_rows(STANDARD, ["Primary Support Reason"]), old, new)
    take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), tmp_path / "out")
    adopted = load_standard(tmp_path / "out")
    assert new in texts(adopted, "r2", "Primary Support Reason")
    assert old not in texts(adopted, "r2", "Primary Support Reason")
    assert successor(adopted, "r2", "Primary Support Reason", "Learning Disability Support") == new
    assert f"primary_support_reason = '{new}'" in adopted.releases["r2"].by_name["employment_status"].mandatory_when
    (value,) = [v for v in adopted.releases["r2"].lists["Primary Support Reason"].values if v.value == new]
    assert (value.was, value.confidence, value.group) == (old, "confirmed", "Learning Disability Support")


def test_a_new_spelling_in_release_1_moves_the_maps_on_both_sides(tmp_path: Path) -> None:
    name, old, new = "Dementia", texts(STANDARD, "r1", "Dementia")[0], texts(STANDARD, "r1", "Dementia")[0] + "!"
    into, onward = successor(STANDARD, "r1", name, old), successor(STANDARD, "r2", name, old)
    assert into == old
    sheet = Sheet("Release 1", [["Item", "List values"], [name, "\n".join([new, *texts(STANDARD, "r1", name)[1:]])]])
    report = take(workbook(tmp_path / "spec.xlsx", sheet), tmp_path / "out")
    assert [(d.ours, d.theirs) for d in report.differences if d.kind == "spelling"] == [(old, new)]
    adopted = load_standard(tmp_path / "out")
    assert successor(adopted, "r1", name, old) == new
    assert successor(adopted, "r2", name, new) == onward


def test_a_confirmed_entry_stands_unless_replaced(tmp_path: Path) -> None:
    rows = changed(map_rows(STANDARD, ["Event Outcome"]), "NFA: Deceased", "NFA: Died")
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows]))
    kept = take(source, tmp_path / "kept")
    assert {(d.kind, d.ours, d.theirs) for d in kept.conflicts} == {
        ("removed", "NFA: Deceased", ""),
        ("added", "", "NFA: Died"),
    }
    out = tmp_path / "replaced"
    replaced = take(source, out, replace_confirmed=True)
    assert replaced.conflicts == ()
    adopted = load_standard(out)
    assert "NFA: Died" in texts(adopted, "r2", "Event Outcome")
    assert successor(adopted, "r2", "Event Outcome", "NFA - Deceased") == "NFA: Died"
    # What is gone ranks no more.
    assert "NFA: Deceased" not in {h.value for h in adopted.hierarchies}


def test_a_hierarchy_and_a_known_misspelling_follow_a_new_spelling(tmp_path: Path) -> None:
    old, new = "NFA- Other", "NFA - Other"  # the new one is among the known misspellings of the old one
    rows = changed(map_rows(STANDARD, ["Event Outcome"]), old, new)
    out = tmp_path / "out"
    take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), out, replace_confirmed=True)
    adopted = load_standard(out)
    assert new in texts(adopted, "r1", "Event Outcome")
    assert {h.value for h in adopted.hierarchies if h.release == "r1"} >= {new}
    assert old not in {h.value for h in adopted.hierarchies}
    assert [f for f in adopted.releases["r1"].fixes if f.raw == new] == []


def test_a_confirmed_mapping_stands_unless_replaced(tmp_path: Path) -> None:
    rows = map_rows(STANDARD, ["Client Type"])
    swapped = changed(changed(changed(rows, "Service user", "?"), "Unpaid carer", "Service user"), "?", "Unpaid carer")
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *swapped]))
    kept = take(source, tmp_path / "out")
    assert [d.kind for d in kept.conflicts] == ["mapping changed", "mapping changed"]
    assert kept.out is None
    take(source, tmp_path / "out", replace_confirmed=True)
    assert successor(load_standard(tmp_path / "out"), "r2", "Client Type", "Carer") == "Service user"


def test_a_value_added_without_a_map_goes_to_the_one_alike_or_nowhere(tmp_path: Path) -> None:
    name = "Dementia"
    r1 = "\n".join([*texts(STANDARD, "r1", name), "Awaiting tests", "Shrug"])
    r2 = "\n".join([*texts(STANDARD, "r2", name), "Awaiting - tests"])
    for release, values in (("1", r1), ("2", r2)):
        sheet = Sheet(f"Release {release}", [["Item", "Values"], [name, values]])
        take(workbook(tmp_path / f"{release}.xlsx", sheet), tmp_path / "out")
    mappings = {
        m.from_value: m for m in load_standard(tmp_path / "out").releases["r2"].mappings if m.defined_list == name
    }
    assert (mappings["Shrug"].to_value, mappings["Shrug"].confidence) == (None, "gap")
    # First it went nowhere; the second adoption brought the value alike.
    assert (mappings["Awaiting tests"].to_value, mappings["Awaiting tests"].confidence) == (
        "Awaiting - tests",
        "inferred",
    )
    both = [Sheet(f"Release {i}", [["Item", "Values"], [name, v]]) for i, v in (("1", r1), ("2", r2))]
    take(workbook(tmp_path / "both.xlsx", *both), tmp_path / "together")
    adopted = load_standard(tmp_path / "together")
    assert successor(adopted, "r2", name, "Awaiting tests") == "Awaiting - tests"


def test_not_mapped_and_new_are_words_too(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        [ROUTE if i == 0 else None, t, "Not mapped" if i == 0 else t.lower(), None]
        for i, t in enumerate(texts(STANDARD, "r1", ROUTE))
    ]
    rows += [[None, "New", "Brand new route", "New"], [None, "-", "Another one", "Changed"]]
    rows += map_rows(STANDARD, ["Gender"])  # unchanged rows: the map shows everything
    take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), tmp_path / "out")
    adopted = load_standard(tmp_path / "out")
    assert successor(adopted, "r2", ROUTE, texts(STANDARD, "r1", ROUTE)[0]) is None
    assert texts(adopted, "r2", ROUTE)[-2:] == ("Brand new route", "Another one")


def test_a_map_of_changes_only_removes_nothing(tmp_path: Path) -> None:
    rows = map_rows(STANDARD)
    for i, row in enumerate(rows):
        row[0] = row[0] or rows[i - 1][0]
    rows = [r for r in rows if r[3] != "No change"]
    report = take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), tmp_path / "out")
    assert not [d for d in report.differences if d.kind == "removed"]
    adopted = load_standard(tmp_path / "out")
    assert {n: v.texts for n, v in adopted.releases["r2"].lists.items()} == {
        n: v.texts for n, v in STANDARD.releases["r2"].lists.items()
    }


def test_a_map_that_names_few_of_our_values_removes_none(tmp_path: Path) -> None:
    rows = [*map_rows(STANDARD, ["Gender"]), *map_rows(STANDARD, [ROUTE])[:2]]
    report = take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), tmp_path / "out")
    assert [u.what for u in report.notes if "none is removed" in u.what]
    adopted = load_standard(tmp_path / "out")
    assert texts(adopted, "r2", ROUTE) == texts(STANDARD, "r2", ROUTE)
    assert adopted.releases["r2"].lists[ROUTE].confidence == "inferred"


def test_adopting_twice_adds_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = Sheet("Release 2", [["Item", "Values"], [HOURS, "0 to 19\n20 or more"]])
    take(workbook(tmp_path / "spec.xlsx", first), out)
    second = take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD, [ROUTE])])), out)
    adopted = load_standard(out)
    assert [a.source_file for a in adopted.adoptions] == ["spec.xlsx", "map.xlsx"]
    assert texts(adopted, "r2", HOURS) == ("0 to 19", "20 or more")
    assert adopted.releases["r2"].lists[ROUTE].confidence == "confirmed"
    assert adopted.fingerprint == second.fingerprint
    again = take(tmp_path / "map.xlsx", out)
    assert (again.out, again.adopted, again.fingerprint) == (None, (), second.fingerprint)


def test_a_value_may_go_back_to_its_shipped_text(tmp_path: Path) -> None:
    out = tmp_path / "out"
    old = texts(STANDARD, "r2", ROUTE)[0]
    for name, text in (("a.xlsx", old.upper()), ("b.xlsx", old)):
        rows = changed(map_rows(STANDARD, [ROUTE, "Gender"]), old, text)
        take(workbook(tmp_path / name, Sheet("Map", [HEADER, *rows])), out, replace_confirmed=True)
    adopted = load_standard(out)
    assert adopted.releases["r2"].lists[ROUTE].values[0].value == old
    assert adopted.releases["r2"].lists[ROUTE].values[0].was == ""


def test_what_is_not_recognised_is_told(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [*map_rows(STANDARD, ["Gender"]), ["Dementias", "Yes", "Yes"], ["Shoe size", "7", "7"]]
    report = take(workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows])), None, dry_run=True)
    assert [(u.what, u.place) for u in report.unrecognised] == [
        ("no defined list 'Dementias'. Did you mean Dementia?", "sheet 'Map', row 6, column A"),
        ("no defined list 'Shoe size'.", "sheet 'Map', row 7, column A"),
    ]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD)]))
    report = take(source, tmp_path / "out", dry_run=True)
    assert report.adopted
    assert [p.name for p in tmp_path.iterdir()] == ["map.xlsx"]
    assert report.fingerprint == take(source, tmp_path / "out").fingerprint


# ---------------------------------------------------------------- what it refuses


def test_contradictions_name_sheet_row_and_column(tmp_path: Path) -> None:
    gender = map_rows(STANDARD, ["Gender"])
    cases: dict[str, list[list[Cell]]] = {
        r"no such word|becomes something else here than in sheet 'Map', row 2, column C \(.*row 6": [
            *gender, [None, "Male", "Female", None],
        ],
        r"nothing changed, but the two values differ \(.*sheet 'Map', row 2, column D": [
            ["Gender", "Male", "Man", "No change"],
        ],
        r"only capitals changed, but .* \(.*sheet 'Map', row 2, column D": [
            ["Gender", "Male", "Man", "Changed (capitalisation only)"],
        ],
        r"spelt differently here than in sheet 'Map', row 2, column B \(.*row 6, column B": [
            *gender, [None, "MALE", "Male", None],
        ],
        r"takes? for a formula \(.*sheet 'Map', row 2, column C": [["Gender", "Male", "+Male", None]],
        r"before the first item name \(.*sheet 'Map', row 2, column A": [[None, "Male", "Male", None]],
    }  # fmt: skip
    for told, rows in cases.items():
        source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows]))
        with pytest.raises(AsccldError, match=told) as caught:
            take(source, tmp_path / "out")
        assert "\n" not in str(caught.value)
        assert "map.xlsx" in str(caught.value)
    assert [p.name for p in tmp_path.iterdir()] == ["map.xlsx"]


def test_headers_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    twice = workbook(
        tmp_path / "a.xlsx", Sheet("Map", [["Variable", "Release 1 value", "R1 value"], ["Gender", "a", "b"]])
    )
    with pytest.raises(AsccldError, match=r"Two columns .* release r1 \(a.xlsx, sheet 'Map', row 1, column C"):
        take(twice, tmp_path / "out")
    far = workbook(
        tmp_path / "b.xlsx", Sheet("Map", [["Variable", "V5 value", "R2 value"], ["Gender", "Male", "Male"]])
    )
    with pytest.raises(AsccldError, match="maps v5 to r2, but the standard maps each release to the next"):
        take(far, tmp_path / "out")
    none = workbook(tmp_path / "c.xlsx", Sheet("Notes", [["Hello"], ["World"]]), Sheet("More", []))
    with pytest.raises(AsccldError, match=r"No sheet has the columns .*: read Notes, More \(c.xlsx\)"):
        take(none, tmp_path / "out")
    empty = workbook(tmp_path / "d.xlsx", Sheet("Map", [HEADER]))
    with pytest.raises(AsccldError, match="nothing below them"):
        take(empty, tmp_path / "out")
    release = tmp_path / "values"
    release.mkdir()
    (release / "values.csv").write_text("release,defined_list,order,value\nr9,Gender,1,Male\n", encoding="utf-8")
    with pytest.raises(AsccldError, match=r"release is not known \(values, sheet 'values.csv', row 2, column A"):
        take(release, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"no workbook", b"\x89PNG\r\n\x1a\n" * 20, b"PK\x03\x04 truncated"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "map.xlsx"
    source.write_bytes(content)
    with pytest.raises(AsccldError, match=r"not a workbook that can be read \(map.xlsx\)"):
        take(source, tmp_path / "out")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD)]))
    monkeypatch.setattr("asccld.standard.grids._LARGEST", 1000)
    with pytest.raises(AsccldError, match="unpacks to more than"):
        take(source, tmp_path / "out")


def test_an_overlay_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    take(workbook(tmp_path / "a.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD, [ROUTE])])), out)
    before = load_standard(out).fingerprint
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith("-old"):
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    more = workbook(tmp_path / "b.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD)]))
    with pytest.raises(AsccldError, match="cannot be put in place: in use"):
        take(more, out)
    monkeypatch.undo()
    assert load_standard(out).fingerprint == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx", "out"]


def test_places_that_do_not_serve_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AsccldError, match="no such file or folder"):
        take(tmp_path / "nowhere.xlsx", tmp_path / "out")
    with pytest.raises(AsccldError, match=r"neither values.csv nor map.csv"):
        take(tmp_path, tmp_path / "out")
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD)]))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(AsccldError, match="exists and is not an overlay"):
        take(source, tmp_path / "taken")
    assert (tmp_path / "taken" / "letter.txt").read_text(encoding="utf-8") == "mine"
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AsccldError, match="cannot be read as CSV"):
        take(tmp_path / "bad.csv", tmp_path / "out")


def test_an_overlay_that_would_contradict_the_standard_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD, [ROUTE])]))
    take(source, out)
    before = load_standard(out).fingerprint
    monkeypatch.setattr("asccld.standard.adopt._mappings", lambda release, names: "defined_list,from_value\nX,Y\n")
    more = workbook(tmp_path / "more.xlsx", Sheet("Map", [HEADER, *map_rows(STANDARD)]))
    with pytest.raises(AsccldError, match="lacks the column"):
        take(more, out)
    monkeypatch.undo()
    assert load_standard(out).fingerprint == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["map.xlsx", "more.xlsx", "out"]
