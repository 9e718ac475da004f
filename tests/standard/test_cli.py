"""`asccld standard` as people type it: data on stdout, talk on stderr, one line for every fault."""

import csv
import json
import re
from pathlib import Path

import pytest
from icalendar import Calendar
from typer.main import get_command
from typer.testing import CliRunner, Result

from asccld.cli.standard import standard_app
from asccld.errors import AsccldError
from asccld.standard import load_standard
from standard.workbooks import HEADER, Sheet, map_rows, workbook

STANDARD = load_standard()
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "standard.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a settings file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(*arguments: str | Path) -> Result:
    return CliRunner().invoke(standard_app, [str(a) for a in arguments])


def run(*arguments: str | Path) -> Result:
    result = ran(*arguments)
    assert result.exception is None, result.exception
    assert result.exit_code == 0
    return result


def refused(*arguments: str | Path) -> str:
    result = ran(*arguments)
    assert isinstance(result.exception, AsccldError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def as_json(*arguments: str | Path) -> list[dict[str, str]]:
    return json.loads(run(*arguments, "--json").stdout)


def test_releases_are_listed_first() -> None:
    lines = run("list").stdout.splitlines()
    assert lines[0].split() == ["release", "title", "valid_from", "valid_to", "items", "lists", "confidence"]
    assert [line.split()[0] for line in lines[1:]] == ["v5", "r1", "r2"]


@pytest.mark.parametrize("what", ["items", "lists", "values", "councils", "hierarchies"])
def test_everything_can_be_listed(what: str) -> None:
    whole = as_json("list", what)
    assert whole
    narrowed = as_json("list", what, "--release", "r2")
    assert all(row in whole for row in narrowed)
    assert {row.get("release", "r2") for row in narrowed} <= {"r2"}


def test_gaps_name_all_that_is_not_confirmed() -> None:
    rows = as_json("list", "--gaps")
    assert {r["confidence"] for r in rows} == {"inferred", "gap"}
    assert {r["kind"] for r in rows} == {"item", "conditions", "list", "value", "mapping", "council"}
    assert [r for r in rows if r["subject"] == "Total Hrs Caring per week" and r["kind"] == "list"]
    assert {r["release"] for r in as_json("list", "--gaps", "--release", "r2")} == {"r2", ""}


@pytest.mark.parametrize("name", ["Request: Route of Access", "Request_Route_of_Access", "request_route_of_access"])
def test_an_item_is_found_by_each_of_its_names(name: str) -> None:
    shown = run("show", name).stdout
    for told in ("Header", "Mandatory", "Event Type begins with 'Request'", "Community or other route", "r1 to r2"):
        assert told in shown
    assert "Changed (capitalisation only)" in shown


def test_an_item_of_an_earlier_release_is_found() -> None:
    assert "v5: Specification" in run("show", "Full Cost Client").stdout
    assert "Client Type" in refused("show", "Client Typo", "--release", "r2")
    assert "v5 to r1" in run("show", "gender", "--release", "r1").stdout


def test_a_council_is_found_by_code_and_name() -> None:
    assert run("show", "503").stdout == run("show", "lincolnshire").stdout
    assert "East Midlands" in run("show", "503").stdout


def test_near_names_are_offered() -> None:
    assert "Did you mean Client Funding Status" in refused("show", "client fundng status")
    assert "asccld standard list items" in refused("show", "zzzzzz")


def test_diff_says_when_a_change_can_take_effect() -> None:
    rows = as_json("diff", "r1", "r2", "--announced", "31/01/2025")
    assert {r["earliest_effect"] for r in rows} == {"2025-02-28"}
    assert "141 changes from r1 to r2: 0 major, 141 minor" in run("diff", "r1", "r2").stderr
    both = run("diff", "v5", "r1", "--announced", "2023-01-31")
    assert "A major change announced on 2023-01-31 can take effect on 2023-04-30" in both.stderr
    assert "earliest" not in run("diff", "r1", "r2").stdout
    assert "asccld standard diff r1 r2" in refused("diff", "r2", "r1")


def test_export_prints_what_it_wrote(tmp_path: Path) -> None:
    paths = run("export", "out", "--release", "r2").stdout.split()
    assert all(Path(p).is_file() for p in paths)
    assert len(as_json("export", "out")) > len(paths)
    assert "Use one of: v5, r1, r2" in refused("export", "out", "--release", "r7")


def test_adopt_shows_the_difference_and_then_writes(tmp_path: Path) -> None:
    rows = map_rows(STANDARD)
    for row in rows:
        if row[2] == "Transfer from other local authority":
            row[2:] = ["Transfer from other Local Authority", None]
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows]))
    dry = run("adopt", source, "--dry-run")
    assert "Transfer from other Local Authority" in dry.stdout
    assert "nothing was written" in dry.stderr
    assert "as we had it, now confirmed: --all shows them" in dry.stderr
    (shown,) = [r for r in as_json("adopt", source, "--dry-run") if r["entry"] == "spelling"]
    assert shown["value"] == shown["ours"] == "Transfer from other local authority"
    assert "--out DIR" in refused("adopt", source)
    wet = run("adopt", source, "--out", "ours")
    assert wet.stdout == dry.stdout
    assert "Use it with: --standard ours" in wet.stderr
    assert "Nothing to adopt" in run("adopt", source, "--out", "ours").stderr
    whole = as_json("adopt", source, "--dry-run", "--all")
    assert {r["outcome"] for r in whole} == {"adopted", "nothing to do"}
    for extra in (["--standard", "ours"], ["--settings", "s.toml"]):
        Path("s.toml").write_text('standard = "ours"\n', encoding="utf-8")
        used = run("show", "Request: Route of Access", *extra)
        assert "Transfer from other Local Authority" in used.stdout
        assert "with 1 local adoption" in used.stderr
    Path("asccld.toml").write_text('standard = "ours"\n', encoding="utf-8")
    assert "local adoption" in run("list").stderr


