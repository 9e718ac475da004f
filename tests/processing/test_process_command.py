"""`asccld process` as a user runs it: the golden tables, and what it says when something is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from commonly import Run
from processing.golden import FOLDER, expected, same
from repository.files import ROOT

SMALL = FOLDER / "small" / "input"
YEAR = ("--start", "2025-04-01", "--end", "2026-03-31", "--as-of", "2026-05-05")
JOINED = ("--mode", "joined", "--start", "2023-04-01", "--end", "2026-03-31", "--as-of", "2026-05-05")
SINGLE = ("--mode", "single", *YEAR)
EVENTS = ("--events", str(SMALL / "CLD_Raw.parquet"), "--reference", str(SMALL / "reference"))


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_golden_tables_step_by_step(run: Run, tmp_path: Path, suffix: str) -> None:
    out, steps = tmp_path / f"main{suffix}", tmp_path / "steps"
    code, printed, said = run("process", *JOINED, *EVENTS, "--out", out, "--steps", steps, "--explain")
    assert code == 0
    assert "CLD_230401_260331_JoinedSubmissions: 662 events of 3 councils" in said
    same(read(out), expected("small", "joined_4_main"))
    file = ("la_name", "importdate")
    same(read(steps / f"reporting_periods{suffix}"), expected("small", "REF_Sub"), key=file)
    same(read(steps / f"submissions{suffix}"), expected("small", "joined_Sub"), key=(*file, "ref_period_start_date"))
    same(read(steps / f"events_in_period{suffix}"), expected("small", "joined_2"))
    same(read(steps / f"derived_fields{suffix}"), expected("small", "joined_3"))
    same(read(steps / f"main{suffix}"), expected("small", "joined_4_main"))
    assert read(steps / f"unmapped{suffix}")["raw"].to_list() == ["Zz-unseen"]
    assert "a later file of the council serves the period" in printed
    assert "Missing Borough" in printed


def test_the_single_table_with_its_data_quality_values(run: Run, tmp_path: Path) -> None:
    out, values = tmp_path / "main.csv", tmp_path / "dq.csv"
    items = SMALL / "CLD_DQ_Items.parquet"
    code, printed, _ = run("process", *SINGLE, *EVENTS, "--out", out, "--dq-items", items, "--dq-values", values)
    assert (code, printed) == (0, "")
    same(read(out), expected("small", "single_4_main"))
    wanted = expected("small", "LA_PBI_DQ")
    same(read(values), wanted, key=wanted.columns)


def test_every_file_of_the_explanation_is_written_beside_the_steps(run: Run, tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    code, _, _ = run("process", *SINGLE, *EVENTS, "--out", tmp_path / "m.parquet", "--steps", steps, "--explain")
    assert code == 0
    rows = read(steps / "explanation_rows_in_period.parquet")
    files = read(steps / "explanation_files.parquet")
    merged = read(steps / "explanation_rows_merged.parquet")
    served = read(SMALL / "CLD_Raw.parquet").join(
        files.filter(pl.col("serves")), left_on=["LA_Name", "ImportDate"], right_on=["la_name", "importdate"]
    )
    assert rows["rows"].sum() == served.height
    kept = rows.filter(pl.col("outcome") == "kept")["rows"].sum()
    assert merged["rows"].sum() == kept
    assert merged.filter(pl.col("outcome") == "kept")["rows"].sum() == read(tmp_path / "m.parquet").height


def test_options_change_the_table(run: Run, tmp_path: Path) -> None:
    tables = {}
    for name, more in {
        "official": (),
        "documented": ("--option", "q5=documented", "--option", "q4=documented"),
    }.items():
        code, _, _ = run("process", *JOINED, *EVENTS, "--out", tmp_path / f"{name}.parquet", *more)
        assert code == 0
        tables[name] = read(tmp_path / f"{name}.parquet")
    assert tables["documented"].height < tables["official"].height


def test_no_council_with_a_file_explains_itself_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    dates = ("--mode", "single", "--start", "2010-04-01", "--end", "2011-03-31", "--as-of", "2011-05-05")
    code, printed, said = run("process", *dates, *EVENTS, "--out", tmp_path / "m.csv")
    assert code == 1
    assert "No council has a file that serves the period" in said
    assert "its reporting period starts after the period does" in printed
    assert not (tmp_path / "m.csv").exists()


def test_missing_columns_are_named_all_at_once_with_the_nearest(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet").rename({"Service_Type": "ServiceType"}).drop("Ethnicity")
    frame.write_parquet(tmp_path / "events.parquet")
    code, _, said = run("process", *SINGLE, "--events", tmp_path / "events.parquet", "--out", tmp_path / "m.csv")
    assert code == 2
    assert "ethnicity" in said
    assert "service_type (is it servicetype?)" in said


def test_wrong_types_are_named(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet").with_columns(pl.lit("soon").alias("Event_End_Date"))
    frame.write_parquet(tmp_path / "events.parquet")
    code, _, said = run("process", *SINGLE, "--events", tmp_path / "events.parquet", "--out", tmp_path / "m.csv")
    assert (code, "event_end_date has" in said) == (2, True)


def test_a_csv_gives_the_same_table(run: Run, tmp_path: Path) -> None:
    read(SMALL / "CLD_Raw.parquet").write_csv(tmp_path / "events.csv")
    code, _, said = run(
        "process",
        *SINGLE,
        "--events",
        tmp_path / "events.csv",
        "--reference",
        SMALL / "reference",
        "--out",
        tmp_path / "m.parquet",
    )
    assert code == 0, said
    same(read(tmp_path / "m.parquet"), expected("small", "single_4_main"))


def test_a_file_that_was_loaded_twice_is_refused(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet")
    pl.concat([frame, frame]).write_parquet(tmp_path / "events.parquet")
    code, _, said = run("process", *SINGLE, "--events", tmp_path / "events.parquet", "--out", tmp_path / "m.csv")
    assert (code, "different der_unique_record_id" in said) == (2, True)


def test_a_local_identifier_may_go_by_its_older_name(run: Run, tmp_path: Path) -> None:
    older = {"LA_Person_Unique_Identifier": "Der_LA_Person_Unique_Identifier_Pseudo"}
    read(SMALL / "CLD_Raw.parquet").rename(older).write_parquet(tmp_path / "events.parquet")
    code, _, _ = run(
        "process",
        *SINGLE,
        "--events",
        tmp_path / "events.parquet",
        "--reference",
        SMALL / "reference",
        "--out",
        tmp_path / "m.csv",
    )
    assert code == 0
    same(read(tmp_path / "m.csv"), expected("small", "single_4_main"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mode", "single", *YEAR), "There is no input"),
        ((*SINGLE, *EVENTS, "--store", "store"), "There are two inputs"),
        ((*SINGLE, *EVENTS, "--start", "2026-04-01"), "before it starts"),
        ((*SINGLE, *EVENTS, "--as-of", "2026-03-30"), "was not over"),
        ((*SINGLE, *EVENTS, "--option", "q5=wrong"), "no value of option q5"),
        ((*SINGLE, *EVENTS, "--dq-values", "x.csv"), "needs both"),
        ((*JOINED, *EVENTS, "--dq-values", "x.csv", "--dq-items", "y.csv"), "no data-quality values"),
        ((*SINGLE, "--events", "nowhere.parquet"), "nowhere.parquet"),
        ((*SINGLE, *EVENTS, "--mode", "double"), "not one of"),
        ((*SINGLE, *EVENTS, "--option", "q5=documented", "--option", "q5=official"), "given twice"),
        ((*SINGLE, *EVENTS, "--option", "late_quarter=robust"), "belongs to joined tables"),
        ((*JOINED, *EVENTS, "--start", "0001-01-01", "--end", "9999-12-31", "--as-of", "9999-12-31"), "calendar ends"),
        ((*JOINED, *EVENTS, "--start", "1901-01-01"), "at most 100 are joined"),
        ((*SINGLE, *EVENTS, "--exclude", "2026-04-23T13:28:24"), "The nearest is 2026-04-2"),
        ((*SINGLE, *EVENTS, "--engine", "duckdb://?memory_limit=2MB"), "The engine ran out of memory"),
    ],
)  # fmt: skip
def test_what_cannot_run_says_why_and_ends_with_2(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, _, told = run("process", *arguments, "--out", tmp_path / "m.csv")
    assert code == 2
    assert said in told


def test_an_input_is_never_replaced(run: Run, tmp_path: Path) -> None:
    events = tmp_path / "events.parquet"
    events.write_bytes((SMALL / "CLD_Raw.parquet").read_bytes())
    code, _, said = run("process", *SINGLE, "--events", events, "--out", events)
    assert (code, "would replace" in said) == (2, True)


@pytest.mark.parametrize("name", ["unmapped", "main", "explanation_files"])
def test_a_step_never_replaces_the_main_table(run: Run, tmp_path: Path, name: str) -> None:
    code, _, said = run("process", *SINGLE, *EVENTS, "--out", tmp_path / f"{name}.csv", "--steps", tmp_path)
    assert (code, "Two outputs have the same name" in said) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_unmapped_values_are_listed_once_and_those_of_a_person_hidden(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet")
    odd = pl.Series(["9434765919", "Blau", "blau ", "  "] * (frame.height // 4 + 1))[: frame.height]
    frame.with_columns(odd.alias("Gender")).write_parquet(tmp_path / "events.parquet")
    steps = tmp_path / "steps"
    code, _, said = run(
        "process",
        *JOINED,
        *EVENTS,
        "--events",
        tmp_path / "events.parquet",
        "--out",
        tmp_path / "m.csv",
        "--steps",
        steps,
    )
    assert code == 0, said
    listed = read(steps / "unmapped.csv").filter(pl.col("field") == "gender")["raw"].str.strip_chars_end()
    assert sorted(listed.str.to_lowercase()) == ["(hidden)", "blau"]
    assert "1 of these looks like details of a person" in said


def test_dates_that_no_calendar_has_are_printed_as_text(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet").with_columns(pl.lit(None).cast(pl.Date).alias("Reporting_Period_End_Date"))
    frame.write_parquet(tmp_path / "raw.parquet")
    import duckdb

    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT * REPLACE (TIMESTAMP '290000-01-01' AS ImportDate, DATE '20000-01-01' AS "
            f"Reporting_Period_End_Date) FROM '{tmp_path / 'raw.parquet'}') TO '{tmp_path / 'events.parquet'}'"
        )
    arguments = ("--events", tmp_path / "events.parquet", "--out", tmp_path / "m.csv", "--basis", "stated", "--explain")
    code, printed, said = run("process", *SINGLE, *arguments)
    assert code == 1, said
    assert "290000-01-01" in printed
    assert "20000-01-01" in printed


def test_a_folder_for_steps_that_cannot_be_made_is_told_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for steps in (tmp_path / "file", tmp_path / "file" / "steps"):
        code, _, said = run("process", *SINGLE, *EVENTS, "--out", tmp_path / "m.csv", "--steps", steps)
        assert (code, "folder for the steps cannot be made" in said) == (2, True)
    code, _, _ = run(
        "process", *SINGLE, "--events", "nowhere.csv", "--out", tmp_path / "m.csv", "--steps", tmp_path / "a" / "b"
    )
    assert code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("items", "wanted"), [("nowhere.csv", "nowhere.csv"), ("CLD_Raw.parquet", "cond_la_code")])
def test_a_data_quality_table_that_does_not_fit_is_told_first(
    run: Run, tmp_path: Path, items: str, wanted: str
) -> None:
    outputs = ("--out", tmp_path / "m.csv", "--dq-values", tmp_path / "dq.csv")
    code, _, said = run("process", *SINGLE, *EVENTS, *outputs, "--dq-items", SMALL / items)
    assert (code, wanted in said) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register that holds one accepted submission of Knowsley, April 2025 to March 2026."""
    from asccld.privacy import PseudonymKey
    from asccld.submissions import Register

    folder = tmp_path_factory.mktemp("register") / "store"
    with Register.open(folder, create=True) as register:
        received = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
        key = PseudonymKey.generate()
        receipt = register.add(ROOT / "examples" / "submission-clean.csv", key=key, received=received)
        assert receipt.accepted
    return folder


