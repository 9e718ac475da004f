"""Our figures beside published ones, and who has changed since: the command, as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import ibis
import polars as pl
import pytest

from asccld.measures.comparing import NothingToCompare, compared

HEADER = "reporting_period,la_code,la_name,measure,description,group,numerator,denominator,outcome"
LABELS = "1 Apr 25 - 31 Mar 26,{code},Exampleshire,ASCOF 2E,D,{group}"


def line(group: str, numbers: str, code: str = "901") -> str:
    return f"{LABELS.format(code=code, group=group)},{numbers}"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "asccld", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Figures of now, people of now and then, and a published table in the Department's spelling."""
    now, then = tmp_path / "now", tmp_path / "then"
    now.mkdir()
    then.mkdir()
    ours = [HEADER, line("Male", "3,10,30.0"), line("Female", "4,10,40.0"), line("Total", "7,20,35.0")]
    (now / "ascof_2e.csv").write_text("\n".join(ours) + "\n", encoding="utf-8")
    (now / "ascof_2e_unknown.csv").write_text("la_code,count\n901,0\n", encoding="utf-8")
    people = "la_code,der_nhs_la_combined_person_id,accommodation_status,record_ids\n"
    (now / "ascof_2e_people.csv").write_text(f"{people}901,A,Home,1\n901,B,Home,2\n901,C,Home,3\n", encoding="utf-8")
    (then / "ascof_2e_people.csv").write_text(f"{people}901,A,Home,9\n901,B,Tent,2\n901,D,Home,4\n", encoding="utf-8")
    old = "1 Apr 23 - 31 Mar 24,901,Exampleshire,ASCOF 2E,D,Total,1,2,50.0"
    other = "1 Apr 25 - 31 Mar 26,901,Exampleshire,ASCOF 3D (Clients),D,Total,1,2,50.0"
    published = [
        HEADER.title(),
        line("MALE", "3,10,30"),
        line("Female", "5,10,50.0"),
        line("Total", "8,20,40.0", "902"),
    ]
    (tmp_path / "published.csv").write_text("\n".join([*published, old, other]) + "\n", encoding="utf-8")
    return tmp_path


def compare(folder: Path, *more: object) -> subprocess.CompletedProcess[str]:
    places = ["--from", folder / "now", "--published", folder / "published.csv", "--out", folder / "out"]
    return run("compare", "ascof_2e", *places, *more)


def test_every_cell_of_the_same_measure_and_period_is_compared(folder: Path) -> None:
    done = compare(folder)
    assert done.returncode == 0, done.stderr
    cells = pl.read_csv(folder / "out" / "ascof_2e_compared.csv", infer_schema=False)
    found = {(r["la_code"], r["group"].lower()): (r["numerator_difference"], r["status"]) for r in cells.to_dicts()}
    assert found == {
        ("901", "male"): ("0.0", "same"),
        ("901", "female"): ("-1.0", "different"),
        ("901", "total"): (None, "only here"),
        ("902", "total"): (None, "only published"),
    }
    assert "1 figure different, 1 figure only here, 1 figure only published, 1 figure same" in done.stderr
    first = done.stdout.splitlines()[1]
    assert first.split()[-1] == "different"
    assert "description" in done.stdout.splitlines()[0]


def test_the_people_who_explain_a_difference(folder: Path) -> None:
    done = compare(folder, "--before", folder / "then")
    assert done.returncode == 0, done.stderr
    changed = pl.read_csv(folder / "out" / "ascof_2e_people_changed.csv", infer_schema=False)
    found = {r["der_nhs_la_combined_person_id"]: (r["change"], r["columns"] or None) for r in changed.to_dicts()}
    assert found == {
        "B": ("counted otherwise", "accommodation_status"),
        "C": ("counted now", None),
        "D": ("counted then", None),
    }
    assert "Home" not in done.stdout + done.stderr
    assert "ascof_2e_people: 3 rows changed since the earlier run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ascof_2z", "--published", "published.csv"], "There is no measure 'ascof_2z'"),
        (["ascof_2e", "--published", "now/ascof_2e_people.csv"], "lacks reporting_period, measure, description, group"),
        (["ascof_3d", "--published", "published.csv"], "There is no ascof_3d.csv in the folder"),
        (["person_details", "--published", "published.csv"], "person_details has no table of figures"),
    ],
)
def test_what_cannot_be_compared(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(folder)
    done = run("compare", *arguments, "--from", "now", "--out", "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_tables_without_a_council_have_nothing_in_common() -> None:
    with pytest.raises(NothingToCompare):
        compared(ibis.memtable({"la_code": ["1"], "count": [1]}), ibis.memtable({"count": [1]}))


def test_a_missing_number_differs_from_a_number() -> None:
    kinds = {"la_code": pl.String, "count": pl.Float64}
    ours, published = (
        pl.DataFrame({"la_code": ["1", "2"], "count": n}, schema=kinds) for n in ([None, None], [0, None])
    )
    made = compared(ibis.memtable(ours), ibis.memtable(published)).order_by("la_code").to_polars()
    assert made["status"].to_list() == ["different", "same"]


def table_of(*rows: tuple[str | None, ...]) -> ibis.Table:
    """Columns la_code, description, numerator, denominator, all text."""
    names = ("la_code", "description", "numerator", "denominator")
    return ibis.memtable(pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String), orient="row"))


