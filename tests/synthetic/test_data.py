"""The tables behind the made-up data hold only values of the standard, and say the same as its conditions."""

import itertools

import polars as pl
import pytest

from asccld.identifying.patterns import FORMATS
from asccld.standard import load_standard
from asccld.synthetic.choices import number, rows, settings, word
from asccld.synthetic.identifiers import codes, local_ids, names, nhs_numbers, postcodes, test_numbers
from asccld.synthetic.services import cost_due
from asccld.synthetic.where import holds

STANDARD = load_standard()
LATEST = STANDARD.latest
FIELD_OF = {
    "request_outcome": "event_outcome",
    "assessment_outcome": "event_outcome",
    "review_outcome": "event_outcome",
    "short_service_outcome": "event_outcome",
    "long_service_outcome": "event_outcome",
    "method": "method_of_assessment",
    "review_reason_unplanned": "review_reason",
}
NO_LIST = {"event_description", "total_hrs_caring_per_week"}
ONLY_EARLIER = {("assessment_type", "financial")}
NO_FIELD = {"cost_scope", "registered"}


def texts(field: str) -> tuple[str, ...]:
    found = LATEST.list_of(field)
    assert found is not None, field
    return found.texts


@pytest.mark.parametrize("choice", sorted({r["choice"] for r in rows("choices")} - NO_LIST))
def test_every_choice_is_in_its_defined_list(choice: str) -> None:
    values = {r["value"] for r in rows("choices") if r["choice"] == choice} - {""}
    assert values <= set(texts(FIELD_OF.get(choice, choice)))


def test_every_word_is_in_its_defined_list() -> None:
    lost = [
        (field, name)
        for field, words in settings("words").items()
        if field not in NO_FIELD
        for name, value in words.items()
        if (field, name) not in ONLY_EARLIER and value not in texts(field)
    ]
    assert lost == []


def test_an_earlier_word_is_in_an_earlier_list() -> None:
    found = STANDARD.releases["r1"].list_of("assessment_type")
    assert found is not None
    assert word("assessment_type", "financial") in found.texts


def test_services_and_costs_are_in_their_lists() -> None:
    assert {r["service_type"] for r in rows("services")} <= set(texts("service_type"))
    assert {r["service_component"] for r in rows("services")} <= set(texts("service_component"))
    assert {r["cost_frequency_unit_type"] for r in rows("costs")} <= set(texts("cost_frequency_unit_type"))
    assert {r["service_component"] for r in rows("services")} <= {r["service_component"] for r in rows("costs")}


def test_every_value_of_every_list_is_drawn_somewhere() -> None:
    """Test data that never show a value hide faults in whatever reads it; the exceptions have their reason."""
    seen: dict[str, set[str]] = {}
    for row in rows("choices"):
        seen.setdefault(FIELD_OF.get(row["choice"], row["choice"]), set()).add(row["value"])
    for field in ("service_type", "service_component"):
        seen[field] = {r[field] for r in rows("services")}
    for field, words in settings("words").items():
        if field not in NO_FIELD:
            seen.setdefault(field, set()).update(words.values())
    unseen = {f: sorted(set(texts(f)) - values) for f, values in seen.items() if LATEST.list_of(f) and texts(f)}
    assert {f: values for f, values in unseen.items() if values} == {}


def test_a_cost_is_due_exactly_where_the_standard_asks_for_one() -> None:
    fields = ("service_type", "service_component", "delivery_mechanism")
    every = pl.DataFrame(list(itertools.product(*(texts(f) for f in fields))), schema=list(fields), orient="row")
    every = every.with_columns(event_type=pl.lit(word("event_type", "service")))
    condition = LATEST.by_name["unit_cost"].mandatory_when
    compared = every.select(ours=cost_due(), theirs=holds(condition, every.columns))
    assert compared.filter(pl.col("ours") != pl.col("theirs")).is_empty()


def test_wording_leads_from_a_later_to_an_earlier_list() -> None:
    for row in rows("wording"):
        earlier = STANDARD.releases[row["release"]]
        later = next(r for r in STANDARD.releases.values() if r.previous == earlier.id)
        assert row["value"] in earlier.lists[row["defined_list"]].texts
        if row["later_value"] != word("assessment_type", "financial"):
            assert row["later_value"] in later.lists[row["defined_list"]].texts


def test_every_later_value_has_an_earlier_wording() -> None:
    for later in STANDARD.releases.values():
        for name, found in later.lists.items() if later.previous else ():
            earlier = STANDARD.releases[later.previous or ""]
            if not earlier.lists.get(name) or not earlier.lists[name].texts or name == "Client Type":
                continue
            mapped = {m.to_value for m in later.mappings if m.defined_list == name and m.from_value}
            told = {
                r["later_value"] for r in rows("wording") if r["release"] == earlier.id and r["defined_list"] == name
            }
            only_new = {v for v in found.texts if v not in mapped | told}
            drawn = {r["value"] for r in rows("choices")} | {r["service_component"] for r in rows("services")}
            assert only_new & drawn == set(), (later.id, name)


@pytest.mark.parametrize("kind", ["Female", "Male", "last"])
def test_names_are_a_fair_number_and_unlike(kind: str) -> None:
    assert len(names(kind)) >= 40
    assert names(kind).n_unique() == len(names(kind))


def test_nhs_numbers_are_valid_test_numbers_and_each_only_once() -> None:
    numbers = test_numbers()
    assert len(numbers) > 900_000
    assert numbers.n_unique() == len(numbers)
    assert numbers.str.contains("^999[0-9]{7}$").all()
    weighted = sum(numbers.str.slice(at, 1).cast(pl.Int32) * (10 - at) for at in range(10))
    assert isinstance(weighted, pl.Series)
    assert (weighted % 11 == 0).all()


def test_councils_made_one_after_the_other_share_no_number() -> None:
    people = pl.DataFrame({"person": pl.int_range(5000, dtype=pl.Int32, eager=True)})
    first, second = (people.select(n=nhs_numbers(pl.col("person"), before, 5000))["n"] for before in (0, 5000))
    assert pl.concat([first, second]).n_unique() == 10_000


def test_local_ids_are_unique() -> None:
    people = pl.DataFrame({"person": pl.int_range(300_000, dtype=pl.Int32, eager=True)})
    assert people.select(n=local_ids(pl.col("person")))["n"].n_unique() == 300_000


@pytest.mark.parametrize("council", [c.la_code for c in STANDARD.councils if c.la_code])
def test_codes_and_postcodes_have_their_form(council: str) -> None:
    assert postcodes(council, int(number("people", "postcodes"))).str.contains(FORMATS["postcode"]).all()
    assert codes(council, "practice", 24, "Y9", 4).str.contains(FORMATS["gp-practice-code"]).all()
    assert codes(council, "location", 70, "1-1", 9).str.contains(FORMATS["cqc-location-id"]).all()
