"""What the method of a figure says of it."""

from dataclasses import replace

from asccld.reports.council.gather_methods import method_note, overview_notes
from reports.council.made_council import Made


def test_a_note_of_one_measure_stands_with_that_measure_alone(made: Made) -> None:
    notes = ("waiting_times: every quarter of the main table counts", "the main table lacks a quarter")
    material = replace(made.material, notes=notes)
    assert method_note("waiting_times", material).limits[1:] == (
        "Every quarter of the main table counts.",
        "the main table lacks a quarter.",
    )
    assert method_note("costs", material).limits[1:] == ("the main table lacks a quarter.",)


def test_the_overview_says_once_that_two_figures_have_no_rate_and_nothing_of_single_measures(made: Made) -> None:
    lacking = "numerators only, because no population is given. Put it into a folder"
    notes = (f"ascof_2b: {lacking}", f"ascof_2c: {lacking}", "waiting_times: every quarter counts", "Of all")
    assert sorted(overview_notes(replace(made.material, notes=notes))) == [
        "2B and 2C have no rate: there is no population. Put it into a folder",
        "Of all",
    ]
