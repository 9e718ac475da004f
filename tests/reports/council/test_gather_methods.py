"""What the method of a figure says of it."""

from dataclasses import replace

from asccld.reports.council.gather_methods import method_note
from reports.council.made_council import Made


def test_a_note_of_one_measure_stands_with_that_measure_alone(made: Made) -> None:
    notes = ("waiting_times: every quarter of the main table counts", "the main table lacks a quarter")
    material = replace(made.material, notes=notes)
    assert method_note("waiting_times", material).limits[1:] == (
        "Every quarter of the main table counts.",
        "the main table lacks a quarter.",
    )
    assert method_note("costs", material).limits[1:] == ("the main table lacks a quarter.",)
