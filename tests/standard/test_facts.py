"""The product's data against an unchanged copy of the facts they were made from, in both directions.

`tests/facts/` is never edited to make a test pass: where the product knows better, the addition stands below with its
reason.
"""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from asccld.standard import Confidence, Standard, load_standard

FACTS = Path(__file__).resolve().parents[1] / "facts"
STANDARD = load_standard()
RELEASES = list(STANDARD.releases.values())

# Facts that are not entries of a release, with the reason.
NOT_OF_A_RELEASE = {"DHSC-derived"}  # labels of central tables, which no council submits

# Lists of v5 that were never found; Release 1's were borrowed so that a v5 file can be made and checked at all.
BORROWED_FROM_RELEASE_1 = "Release 1 values: the v5 list was not found"

TYPES = {"text/integer": "text", "numeric": "decimal"}


def facts(name: str) -> list[dict[str, str]]:
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def confidence_of(wording: str) -> Confidence:
    """The one of three that a fact's own words amount to."""
    if wording.startswith("gap"):
        return "gap"
    doubtful = any(doubt in wording for doubt in ("secondary", "punctuation inferred", 'may be "'))
    return "confirmed" if wording.startswith("confirmed") and not doubtful else "inferred"


def released(name: str) -> list[dict[str, str]]:
    return [row for row in facts(name) if row["release"] not in NOT_OF_A_RELEASE]


# ---------------------------------------------------------------- values


def fact_values() -> set[tuple[str, str, str, Confidence]]:
    return {
        (row["release"].lower(), row["defined_list"], row["value"], confidence_of(row["confidence"]))
        for row in released("values")
        if not row["confidence"].startswith("gap")
    }


def our_values(*, borrowed: bool) -> set[tuple[str, str, str, Confidence]]:
    return {
        (r.id, found.name, v.value, v.confidence)
        for r in RELEASES
        for found in r.lists.values()
        for v in found.values
        if (found.note == BORROWED_FROM_RELEASE_1) == borrowed
    }


def test_every_value_of_the_facts_is_ours_with_its_confidence() -> None:
    assert fact_values() - our_values(borrowed=False) == set()


def test_every_value_of_ours_is_in_the_facts() -> None:
    assert our_values(borrowed=False) - fact_values() == set()


def test_borrowed_lists_are_those_of_release_1_and_never_sure() -> None:
    r1 = STANDARD.releases["r1"].lists
    borrowed = [v for v in STANDARD.releases["v5"].lists.values() if v.note == BORROWED_FROM_RELEASE_1]
    assert borrowed
    assert {v.name: v.texts for v in borrowed} == {v.name: r1[v.name].texts for v in borrowed}
    assert {v.confidence for found in borrowed for v in found.values} == {"inferred"}


def test_values_keep_the_order_and_the_groups_of_the_facts() -> None:
    for r in RELEASES:
        for name, found in r.lists.items():
            rows = [f for f in released("values") if (f["release"].lower(), f["defined_list"]) == (r.id, name)]
            rows = [f for f in rows if not f["confidence"].startswith("gap")]
            if rows:
                assert [(v.value, v.group) for v in found.values] == [
                    (f["value"], f["group"]) for f in sorted(rows, key=lambda f: int(f["order"]))
                ]


def test_a_list_is_a_gap_exactly_where_the_facts_say_so() -> None:
    said = {(f["release"].lower(), f["defined_list"]) for f in released("values") if f["confidence"].startswith("gap")}
    ours = {(r.id, v.name) for r in RELEASES[1:] for v in r.lists.values() if v.confidence == "gap"}
    assert ours == said


def test_a_list_is_confirmed_only_when_every_value_is() -> None:
    for r in RELEASES:
        for found in r.lists.values():
            sure = bool(found.values) and all(v.confidence == "confirmed" for v in found.values)
            assert found.confidence != "confirmed" or sure, (r.id, found.name)
            assert not found.complete or found.confidence == "confirmed", (r.id, found.name)


# ---------------------------------------------------------------- release map


NEW = re.compile(r"^\((?:none|new in R2)\)$")  # how the facts write that there is no earlier value
Mapping = tuple[str, str, str, str, str, Confidence]

# v5 to Release 1: the facts hold the eight changes that were seen; identity and absence are ours.
OUR_MAP_REASONS = {
    "identity: same wording in both lists",
    "absent from the earlier list",
    "pairing self-evident from the wording",
}


def fact_mappings() -> set[Mapping]:
    return {
        (
            row["defined_list"], row["from_release"].lower(), NEW.sub("", row["from_value"]), row["to_release"].lower(),
            row["to_value"], confidence_of(row["confidence"]),
        )
        for row in facts("release_map")
    }  # fmt: skip


def our_mappings() -> dict[Mapping, str]:
    return {
        (m.defined_list, m.from_release, m.from_value or "", m.to_release, m.to_value or "", m.confidence): m.source
        for r in RELEASES
        for m in r.mappings
    }


def test_every_mapping_of_the_facts_is_ours_with_its_confidence() -> None:
    assert fact_mappings() - our_mappings().keys() == set()


def test_every_mapping_of_ours_is_in_the_facts_or_has_a_reason() -> None:
    more = {m: why for m, why in our_mappings().items() if m not in fact_mappings()}
    assert {m for m, why in more.items() if not why.startswith(tuple(OUR_MAP_REASONS))} == set()
    assert {m[5] for m in more} == {"inferred"}


# ---------------------------------------------------------------- fields


def test_fields_are_those_of_the_facts_in_their_order() -> None:
    for r in RELEASES:
        rows = [f for f in facts("fields") if f["release"].lower() == r.id and f["order"]]
        told = [(f["header"], TYPES.get(f["type"], f["type"])) for f in sorted(rows, key=lambda f: int(f["order"]))]
        assert [(f.header, f.type) for f in r.fields] == told


