"""Every quirk is known, described, and switched by name."""

import pytest

from asccld.processing import chosen_options, known_options
from asccld.processing.options import UnknownOption, parsed_options


def test_every_quirk_of_the_method_is_listed_with_its_source() -> None:
    quirks = {o.id for o in known_options()}
    assert {f"q{n}" for n in range(1, 21)} | {"late_quarter"} == quirks
    for option in known_options():
        assert option.default == "official"
        assert option.default in option.values
        assert option.what_it_is
        assert option.source
        assert bool(option.what_changes) == option.switch == (len(option.values) > 1)


def test_official_is_the_default_and_one_can_be_switched() -> None:
    assert set(chosen_options().values()) == {"official"}
    assert chosen_options(parsed_options(["Q5=Documented"]))["q5"] == "documented"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q5", "not NAME=VALUE"),
        ("q5=", "not NAME=VALUE"),
        ("q5=maybe", r"no value of option q5 .* Choose one of official, documented"),
        ("q3=documented", "no other reading"),
        ("q12=documented", "belongs to measures"),
        ("late_quater=robust", "Did you mean late_quarter"),
        ("zzz=1", "There are: q1, q4, q5, late_quarter"),
    ],
)
def test_what_does_not_exist_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnknownOption, match=said):
        chosen_options(parsed_options([text]))
