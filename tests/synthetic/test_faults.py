"""Every rule has a fault, every fault is written down, and nothing else is changed."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.standard import load_standard
from asccld.synthetic import FILE_RULES, KINDS, file_faults, inject_faults, make_councils
from asccld.synthetic.choices import settings
from asccld.synthetic.faults import checks_of, kind_of
from asccld.synthetic.recipes import BUILDERS
from asccld.validation import load_rules, validate

STANDARD = load_standard()
RELEASES = tuple(STANDARD.releases)
ADDED = {"row-blank", "duplicate-row", "duplicate-event"}
REASONS = settings("faults")["reasons"]
# Rules that a release has no place for: what it lacks.
NO_PLACE = {
    "r2": {"value-later-release"},
    "r1": {"value-earlier-release-dropped"},
    "v5": {
        *("value-earlier-release", "value-earlier-release-dropped"),  # the first release
        *("required-blank", "open-event", "service-open-after-death", "period-missing"),  # nothing is mandatory
        *("planned-units-missing", "planned-units-blank", "planned-units-blank-no-unit"),
        *("not-applicable-guidance", "number-not-whole", "adults-implausible"),  # no carers, no whole numbers
        *("linked-person-not-in-file", "linked-person-self", "linked-person-repeated"),
        *("carer-support-reason", "association-event-details", "association-without-link"),
    },
}
any_release = pytest.mark.parametrize("release", RELEASES)


@cache
def clean(release: str, people: int = 1200, seed: int = 3) -> pl.DataFrame:
    return next(iter(make_councils(people=people, release=release, seed=seed))).frame


@cache
def faulty(release: str, rate: float = 0.05) -> tuple[pl.DataFrame, pl.DataFrame]:
    return inject_faults(clean(release), rate=rate, seed=7, release=release)


def changes(release: str, after: pl.DataFrame) -> pl.DataFrame:
    """row, field of every cell that is not as it was."""
    before = clean(release)
    names = {header: name for name, header in STANDARD.releases[release].headers.items()}
    pairs = [
        pl.DataFrame({"row": before[h].ne_missing(after[h].head(before.height)).arg_true() + 2}).select(
            pl.col("row").cast(pl.UInt32), field=pl.lit(names[h])
        )
        for h in before.columns
    ]
    return pl.concat(pairs)


# ---- rules


def test_every_rule_has_a_fault_or_a_reason() -> None:
    with_recipe = {r.id for r in load_rules() if r.id in BUILDERS or r.type in BUILDERS}
    known = with_recipe | set(FILE_RULES) | ADDED | set(REASONS)
    assert {r.id for r in load_rules()} - known == set()


def test_every_reason_and_every_recipe_of_its_own_is_for_a_rule_that_exists() -> None:
    ids = {r.id for r in load_rules()}
    assert set(REASONS) | (set(settings("faults")) - {"reasons", "examples"}) | set(FILE_RULES) <= ids
    assert all(len(reason) > 20 for reason in REASONS.values())


@any_release
def test_every_rule_that_rows_can_break_is_broken(release: str) -> None:
    _, truth = faulty(release)
    due = {r.id for r in load_rules() if release in r.releases} - set(FILE_RULES) - set(REASONS) - NO_PLACE[release]
    assert due | {"la-code-several"} <= set(truth["rule"])


@any_release
def test_every_list_field_gets_every_kind_of_wrong_value(release: str) -> None:
    _, truth = faulty(release)
    unknown = truth.filter(pl.col("rule") == "value-unknown")["field"]
    listed = {c.field.name for c in checks_of(STANDARD.releases[release]) if c.rule.id == "value-unknown" and c.field}
    assert set(unknown) == listed


# ---- truth


@any_release
def test_the_share_of_faulty_cells_is_as_asked(release: str) -> None:
    after, truth = faulty(release)
    cells = clean(release).height * clean(release).width
    assert changes(release, after).height / cells == pytest.approx(0.05, abs=0.001)
    assert truth.height == truth.unique().height


@any_release
def test_every_changed_cell_is_on_a_row_of_the_truth_and_every_fault_changed_something(release: str) -> None:
    after, truth = faulty(release)
    changed = changes(release, after)
    own = truth.filter(pl.col("row") < clean(release).height + 2)
    assert set(changed["row"]) == set(own["row"])
    # a fault shows at another field than the changed one only where a rule compares two
    elsewhere = own.join(changed, on=["row", "field"], how="anti")["rule"].unique()
    assert set(elsewhere) <= {
        *("nhs-number-several", "nhs-number-shared", "outcome-deceased-no-date", "outcome-financial-assessment"),
        *("direct-payment-prison", "association-without-link", "person-unidentified"),
    }


@any_release
def test_added_rows_come_last(release: str) -> None:
    after, truth = faulty(release)
    added = truth.filter(pl.col("rule").is_in(list(ADDED)))
    assert added["row"].sort().to_list() == list(range(clean(release).height + 2, after.height + 2))
    blank = added.filter(pl.col("rule") == "row-blank")["row"] - 2
    assert after[blank].select(pl.all_horizontal(pl.all().is_null()).all()).item()


def test_a_kind_left_out_is_left_out() -> None:
    frame, truth = inject_faults(clean("r2"), rate=0.02, seed=1, kinds=("cells",))
    assert frame.height == clean("r2").height
    assert not any(field.startswith("reporting_period") or field == "la_code" for field in truth["field"].unique())
    kinds = {c.rule.id: kind_of(c) for c in checks_of(STANDARD.releases["r2"]) if c.rule.type == "one_per_group"}
    assert set(truth["rule"]) & kinds.keys() == set()
    assert set(KINDS) == {"cells", "groups", "rows", "periods", "councils"}


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    once, again, other = (inject_faults(clean("r2"), rate=0.01, seed=s) for s in (5, 5, 6))
    assert once[0].equals(again[0])
    assert once[1].equals(again[1])
    assert not once[1].equals(other[1])


def test_no_faults_are_none() -> None:
    frame, truth = inject_faults(clean("r2"), rate=0, seed=1)
    assert frame.equals(clean("r2"))
    assert truth.is_empty()


@pytest.mark.parametrize("rate", [-0.1, 0.2, 5])
def test_a_share_that_leaves_nothing_right_is_refused(rate: float) -> None:
    with pytest.raises(AsccldError, match="share of faulty cells"):
        inject_faults(clean("r2"), rate=rate, seed=1)


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(release=st.sampled_from(RELEASES), seed=st.integers(1, 999), rate=st.sampled_from([0.0005, 0.01, 0.1]))
def test_any_share_can_be_made(release: str, seed: int, rate: float) -> None:
    """Few faults or many, in a file with few rows."""
    frame = next(iter(make_councils(people=60, release=release, seed=seed))).frame
    after, truth = inject_faults(frame, rate=rate, seed=seed, release=release)
    assert truth["row"].max() == after.height + 1
    assert truth.height >= rate * frame.height * frame.width * 0.8


# ---- whole files


@any_release
@pytest.mark.parametrize("rule", FILE_RULES)
def test_a_fault_of_the_whole_file_is_found(release: str, rule: str, tmp_path: Path) -> None:
    if rule in _IMPOSSIBLE.get(release, set()):
        with pytest.raises(AsccldError, match="cannot break the rule"):
            file_faults(clean(release), rule, seed=5, release=release)
        return
    fault = file_faults(clean(release), rule, seed=5, release=release)
    path = tmp_path / "fault.csv"
    fault.write(path)
    found = validate(path, release=release, la=fault.options.get("la")).findings
    seen = found.select("row", pl.col("field").cast(pl.String), pl.col("rule").cast(pl.String))
    assert fault.truth.join(seen, on=["row", "field", "rule"], how="anti", nulls_equal=True).is_empty()


_IMPOSSIBLE = {"r1": {"column-removed"}, "v5": {"column-removed", "column-missing", "period-length"}}


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(AsccldError, match="No fault of a whole file"):
        file_faults(clean("r2"), "value-unknown", seed=1)