def test_adopt_tells_conflicts(tmp_path: Path) -> None:
    rows = [["Event Outcome", "NFA - Deceased", "NFA: Died", "Changed"], *map_rows(STANDARD, ["Gender"])]
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows]))
    told = run("adopt", source, "--dry-run")
    assert "kept ours: confirmed" in told.stdout
    assert "--replace-confirmed" in told.stderr
    assert "kept ours" not in run("adopt", source, "--dry-run", "--replace-confirmed").stdout


def test_what_was_read_with_caution_is_a_note(tmp_path: Path) -> None:
    rows = map_rows(STANDARD, ["Event Outcome"])[:3]
    source = workbook(tmp_path / "map.xlsx", Sheet("Map", [HEADER, *rows]))
    told = run("adopt", source, "--dry-run").stderr
    assert "most of our values are not named" in told
    assert all(line.startswith("Note: ") for line in told.splitlines() if "most of our values" in line)


def test_calendar_prints_and_writes(tmp_path: Path) -> None:
    result = run("calendar", "2026-07-20", "--next", "4", "--ics", "due.ics")
    assert [line.split()[-2] for line in result.stdout.splitlines()[1:]] == [
        "2026-07-31", "2026-10-31", "2027-01-31", "2027-04-30",
    ]  # fmt: skip
    content = Path("due.ics").read_bytes()
    assert b"\r\n" in content
    assert len(Calendar.from_ical(content).walk("VEVENT")) == 4
    run("calendar", "20/07/2026", "--next", "4", "--ics", "again.ics")
    assert Path("again.ics").read_bytes() == content
    assert as_json("calendar", "2026-07-20", "--covers", "any")[0]["period_start"] == "any"
    assert "Write it like 2026-07-31" in refused("calendar", "soon")


@pytest.mark.parametrize("name", ["asccld.toml", "notes.txt", "wrong.ics", "folder"])
def test_a_calendar_replaces_nothing_but_a_calendar(name: str) -> None:
    Path("folder").mkdir()
    for file in ("notes.txt", "wrong.ics"):
        Path(file).write_text("mine", encoding="utf-8")
    Path("asccld.toml").write_text("", encoding="utf-8")
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    assert name in refused("calendar", "2026-07-20", "--ics", name)
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before
    run("calendar", "2026-07-20", "--ics", "due.ics")
    run("calendar", "2026-07-20", "--next", "2", "--ics", "due.ics")
    assert len(Calendar.from_ical(Path("due.ics").read_bytes()).walk("VEVENT")) == 2


@pytest.mark.parametrize("command", sorted(get_command(standard_app).commands))  # type: ignore[attr-defined]
def test_every_command_takes_the_two_options_that_choose_the_standard(command: str) -> None:
    names = [o for p in get_command(standard_app).commands[command].params for o in p.opts]  # type: ignore[attr-defined]
    assert names[-2:] == ["--standard", "--settings"]


def test_a_terminal_gets_a_drawn_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from asccld.cli import tabular

    monkeypatch.setattr(tabular.sys.stdout, "isatty", lambda: True, raising=False)
    tabular.show_table(("name", "value"), [("[red]x", 1)], as_json=False, title="Title")
    shown = capsys.readouterr().out
    assert "[red]x" in shown
    assert "│" in shown


# ---------------------------------------------------------------- documentation


COMMANDS = sorted(get_command(standard_app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_runs_as_written(command: str) -> None:
    text = " ".join(run(command, "--help").stdout.split())
    assert f"Example: asccld standard {command}" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_on_the_reference_page(command: str) -> None:
    assert f"### `asccld standard {command}" in PAGE
    section = PAGE.split(f"### `asccld standard {command}")[1].split("\n### ")[0]
    options = set(re.findall(r"(?<![\w-])--[a-z-]+", run(command, "--help").stdout)) - {
        "--help",
        "--no-replace-confirmed",
    }
    common = {"--standard", "--settings", "--json"}
    assert {o for o in options - common if f"`{o}" not in section} == set()
    assert all(f"`{o}" in PAGE for o in common)


def test_every_item_is_on_the_reference_page_as_it_is() -> None:
    """When this fails after a change of the data, put the line it asks for on the page."""
    for name in dict.fromkeys(f.name for r in STANDARD.releases.values() for f in r.fields):
        having = [r for r in STANDARD.releases.values() if name in r.by_name]
        f = having[-1].by_name[name]
        ids = ", ".join(r.id for r in having)
        assert f"| `{name}` | {f.header} | {f.type} | {f.format} | {f.defined_list} | {ids} |" in PAGE


def test_every_column_of_the_data_is_on_the_reference_page() -> None:
    from asccld.standard.loader import DATA

    columns: set[str] = set()
    for path in DATA.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            columns |= set(next(csv.reader(handle)))
    assert {c for c in columns if f"`{c}`" not in PAGE} == set()
