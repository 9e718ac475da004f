"""The worked examples of mapping: from made-up extracts of each system to a submission that is accepted."""

import importlib.util
from pathlib import Path

import polars as pl
import psycopg
import pytest

from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.report import Report
from asccld.intake.mapping.running import map_extracts
from asccld.standard import load_standard
from asccld.synthetic import SYSTEMS, make_councils, write_extracts
from asccld.validation import validate
from intake.mapping.commands import run
from repository.files import ROOT

EXAMPLES = ROOT / "examples" / "mappings"
PERSON, REFERENCE = "LA Person Unique Identifier", "Event Reference"


def mapped(mapping: Path, out: Path | None) -> Report:
    return map_extracts(prove(read_mapping(mapping), load_standard()), out)


def rows(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).sort(PERSON, REFERENCE)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_example_becomes_a_submission_that_is_accepted(system: str, tmp_path: Path) -> None:
    """As its README says it: two commands, the first without a finding, the second ends ACCEPTED."""
    out = tmp_path / "submission.csv"
    mapping = str(EXAMPLES / system / "mapping.toml")
    first = run(tmp_path, "map", "--mapping", mapping, "--out", str(out))
    assert (first.returncode, "0 findings" in first.stderr) == (0, True), first.stderr
    second = run(tmp_path, "validate", str(out))
    assert (second.returncode, second.stdout.splitlines()[0]) == (0, "ACCEPTED  submission.csv")
    assert read_mapping(Path(mapping)).fingerprint in second.stdout


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_mapping_makes_exactly_the_submission_behind_the_extracts(system: str, tmp_path: Path) -> None:
    """Cell for cell, on a council large enough to have every local word."""
    submission = next(iter(make_councils(people=2500, seed=3)))
    write_extracts(tmp_path, system, submission)
    result = mapped(tmp_path / "mapping.toml", tmp_path / "submission.csv")
    assert result.findings.rows() == []
    submission.frame.write_csv(tmp_path / "truth.csv")
    assert rows(tmp_path / "submission.csv").equals(rows(tmp_path / "truth.csv"))
    assert validate(tmp_path / "submission.csv", received=submission.received).verdict == "ACCEPTED"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_row_that_does_not_belong_is_left_out_for_its_reason(system: str, tmp_path: Path) -> None:
    from asccld.synthetic.local_tables import tables_of

    submission = next(iter(make_councils(people=400)))
    events = tables_of(submission).events
    write_extracts(tmp_path, system, submission)
    result = mapped(tmp_path / "mapping.toml", None)
    told = result.extracts.filter(pl.col("use") == "events").select(pl.col("rows_left_out").sum()).item()
    assert told == events["left_out"].count()
    lines = result.extracts.select(pl.col("rows_in") == pl.col("rows_out") + pl.col("rows_left_out")).to_series()
    assert lines.all()


