"""`asccld measure` and `asccld measures` as a user runs them: what they write, and what they say of bad input."""

import json
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from asccld.cli.measure import METHOD
from asccld.measures import measure_named, measures
from commonly import Run
from measures.golden import FOLDER, expected, same_rows

EVENTS = FOLDER / "small" / "input" / "CLD_R1_Raw.parquet"
PERIOD = ("--start", "2023-04-01", "--end", "2023-12-31")
NAMES = [m.name for m in measures() if m.method == METHOD]
GIVEN = ("--events", str(EVENTS), *PERIOD)


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)


def test_every_table_of_every_measure_is_written_with_its_columns_first(run: Run, tmp_path: Path) -> None:
    code, printed, said = run("measure", "salt", *GIVEN, "--out", tmp_path / "figures")
    assert (code, printed) == (0, "")
    wanted = {f"{m.name}{o.suffix}.csv": list(o.columns) for m in map(measure_named, NAMES) for o in m.outputs}
    made = {path.name: read(path).columns for path in (tmp_path / "figures").iterdir()}
    assert set(made) == set(wanted)
    assert {name: columns[: len(wanted[name])] for name, columns in made.items()} == wanted
    assert "Release 1 wording" in said
    assert "3 of 3 councils have a file" in said
    assert "lts001a_people: 52 people of 3 councils" in said


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_files_hold_the_official_tables(run: Run, tmp_path: Path, suffix: str) -> None:
    code, _, _ = run("measure", "lts001c", "lts004", *GIVEN, "--out", tmp_path, "--parquet")
    assert code == 0
    tables = {"lts001c": "LTS001c_rs00", "lts004": "LTS004_rs00"}
    for name, official in tables.items():
        labels = {"lts001c": "1a", "lts004": "1"}
        found = read(tmp_path / f"{name}{suffix}").filter(pl.col("table") == labels[name])
        same_rows(found, expected("small", official))