def test_fields_without_a_place_in_the_facts_are_removed() -> None:
    for r in RELEASES:
        told = {f["header"] for f in facts("fields") if f["release"].lower() == r.id and not f["order"]}
        assert told == {
            row["from_field"]
            for row in facts("field_map")
            if row["to_release"].lower() == r.id and row["to_field"] == "(removed)"
        }
        assert told & {f.header for f in r.fields} == set()


def test_fields_have_the_confidence_status_and_list_of_the_facts() -> None:
    rows = {(f["release"].lower(), f["header"]): f for f in facts("fields")}
    for r in RELEASES:
        for field in r.fields:
            row = rows[r.id, field.header]
            assert field.confidence == wording_of_a_field(row["confidence"]), (r.id, field.name)
            assert field.status == row["status"], (r.id, field.name)
            assert field.defined_list == re.sub(r" \(.*\.csv\)$", "", row["defined_list"]), (r.id, field.name)


def wording_of_a_field(wording: str) -> Confidence:
    """`name confirmed in the DQ table` speaks of the item itself."""
    return confidence_of(wording.removeprefix("name "))


def test_items_replaced_are_those_of_the_field_map() -> None:
    headers = {f.name: f.header for r in RELEASES for f in r.fields}
    ours = {
        (r.previous, headers[c.name], r.id, headers[c.replaced_by] if c.replaced_by else "(removed)")
        for r in RELEASES
        for c in r.field_changes
        if c.change == "remove"
    }
    ours |= {
        (r.previous, "(none)", r.id, headers[c.name])
        for r in RELEASES
        for c in r.field_changes
        if c.change == "add" and c.name not in {x.replaced_by for x in r.field_changes}
    }
    told = {
        (row["from_release"].lower(), row["from_field"], row["to_release"].lower(), row["to_field"])
        for row in facts("field_map")
        if "interim version" not in row["from_field"]  # never an item of a release: split before Release 1 came out
    }
    assert ours == told


# ---------------------------------------------------------------- councils, modules, conditions, hierarchies


def test_councils_are_those_of_the_facts() -> None:
    told = {(c["la_code"], c["ons_code"], c["name"], c["region"], c["status"]): c for c in facts("la_codes")}
    ours = {(c.la_code, c.ons_code, c.name, c.region, c.status): c for c in STANDARD.councils}
    assert ours.keys() == told.keys()
    assert {k: c.confidence for k, c in ours.items()} == {k: confidence_of(c["confidence"]) for k, c in told.items()}
    assert Counter(c.status for c in STANDARD.councils) == {"current": 153, "abolished": 2, "pseudo": 1}


def test_modules_and_what_they_show_are_those_of_the_national_table() -> None:
    shown = {"raw submitted value as text": "raw", "(masked) N/A - PID": "masked"}
    ours = [
        (f.module_order, f.module, f.national_name, f.value_shown)
        for f in sorted(STANDARD.latest.fields, key=lambda f: f.module_order or 0)
        if f.module_order
    ]
    told = [(int(d["Order"]), d["Module"], d["DataField"], d["Value_shown"]) for d in facts("dq_fields")]
    assert [(*t[:3],) for t in ours] == [(*t[:3],) for t in told]
    for mine, theirs in zip(ours, told, strict=True):
        assert mine[3] == shown.get(theirs[3], "hidden"), mine


def in_our_notation(condition: str) -> str:
    """The facts' notation as the condition language writes it: a literal change, nothing is interpreted."""
    text = re.sub(r"age at stated period end (\d+)\.\.(\d+)", r"age_at_period_end between \1 and \2", condition)
    pieces = re.split(r"('[^']*')", text)
    for i in range(0, len(pieces), 2):
        piece = pieces[i].lower().replace("does-not-start", "not starts")
        pieces[i] = piece.replace("does-not-contain", "not contains").replace("one-of", "in")
    return "".join(pieces)


@pytest.mark.parametrize(
    "rule", facts("dq_release1_applicability_rules_2024"), ids=lambda rule: str(rule["Field"]).lower()
)
def test_release_1_conditions_are_the_national_ones(rule: dict[str, str]) -> None:
    field = STANDARD.releases["r1"].by_name[rule["Field"].lower()]
    assert field.applicable_when == in_our_notation(rule["Applicable_when"])
    assert field.mandatory_when == in_our_notation(rule["Mandatory_when"])
    assert field.module == rule["Module"]
    assert field.conditions_confidence == "confirmed"


def test_every_release_1_item_outside_the_national_rules_is_never_mandatory() -> None:
    ruled = {rule["Field"].lower() for rule in facts("dq_release1_applicability_rules_2024")}
    others = [f for f in STANDARD.releases["r1"].fields if f.name not in ruled]
    assert {f.name for f in others} == {"first_name", "last_name"}
    assert {(f.mandatory_when, f.conditions_confidence) for f in others} == {("never", "gap")}


@pytest.mark.parametrize(
    ("table", "hierarchy"),
    [("event_outcome_hierarchy_r2", "dhsc-r2"), ("event_outcome_hierarchy_r1_2024", "dhsc-2024-02")],
)
def test_hierarchies_are_those_of_the_facts(table: str, hierarchy: str) -> None:
    told = [(int(h["Event_Outcome_Hierarchy"]), h["Event_Outcome_Spec"].strip()) for h in facts(table)]
    ours = [(h.rank, h.value) for h in STANDARD.hierarchies if h.hierarchy == hierarchy]
    assert ours == told


def test_the_standard_is_loaded_once() -> None:
    assert isinstance(load_standard(), Standard)
    assert load_standard() is load_standard(None)