NEW_CODES = {
    "mosaic": ("services.csv", "ELEMENT", "HC", "HC-NEW", "services"),
    "liquidlogic": ("provisions.csv", "Personal Budget Type", "Direct Payment", "DP Card", "provisions"),
    "eclipse": ("enquiries.csv", "accessRoute", "Community", "Community hub", "enquiries"),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_changed_code_list_is_caught_with_counts(system: str, tmp_path: Path) -> None:
    """Somebody renames a code in the system: the check says which, where, and in how many rows."""
    file, column, old, new, extract = NEW_CODES[system]
    write_extracts(tmp_path, system, next(iter(make_councils(people=400))))
    separator = "|" if system == "liquidlogic" else ","
    table = pl.read_csv(tmp_path / file, separator=separator, infer_schema=False)
    table.with_columns(pl.col(column).replace({old: new})).write_csv(tmp_path / file, separator=separator)

    done = run(tmp_path, "map", "check", "--mapping", "mapping.toml")
    assert done.returncode == 1
    (finding,) = mapped(tmp_path / "mapping.toml", None).findings.iter_rows(named=True)
    assert (finding["kind"], finding["extract"], finding["column"], finding["local"]) == (
        "unmapped",
        extract,
        column,
        new,
    )
    assert 0 < finding["rows"] <= table.filter(pl.col(column) == old).height
    assert f"'{new}'" in done.stdout
    assert f"{finding['rows']}" in done.stdout
    result = mapped(tmp_path / "mapping.toml", tmp_path / "submission.csv")
    kept = pl.read_csv(tmp_path / "submission.csv", infer_schema=False)
    in_file = kept.select((pl.all() == new).sum()).transpose().to_series().max()
    assert in_file == finding["rows"], "the local word stays, so that the validation finds it too"
    assert result.findings.height == 1


# ---------------------------------------------------------------- the same from a database


@pytest.fixture
def warehouse(postgres_url: str, tmp_path: Path) -> str:
    """The extracts of the example as typed tables of a PostgreSQL database."""
    submission = next(iter(make_councils(people=300)))
    write_extracts(tmp_path, "eclipse", submission)
    submission.frame.write_csv(tmp_path / "truth.csv")
    with psycopg.connect(postgres_url, autocommit=True) as con:
        for path in sorted(p for p in tmp_path.iterdir() if (tmp_path / "sql" / f"{p.stem}.sql").exists()):
            typed = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
            days = [c for c in typed.columns if "Date" in c or c == "dateOfBirth"]
            texts = [c for c in days if typed.schema[c] == pl.String]
            typed = typed.with_columns(pl.col(texts).str.slice(0, 10).str.to_date())
            columns = ", ".join(f'"{c}" {"date" if c in days else "text"}' for c in typed.columns)
            name = path.stem.replace("-", "_")
            con.execute(f"CREATE TABLE {name} ({columns})".encode())
            with con.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
                for row in typed.iter_rows():
                    copy.write_row(row)
    return postgres_url


def from_database(mapping: Path, url: str) -> Path:
    """The mapping with a SELECT in place of each file, as the how-to says it."""
    text = mapping.read_text(encoding="utf-8")
    for sql in sorted((mapping.parent / "sql").iterdir()):
        for suffix in (".csv", ".parquet"):
            old = f'file = "{sql.stem}{suffix}"'
            text = text.replace(old, f'sql = "sql/{sql.name}"\ndatabase = "warehouse"')
    assert "\nfile = " not in text.split("[codes.services]")[0]
    other = mapping.with_name("mapping-database.toml")
    other.write_text(f'{text}\n[database.warehouse]\nurl = "{url}"\n', encoding="utf-8")
    return other


def test_a_database_gives_the_same_submission_as_its_extracts(warehouse: str, tmp_path: Path) -> None:
    mapping = from_database(tmp_path / "mapping.toml", warehouse)
    result = mapped(mapping, tmp_path / "submission.csv")
    assert result.findings.rows() == []
    assert rows(tmp_path / "submission.csv").equals(rows(tmp_path / "truth.csv"))


def test_a_database_that_is_down_leaves_the_submission_of_yesterday_alone(tmp_path: Path) -> None:
    from servers import free_port

    write_extracts(tmp_path, "eclipse", next(iter(make_councils(people=60))))
    mapping = from_database(tmp_path / "mapping.toml", f"postgresql://asccld@127.0.0.1:{free_port()}/case")
    (tmp_path / "submission.csv").write_text("yesterday", encoding="utf-8")
    before = sorted(p.name for p in tmp_path.iterdir())
    done = run(tmp_path, "map", "--mapping", mapping.name, "--out", "submission.csv")
    assert done.returncode == 2
    assert done.stderr.count("The database cannot be reached") == 1, "asked once, not for every extract"
    assert "Traceback" not in done.stderr
    assert (tmp_path / "submission.csv").read_text(encoding="utf-8") == "yesterday"
    assert sorted(p.name for p in tmp_path.iterdir()) == before


# ---------------------------------------------------------------- what stands in the repository


def test_the_examples_are_as_the_program_makes_them(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_examples", ROOT / "examples" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "mappings").mkdir()
    module.make(tmp_path)
    made = {p.relative_to(tmp_path / "mappings") for p in (tmp_path / "mappings").rglob("*") if p.is_file()}
    kept = {p.relative_to(EXAMPLES) for p in EXAMPLES.rglob("*") if p.is_file() and p.name != "README.md"}
    assert made == kept, "run: python examples/make.py"
    texts = [p for p in made if p.suffix not in {".xlsx", ".parquet"}]
    stale = [
        p
        for p in texts
        if (tmp_path / "mappings" / p).read_bytes() != (EXAMPLES / p).read_bytes().replace(b"\r\n", b"\n")
    ]
    assert stale == [], "run: python examples/make.py"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_example_says_that_its_codes_are_invented(system: str) -> None:
    assert "INVENTED" in (EXAMPLES / system / "mapping.toml").read_text(encoding="utf-8")
    readme = (EXAMPLES / system / "README.md").read_text(encoding="utf-8")
    assert "invented" in readme
    assert "asccld map --mapping" in readme