def test_numbers_of_a_publication_are_read_and_suppressed_ones_are_not_shown() -> None:
    ours = table_of(("1", "D", "1234", "5000"), ("2", "D", "3", "10"), ("3", "D", "3", "10"), ("4", "D", "0", "0"))
    published = table_of(("1", "D", "1,234", "5,000"), ("2", "D", "[c]", "10"), ("3", "D", "*", "12"))
    made = compared(ours, published).to_polars()
    found = dict(zip(made["la_code"], made["status"], strict=True))
    assert found == {"1": "same", "2": "not shown", "3": "different", "4": "only here"}
    assert list(found) == ["3", "4", "2", "1"]


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (table_of(("1", "D", "3", "10")).drop("description"), "lacks description"),
        (table_of(("1", "D", "3", "10"), ("1", "d", "3", "10"), ("1", "D", "4", "10")), "3 rows stand for 1 figure"),
        (table_of(("1", "D", "3", "10"), ("2", "D", "3", "1,23")), "Not a number in denominator, row 3: '1,23'"),
        (table_of(("1", "D", "3", "10")).drop("numerator", "denominator"), "numerator, denominator"),
    ],
)
def test_figures_that_cannot_be_told_or_read_are_refused(published: ibis.Table, said: str) -> None:
    ours = table_of(("1", "D", "3", "10"), ("1", "E", "4", "10"))
    with pytest.raises(NothingToCompare) as refused:
        compared(ours, published)
    assert said in str(refused.value)


def test_another_period_is_nothing_to_compare(folder: Path) -> None:
    text = (folder / "published.csv").read_text("utf-8").replace("31 Mar 26", "31 Mar 25")
    (folder / "published.csv").write_text(text, encoding="utf-8")
    done = compare(folder)
    assert done.returncode == 1
    assert "Nothing was compared: no figure is in both tables" in done.stderr
    assert not done.stdout


def test_a_council_that_is_nought_on_both_sides_is_not_shown(folder: Path) -> None:
    with (folder / "now" / "ascof_2e.csv").open("a", encoding="utf-8") as file:
        file.write(line("Total", "0,0,0.0", "903") + "\n")
    done = compare(folder)
    assert "2 figures only here" in done.stderr
    assert "903" not in done.stdout


def test_a_measure_whose_first_table_is_of_england_is_compared_by_that_of_councils(tmp_path: Path) -> None:
    now, then = tmp_path / "now", tmp_path / "then"
    for folder, carer in ((now, "B"), (then, "C")):
        folder.mkdir()
        (folder / "lts003.csv").write_text("support_provided,count\nRespite,5\n", encoding="utf-8")
        (folder / "lts003_councils.csv").write_text("la_code,support_provided,count\n901,Respite,2\n", encoding="utf-8")
        people = f"la_code,id,support_provided,record_ids\n901,A,Respite,1\n901,{carer},Respite,2\n"
        (folder / "lts003_people.csv").write_text(people, encoding="utf-8")
    published = tmp_path / "published.csv"
    published.write_text("la_code,support_provided,count\n901,respite,4\n", encoding="utf-8")
    done = run(
        "compare", "lts003", "--from", now, "--published", published, "--before", then, "--out", tmp_path / "out"
    )
    assert done.returncode == 0, done.stderr
    (row,) = pl.read_csv(tmp_path / "out" / "lts003_compared.csv").to_dicts()
    assert (row["count"], row["published_count"], row["status"]) == (2, 4, "different")
    changed = pl.read_csv(tmp_path / "out" / "lts003_people_changed.csv")
    assert dict(changed.select("id", "change").iter_rows()) == {"B": "counted now", "C": "counted then"}


def test_ascof_2d_is_compared_by_the_name_of_the_area(tmp_path: Path) -> None:
    header = (
        "area,client_type,reporting_period,denominator,numerator,outcome_percent,died,readmitted,entered_lt_resnurs\n"
    )
    ours = f"{header}Exampleshire,Total,1 Jan 25 - 31 Dec 25,40,30,75.0,4,3,3\n"
    (tmp_path / "ascof_2d_part1.csv").write_text(ours, encoding="utf-8")
    published = tmp_path / "published.csv"
    published.write_text(ours.replace("75.0", "75.04").replace("Exampleshire", "EXAMPLESHIRE"), encoding="utf-8")
    done = run("compare", "ascof_2d", "--from", tmp_path, "--published", published, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (row,) = pl.read_csv(tmp_path / "out" / "ascof_2d_compared.csv").to_dicts()
    assert (row["area"], row["died"], row["died_difference"], row["status"]) == ("Exampleshire", 4, 0, "same")
