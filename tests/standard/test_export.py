"""What is exported is what other tools accept, and says no more than we know."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from frictionless import Resource, Schema
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from playwright.sync_api import Page

from asccld.errors import AsccldError
from asccld.standard import DefinedList, Release, Value, load_standard
from asccld.standard.adopt import AdoptionOptions, adopt
from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test, parse
from asccld.standard.export import export
from asccld.standard.json_conditions import Inexpressible, when_false, when_true
from asccld.standard.schemas import json_schema, table_schema

STANDARD = load_standard()
R2 = STANDARD.releases["r2"]
RELEASES = list(STANDARD.releases.values())

SERVICE = {
    "LA Code": "503",
    "Reporting Period Start Date": "01/10/2024",
    "Reporting Period End Date": "30/09/2025",
    "NHS Number": "9000000009",
    "LA Person Unique Identifier": "P1",
    "Gender": "Female",
    "Ethnicity": "White: Irish",
    "Date of Birth": "01/02/1950",
    "Client Type": "Service user",
    "Primary Support Reason": "Unknown",
    "Postcode": "LN1 1AA",
    "Accommodation Status": "Tenant: Private landlord",
    "Has Unpaid Carer": "No",
    "Client Funding Status": "Unknown",
    "Event Type": "Service",
    "Event Start Date": "01/11/2024",
    "Event Outcome": "Continuation of support or services",
    "Service Type": "Short term support: Other short term",
    "Service Component": "Reablement",
}


def faults(row: dict[str, str | None], release: Release = R2) -> set[str]:
    errors = Draft202012Validator(json_schema(release)).iter_errors(row)
    return {e.message for e in errors}


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.id)
def test_schemas_are_valid(tmp_path: Path, release: Release) -> None:
    Draft202012Validator.check_schema(json_schema(release))
    schema = Schema.from_descriptor(table_schema(release))
    assert schema.field_names == list(release.headers.values())
    assert schema.missing_values == ["", "NULL"]


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.id)
def test_only_confirmed_and_complete_lists_are_constraints(release: Release) -> None:
    table = {f["name"]: f for f in table_schema(release)["fields"]}
    rows = json_schema(release)["properties"]
    for field in release.fields:
        found = release.list_of(field.name)
        closed = found is not None and found.confidence == "confirmed" and found.complete
        assert ("enum" in table[field.header].get("constraints", {})) == closed
        assert ("enum" in rows[field.header]) == closed
        if found and not closed:
            assert table[field.header]["asccld:values"] == list(found.texts)
            assert rows[field.header]["x-asccld-values"] == list(found.texts)


def test_a_good_row_passes_and_faults_are_told() -> None:
    assert faults({**SERVICE}) == set()
    assert faults({**SERVICE, "Gender": "Unheard of"})
    assert faults({**SERVICE, "Gender": "female"})  # an exact list: the allowed value is spelt with a capital
    assert faults({**SERVICE, "Shoe Size": "7"})
    assert faults({**SERVICE, "Event Start Date": "2024-11-01"})
    assert faults({**SERVICE, "NHS Number": " "})
    assert faults({k: v for k, v in SERVICE.items() if k != "Postcode"})
    # Blank, null and absent are one.
    assert faults({**SERVICE, "Date of Death": "", "Unit Cost": None}) == set()


def test_conditional_parts() -> None:
    # An open service may end later; with a death it must have ended.
    assert faults({**SERVICE, "Date of Death": "01/12/2024"})
    assert faults({**SERVICE, "Date of Death": "01/12/2024", "Event End Date": "01/12/2024"}) == set()
    # Long term support costs money, unless the council commissions it. Case does not matter.
    costed = {**SERVICE, "Service Type": "LONG TERM SUPPORT: COMMUNITY ", "Delivery Mechanism": "Direct payment"}
    assert faults({**costed, "Service Type": "Long term support: Community"})
    commissioned = {**costed, "Service Type": "Long term support: Community"}
    commissioned["Delivery Mechanism"] = "CASSR commissioned support"
    assert faults({**commissioned}) == set()
    # A blank delivery mechanism leaves the condition undecided: nothing is demanded.
    assert faults({**SERVICE, "Service Type": "Long term support: Community"}) == set()
    # Linked carers carry no event.
    linked = {k: v for k, v in SERVICE.items() if not k.startswith(("Event", "Service", "Client F"))}
    assert faults({**linked, "Client Type": "Unpaid carer known by association"}) == set()


def test_what_a_row_cannot_decide_is_named() -> None:
    (left_out,) = json_schema(R2)["x-asccld-not-expressed"]
    assert left_out["headers"] == ["Employment Status"]
    assert "age_at_period_end" in left_out["reason"]


HEADERS = {"a": "A", "b": "B"}
CONDITIONS = [
    "a = 'x.y'", "a <> 'x.y'", "a starts 'x'", "a contains '.'", "a in ('x.y', 'z')", "a present", "a blank",
    "not (a = 'x.y')", "a not starts 'x'", "a = 'x.y' and b = 'z'", "a = 'x.y' or b <> 'z'",
    "not (a = 'z' and b = 'z')",
    "not (a = 'z' or b starts 'Z')", "always", "never", "not (never)", "a not present or b = 'z'",
]  # fmt: skip


def truth(condition: Condition, row: dict[str, str]) -> bool | None:
    """Kleene's logic, as the national database has it: a reading of the language that knows nothing of JSON Schema."""
    match condition:
        case Constant(value):
            return value
        case Not(operand):
            inner = truth(operand, row)
            return None if inner is None else not inner
        case Both(operands):
            values = [truth(o, row) for o in operands]
            return False if False in values else (None if None in values else True)
        case Either(operands):
            values = [truth(o, row) for o in operands]
            return True if True in values else (None if None in values else False)
        case Test():
            return truth_of_test(condition, row)