def test_the_same_rows_in_the_same_order_every_time(run: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert run("measure", "sts001", "lts001b", *GIVEN, "--out", tmp_path / folder)[0] == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_the_workbook_has_a_sheet_for_each_table_of_the_return(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "salt.xlsx"
    code, _, said = run("measure", "salt", *GIVEN, "--out", tmp_path / "figures", "--workbook", book, "--la", "208")
    assert code == 0
    assert f"workbook: {book}" in said
    found = CalamineWorkbook.from_path(book)
    assert found.sheet_names[:4] == ["Contents", "STS001", "STS002a", "STS002b"]
    rows = found.get_sheet_by_name("LTS001a").to_python()
    total = next(row for row in rows if row[0] == "Total")
    people = read(tmp_path / "figures" / "lts001a_people.csv")
    assert total[-1] == people.filter((pl.col("la_code") == "208") & (pl.col("table") == "1a")).height
    contents = {str(row[0]): str(row[1]) for row in found.get_sheet_by_name("Contents").to_python()}
    assert "208" in contents["Council"]
    assert contents["Period"] == "01/04/2023 to 31/12/2023"


def test_figures_for_publication_are_rounded_and_name_nobody(run: Run, tmp_path: Path) -> None:
    code, _, said = run("measure", "lts001a", "nhse_ascof_3d", *GIVEN, "--out", tmp_path, "--rounded")
    assert code == 0
    assert "Each table is protected by itself" in said
    assert {path.name for path in tmp_path.iterdir()} == {"lts001a.csv", "nhse_ascof_3d.csv"}
    table = pl.read_csv(tmp_path / "lts001a.csv")
    assert table.columns == ["la_code", "table", "row", "column", "count", "note"]
    shown = table["count"].drop_nulls()
    assert (shown % 5 == 0).all()
    assert table.filter(pl.col("count").is_null())["note"].unique().to_list() == ["[c]"]
    assert "record_ids" not in (tmp_path / "nhse_ascof_3d.csv").read_text(encoding="utf-8")


def test_nothing_is_published_beside_tables_of_people(run: Run, tmp_path: Path) -> None:
    assert run("measure", "lts001a", *GIVEN, "--out", tmp_path)[0] == 0
    before = (tmp_path / "lts001a.csv").read_bytes()
    code, _, said = run("measure", "lts001a", *GIVEN, "--out", tmp_path, "--rounded")
    assert code == 2
    assert "lts001a_people.csv" in said
    assert (tmp_path / "lts001a.csv").read_bytes() == before
    for people in (tmp_path / "lts001a_people.csv", tmp_path / "ascof_2e_people_latest.parquet"):
        people.write_text("", encoding="utf-8")
        assert run("measure", "sts001", *GIVEN, "--out", tmp_path, "--rounded")[0] == 2
        people.unlink()
    for _ in range(2):
        assert run("measure", "sts001", *GIVEN, "--out", tmp_path, "--rounded")[0] == 0


def test_another_reading_is_told_of(run: Run, tmp_path: Path) -> None:
    chosen = ("--option", "behaviour=documented")
    code, _, said = run("measure", "lts001a", *GIVEN, *chosen, "--out", tmp_path / "all")
    assert (code, "Made with behaviour=documented: not what" in said) == (0, True)
    code, _, said = run("measure", "lts001a", *GIVEN, "--option", "d17=documented", "--out", tmp_path / "one")
    assert (code, "Made with d17=documented" in said) == (0, True)


def test_a_council_without_a_file_in_time_is_named_and_nobody_is_an_answer(run: Run, tmp_path: Path) -> None:
    code, _, said = run("measure", "lts001a", *GIVEN, "--option", "import_by=2024-01-01", "--out", tmp_path)
    assert code == 1
    assert "No council has a file that serves the period" in said
    assert "none: 201, 208, 215" in said
    table = read(tmp_path / "lts001a.csv")
    assert table["la_code"].to_list() == ["201", "208", "215"]
    assert table["count"].unique().to_list() == ["0"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lts01a", *GIVEN), "no measure 'lts01a'. Did you mean lts001a"),
        (("sts004", *GIVEN), "ascof_2d"),
        (("lts001a", *PERIOD), "There is no input"),
        (("lts001a", *GIVEN, "--store", "store"), "There are two inputs"),
        (("lts001a", "--events", str(EVENTS), "--start", "2023-04-01"), "A measure needs a period"),
        (("lts001a", *GIVEN, "--end", "2023-03-01"), "before it starts"),
        (("lts001a", "--events", str(EVENTS), "--start", "2013-04-01", "--end", "2014-03-31"), "hold the days from"),
        (("lts001a", *GIVEN, "--option", "behavior=documented"), "Did you mean behaviour?"),
        (("lts001a", *GIVEN, "--option", "d17=perhaps"), "no value of option d17"),
        (("lts001a", *GIVEN, "--option", "x14=documented"), "Option x14 changes nothing in this measure"),
        (("lts001a", "lts003", *GIVEN, "--option", "x14=documented"), "nothing in any of these measures"),
        (("lts001a", *GIVEN, "--option", "import_by=soon"), "'soon' is not a day"),
        (("lts001a", *GIVEN, "--as-of", "2024-05-01"), "Only a register knows"),
        (("lts001a", *GIVEN, "--la", "208"), "Only a workbook is of one council"),
        (("lts001a", *GIVEN, "--workbook", "salt.pdf"), "A workbook is an .xlsx file"),
        (("lts001a", "--events", "nowhere.parquet", *PERIOD), "nowhere.parquet"),
        (("lts001a", *GIVEN, "--engine", "nothing://"), "nothing"),
    ],
)
def test_what_cannot_run_says_why_in_a_line_and_leaves_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, printed, told = run("measure", *arguments, "--out", tmp_path / "figures")
    assert (code, printed) == (2, "")
    assert said in told.strip().splitlines()[-1]
    assert not list(tmp_path.rglob("*.csv"))


def test_a_council_that_is_not_there_is_told_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    given = ("measure", "lts001a", *GIVEN, "--out", tmp_path / "new" / "figures", "--workbook", tmp_path / "s.xlsx")
    for code, near in {"20": "Did you mean 20", "999": "There are: 201, 208, 215"}.items():
        stopped, _, told = run(*given, "--la", code)
        assert stopped == 2
        assert "have no such council" in told
        assert near in told
    assert not list(tmp_path.iterdir())


def test_columns_that_a_measure_needs_are_listed(run: Run, tmp_path: Path) -> None:
    frame = read(EVENTS).drop("Primary_Support_Reason", "Delivery_Mechanism")
    frame.write_parquet(tmp_path / "events.parquet")
    given = ("--events", tmp_path / "events.parquet", *PERIOD, "--out", tmp_path / "figures")
    code, _, told = run("measure", "lts001a", *given)
    assert code == 2
    assert "lts001a needs delivery_mechanism, primary_support_reason" in told
    assert run("measure", "nhse_ascof_2e", *given)[0] == 0


def test_a_file_that_was_loaded_twice_is_refused(run: Run, tmp_path: Path) -> None:
    pl.concat([read(EVENTS)] * 2).write_parquet(tmp_path / "events.parquet")
    code, _, told = run("measure", "lts001a", "--events", tmp_path / "events.parquet", *PERIOD, "--out", tmp_path / "f")
    assert (code, "different der_unique_record_id" in told) == (2, True)


def test_no_input_is_replaced(run: Run, tmp_path: Path) -> None:
    events = tmp_path / "lts001a.parquet"
    events.write_bytes(EVENTS.read_bytes())
    code, _, told = run("measure", "lts001a", "--events", events, *PERIOD, "--out", tmp_path, "--parquet")
    assert (code, "would replace the events" in told) == (2, True)
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    code, _, told = run("measure", "lts001a", *GIVEN, "--out", tmp_path / "taken")
    assert (code, "A file has the name of the folder" in told) == (2, True)


def test_the_list_has_every_measure_and_what_is_not_in_the_data(run: Run) -> None:
    code, printed, _ = run("measures", "list", "--json")
    rows = {row["name"]: row for row in json.loads(printed)}
    assert code == 0
    assert {*NAMES, "sts004"} <= set(rows)
    assert rows["sts004"]["counts"] == "not in CLD"


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_shown_with_all_that_it_needs_gives_and_can_be_told(run: Run, name: str) -> None:
    measure = measure_named(name)
    code, printed, _ = run("measures", "show", name)
    assert code == 0
    assert all(column in printed for column in measure.needs)
    assert all(f"\n{name}{o.suffix} " in printed for o in measure.outputs)
    assert all(f"\n{option} " in printed for option in (*measure.options, *measure.parameters))
    told = json.loads(run("measures", "show", name, "--json")[1])
    assert [o["option"] for o in told["options"]] == list(measure.options)


def test_what_is_not_in_the_data_says_why_and_points_elsewhere(run: Run) -> None:
    code, printed, _ = run("measures", "show", "STS004")
    assert code == 0
    assert "not carried into Client Level Data" in printed
    assert "ascof_2d" in printed
    assert json.loads(run("measures", "show", "sts004", "--json")[1])["name"] == "sts004"