def test_a_register_is_processed(run: Run, store: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.parquet"
    code, _, said = run("process", *SINGLE, "--store", store, "--out", out)
    assert code == 0, said
    assert "events of 1 council\n" in said
    assert read(out)["la_name"].unique().to_list() == ["Knowsley"]


def test_before_anything_was_received_there_is_nothing_to_process(run: Run, store: Path, tmp_path: Path) -> None:
    code, _, said = run("process", *SINGLE, "--store", store, "--out", tmp_path / "m.csv", "--as-of", "2026-04-01")
    assert (code, "no accepted submission that was received by then" in said) == (1, True)


def test_a_withdrawn_submission_serves_nothing(run: Run, store: Path, tmp_path: Path) -> None:
    from asccld.submissions import Register

    with Register.open(store) as register:
        register.withdraw(1, "wrong file")
    code, printed, _ = run("process", *SINGLE, "--store", store, "--out", tmp_path / "m.csv")
    assert code == 1
    assert "withdrawn, or excluded for known faults" in printed
    with Register.open(store) as register:
        register.restore(1)


def test_nothing_is_written_into_the_register(run: Run, store: Path) -> None:
    code, _, said = run("process", *SINGLE, "--store", store, "--out", store / "m.csv")
    assert (code, "would replace the register" in said) == (2, True)


def test_a_file_that_is_damaged_within_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    whole = (SMALL / "CLD_Raw.parquet").read_bytes()
    (folder / "sound.parquet").write_bytes(whole)
    (folder / "broken.parquet").write_bytes(whole[:4] + b"\xaa" * 3000 + whole[3004:])
    code, _, said = run("process", *SINGLE, "--events", folder, "--out", tmp_path / "m.csv")
    assert (code, "broken.parquet" in said, "sound.parquet" in said) == (2, True, False)


def test_blank_record_ids_are_called_blank(run: Run, tmp_path: Path) -> None:
    frame = read(SMALL / "CLD_Raw.parquet").with_columns(pl.lit(None).alias("Der_Unique_Record_ID"))
    frame.write_parquet(tmp_path / "events.parquet")
    code, _, said = run("process", *SINGLE, "--events", tmp_path / "events.parquet", "--out", tmp_path / "m.csv")
    assert (code, "der_unique_record_id is blank in every row" in said) == (2, True)


def test_what_is_not_as_usual_is_said(run: Run, tmp_path: Path) -> None:
    more = ("--end", "2026-02-28", "--option", "late_quarter=robust", "--out", tmp_path / "m.csv")
    code, _, said = run("process", *JOINED, *EVENTS, *more)
    assert code == 0
    assert "the joined table goes up to 2025-12-31" in said
    assert "Made with late_quarter=robust: figures of it are not comparable" in said
    assert "reference tables taken from the folder: REF_Accommodation_Status_Mapping.csv" in said
