"""Every rule of rules.csv fires where it should, and only there."""

import csv
from importlib.resources import files
from typing import Any

import pytest

from validation import examples_of_events, examples_of_files, examples_of_values
from validation.examples import EXAMPLES, Table
from validation.spec import Finding, association_row, check, valid_row

EXAMPLE_PAGES = (examples_of_files, examples_of_values, examples_of_events)
SHIPPED = list(csv.DictReader(files("asccld.validation").joinpath("data/rules.csv").read_text("utf-8").splitlines()))
IDS = [rule["id"] for rule in SHIPPED]


def found(rows: Table, options: dict[str, Any]) -> set[Finding]:
    return check(rows, **options)


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert all(page.__doc__ for page in EXAMPLE_PAGES)
    assert set(EXAMPLES) == set(IDS)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize("release", ["v5", "r1", "r2"])
def test_a_valid_row_of_any_type_has_nothing_to_find(release: str) -> None:
    rows = [valid_row(release, n, kind) for n, kind in enumerate(("Request", "Assessment", "Service", "Review"))]
    carers = [] if release == "v5" else [association_row(release, 9, linked="P0")]
    assert check([*rows, *carers], release=release, la="503") == set()


@pytest.mark.parametrize("rule", IDS)
def test_the_rule_fires_and_nothing_unexpected_is_found(rule: str) -> None:
    example = EXAMPLES[rule]
    expected = {(rule, row, field) for row, field in example.at} | example.beside
    assert found(example.fires, {**example.options, **example.fires_with}) == expected


@pytest.mark.parametrize("rule", IDS)
def test_the_rule_is_silent_on_a_nearby_file(rule: str) -> None:
    example = EXAMPLES[rule]
    assert rule not in {name for name, _, _ in found(example.silent, {**example.options, **example.silent_with})}
