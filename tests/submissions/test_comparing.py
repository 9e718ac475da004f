"""What changed between two submissions: each test changes one thing and says what must be told."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from asccld.standard import load_standard
from asccld.submissions import Register, StoreError
from asccld.submissions.comparing import Comparison
from submissions.files import made, saved, the_key

Change = Callable[[pl.DataFrame], pl.DataFrame]
Compared = Callable[[Change], Comparison]

SECRETS = ("NHS Number", "LA Person Unique Identifier", "First Name", "Last Name", "Date of Birth", "Postcode")


@pytest.fixture
def compared(register: Register, tmp_path: Path) -> Compared:
    """Adds the made-up file and the same with a change, and compares them."""

    def compare(change: Change) -> Comparison:
        frame = made()[0].frame
        register.add(saved(frame, tmp_path / "a.csv"), key=the_key())
        receipt = register.add(saved(change(frame), tmp_path / "b.csv"), key=the_key())
        return register.compare(1, receipt.number)

    return compare


def counts(found: Comparison) -> tuple[int, int, int]:
    return found.added.height, found.gone.height, found.changed


def at(row: int, column: str, value: str | None) -> Change:
    """One cell changed; row 0 is the first below the header."""
    here = pl.int_range(pl.len()) == row
    return lambda frame: frame.with_columns(pl.when(here).then(pl.lit(value)).otherwise(column).alias(column))


def service(column: str) -> int:
    """The first service with a value in a column."""
    frame = made()[0].frame
    return int(frame.select(((pl.col("Event Type") == "Service") & pl.col(column).is_not_null()).arg_max()).item())


def test_the_same_rows_in_another_order_have_not_changed(compared: Compared) -> None:
    found = compared(lambda frame: frame.reverse())
    assert counts(found) == (0, 0, 0)
    assert found.unchanged == made()[0].frame.height
    assert found.rows().is_empty()
    assert set(found.months["difference"]) == {0}


def test_events_added_and_gone_are_counted(compared: Compared) -> None:
    found = compared(lambda frame: pl.concat([frame.slice(3), frame.slice(0, 1).with_columns(other_event)]))
    assert counts(found) == (1, 3, 0)
    assert found.gone["row"].to_list() == [2, 3, 4]
    assert found.rows()["change"].to_list() == ["added", "gone", "gone", "gone"]
    assert found.months["difference"].sum() == -2


other_event = (pl.lit("NEW-1").alias("Event Reference"), pl.lit("05/05/2025").alias("Event Start Date"))


def test_a_changed_value_is_told_by_field_and_row(compared: Compared) -> None:
    row = service("Delivery Mechanism")
    before = made()[0].frame["Delivery Mechanism"][row]
    listed = load_standard().latest.list_of("delivery_mechanism")
    assert listed
    after = next(text for text in listed.texts if text != before)
    found = compared(at(row, "Delivery Mechanism", after))
    assert counts(found) == (0, 0, 1)
    assert found.fields.to_dicts() == [
        {"field": "delivery_mechanism", "header": "Delivery Mechanism", "changed": 1, "filled": 0, "blanked": 0}
    ]
    [told] = found.rows().to_dicts()
    assert (told["row_earlier"], told["row_later"], told["header"]) == (row + 2, row + 2, "Delivery Mechanism")
    assert (told["from"], told["to"]) == (before, after)


def test_a_value_filled_and_one_blanked_are_told_apart(compared: Compared) -> None:
    row, other = service("Unit Cost"), int(made()[0].frame["Date of Death"].is_null().arg_max() or 0)
    blanked, filled = at(row, "Unit Cost", None), at(other, "Date of Death", "01/03/2026")
    found = compared(lambda frame: filled(blanked(frame)))
    by_field = {r["field"]: (r["changed"], r["filled"], r["blanked"]) for r in found.fields.to_dicts()}
    assert by_field == {"unit_cost": (1, 0, 1), "date_of_death": (1, 1, 0)}


@pytest.mark.parametrize("column", ["Event Start Date", "Service Type", "LA Person Unique Identifier"])
def test_an_event_is_known_again_by_its_reference(column: str, compared: Compared) -> None:
    row = service(column)
    found = compared(at(row, column, "01/02/2025" if "Date" in column else "something else"))
    assert counts(found) == (0, 0, 1)
    assert found.fields["header"].to_list() == [column]


def test_without_references_it_is_known_by_person_type_start_and_kind(compared: Compared) -> None:
    row = service("Event End Date")

    def without(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.lit(None, pl.String).alias("Event Reference"))

    ended = at(row, "Event End Date", "30/03/2026")
    found = compared(lambda frame: without(ended(frame)))
    by_field = {r["field"]: r["changed"] for r in found.fields.to_dicts()}
    assert counts(found)[:2] == (0, 0)
    assert by_field.pop("event_reference") == made()[0].frame["Event Reference"].drop_nulls().len()
    assert by_field == {"event_end_date": 1}


def test_other_ways_to_write_the_same_date_or_number_are_no_change(compared: Compared) -> None:
    def otherwise(frame: pl.DataFrame) -> pl.DataFrame:
        iso = pl.col("Event Start Date", "Event End Date", "Date of Birth").str.replace(
            r"(\d\d)/(\d\d)/(\d{4})", "$3-$2-$1"
        )
        return frame.with_columns(iso, pl.col("Unit Cost") + "0")

    found = compared(otherwise)
    assert counts(found) == (0, 0, 0)


def test_the_period_that_every_row_states_is_not_compared(register: Register, tmp_path: Path) -> None:
    for n, submission in enumerate(made(quarters=2)):
        register.add(saved(submission.frame, tmp_path / f"{n}.csv"), key=the_key())
    found = register.compare(1, 2)
    assert not set(found.fields["field"]) & {"reporting_period_start_date", "reporting_period_end_date"}
    assert found.added.height > 0
    assert 0 < found.left_the_period <= found.gone.height


def test_a_rejected_file_is_compared_with_the_one_that_mends_it(register: Register, tmp_path: Path) -> None:
    frame = made()[0].frame
    broken = register.add(saved(frame.drop("Gender"), tmp_path / "a.csv"), key=the_key())
    assert not broken.accepted
    register.add(saved(frame, tmp_path / "b.csv"), key=the_key())
    found = register.compare(1, 2)
    assert counts(found) == (0, 0, 0)
    assert found.columns_only_in_one == {"earlier": [], "later": ["gender"]}


def test_values_that_identify_are_hidden_unless_asked_for(compared: Compared) -> None:
    row = service("Event End Date")
    found = compared(
        lambda frame: (
            frame.pipe(at(row, "First Name", "Quennell"))
            .pipe(at(row, "Postcode", "QQ1 9ZZ"))
            .pipe(at(row, "Event Outcome", "Quennell"))
            .pipe(at(row, "Unit Cost", "9990001234"))
            .pipe(at(row, "Provider CQC Location ID", "Quennell"))
        )
    )
    secrets = {v for name in SECRETS for v in made()[0].frame[name].drop_nulls() if len(v) > 3}
    told = found.rows().write_csv()
    assert "(hidden)" in told
    assert [v for v in ("Quennell", "QQ1 9ZZ", "9990001234", *secrets) if v in told] == []
    shown = found.rows(show_identifiers=True).write_csv()
    assert "Quennell" in shown
    assert "QQ1 9ZZ" in shown


def test_a_person_in_the_column_of_event_types_is_hidden_too(compared: Compared) -> None:
    found = compared(at(0, "Event Type", "Quennell"))
    assert "Quennell" not in found.rows().write_csv() + found.months.write_csv()
    assert "(not recognised)" in found.months["event_type"].to_list()


def test_two_councils_are_not_compared(register: Register, tmp_path: Path) -> None:
    for n, submission in enumerate(made(councils=2)):
        register.add(saved(submission.frame, tmp_path / f"{n}.csv"), key=the_key())
    with pytest.raises(StoreError, match="Compare two files of one council"):
        register.compare(1, 2)