def truth_of_test(test: Test, row: dict[str, str]) -> bool | None:
    text = row.get(test.column, "").rstrip(" ").lower()
    operands = [o.lower() for o in test.operands]
    if test.operator in ("present", "blank"):
        return bool(text) == (test.operator == "present")
    if not text:
        return None
    checks: dict[str, Callable[[], bool]] = {
        "=": lambda: text == operands[0],
        "<>": lambda: text != operands[0],
        "in": lambda: text in operands,
        "starts": lambda: text.startswith(operands[0]),
        "contains": lambda: operands[0] in text,
    }
    return checks[test.operator]()


cells = st.sampled_from(["", "x.y", "X.Y ", "xzy", "z", "Z", " ", "x"])


@given(st.sampled_from(CONDITIONS), st.fixed_dictionaries({}, optional={"a": cells, "b": cells}))
def test_conditions_in_json_schema_mean_what_they_mean(condition: str, row: dict[str, str]) -> None:
    tree = parse(condition)
    instance = {HEADERS[k]: v for k, v in row.items()}
    meaning = truth(tree, row)
    assert Draft202012Validator(when_true(tree, HEADERS)).is_valid(instance) == (meaning is True)
    assert Draft202012Validator(when_false(tree, HEADERS)).is_valid(instance) == (meaning is False)


@pytest.mark.parametrize("condition", ["a between 1 and 2", "not (c = 'x')"])
def test_what_json_schema_cannot_say(condition: str) -> None:
    with pytest.raises(Inexpressible):
        when_true(parse(condition), HEADERS)


def test_a_submission_file_passes_the_table_schema(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(R2.headers.values()))
        writer.writeheader()
        writer.writerow(SERVICE)
    schema = Schema.from_descriptor(table_schema(R2))
    report = Resource(path=path.name, basepath=str(tmp_path), schema=schema).validate()
    assert report.valid, report.flatten(["type", "fieldName", "note"])


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.id)
def test_every_file_is_written(tmp_path: Path, release: Release) -> None:
    paths = export(STANDARD, release, tmp_path / "new" / "folder")
    names = {"table-schema.json", "schema.json", "fields.csv", "values.csv", "hierarchies.csv", "html", "md"}
    names |= {"release-map.csv"} if release.previous else set()
    assert {p.name for p in paths} == {f"{release.id}.{n}" for n in names} | {"councils.csv"}
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(p.name for p in paths)
    for path in paths:
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as handle:
                assert len({len(row) for row in csv.reader(handle, strict=True)}) == 1
    assert export(STANDARD, release, tmp_path / "new" / "folder") == paths


def test_tables_hold_every_entry(tmp_path: Path) -> None:
    export(STANDARD, R2, tmp_path)

    def rows(name: str) -> list[dict[str, str]]:
        with (tmp_path / name).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    assert [r["header"] for r in rows("r2.fields.csv")] == list(R2.headers.values())
    assert [r["value"] for r in rows("r2.values.csv")] == [t for v in R2.lists.values() for t in v.texts]
    assert len(rows("r2.release-map.csv")) == len(R2.mappings)
    assert {r["Comparison"] for r in rows("r2.release-map.csv")} == {
        "No change", "Changed", "Changed (capitalisation only)", "Not mapped", "New",
    }  # fmt: skip
    assert len(rows("councils.csv")) == len(STANDARD.councils)


def test_the_exported_map_can_be_adopted_again(tmp_path: Path) -> None:
    export(STANDARD, R2, tmp_path)
    report = adopt(tmp_path / "r2.release-map.csv", None, STANDARD, AdoptionOptions(dry_run=True))
    assert {d.kind for d in report.differences} == {"equal", "mapping equal"}


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AsccldError, match="cannot be written"):
        export(STANDARD, R2, tmp_path / "file")
    (tmp_path / "out" / "r2.fields.csv").mkdir(parents=True)
    with pytest.raises(AsccldError, match=r"cannot be written.*r2\.fields\.csv"):
        export(STANDARD, R2, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir() if p.name.startswith(".")] == []


# ---------------------------------------------------------------- the page


@pytest.mark.browser
@pytest.mark.parametrize("release", RELEASES, ids=lambda r: r.id)
def test_the_dictionary_page_is_accessible_and_fetches_nothing(
    tmp_path: Path, page: Page, fetched: list[str], accessibility_faults: Callable[[Page], list[str]], release: Release
) -> None:
    export(STANDARD, release, tmp_path)
    page.goto((tmp_path / f"{release.id}.html").as_uri())
    assert accessibility_faults(page) == []
    assert fetched == []
    assert page.locator("section.item").count() == len(release.fields)
    # Each entry shows how sure it is.
    assert page.locator("section.item h3 .tag").count() == len(release.fields)
    links = page.locator("nav a").evaluate_all("all => all.filter(a => !document.querySelector(a.hash)).length")
    assert links == 0


def test_the_page_escapes_what_an_overlay_brings(tmp_path: Path) -> None:
    gender = R2.lists["Gender"]
    odd = Value("<b>|x</b>", 1, "", "confirmed", "", "")
    lists = {**R2.lists, "Gender": DefinedList("Gender", (odd,), gender.confidence, complete=True, note="")}
    export(STANDARD, replace(R2, lists=lists), tmp_path)
    assert "&lt;b&gt;|x&lt;/b&gt;" in (tmp_path / "r2.html").read_text(encoding="utf-8")
    assert "&lt;b>\\|x&lt;/b>" in (tmp_path / "r2.md").read_text(encoding="utf-8")
