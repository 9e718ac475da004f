"""Pseudonyms agree where the identifier is one person, and nowhere else: for any text that can be typed."""

import hashlib
import hmac
import re
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.errors import AsccldError
from asccld.privacy import (
    NHS_NUMBER,
    PseudonymKey,
    local_person,
    nhs_number_pseudonyms,
    normal_texts,
    person_pseudonyms,
    valid_nhs_numbers,
)

KEY = PseudonymKey.from_text("9c1f5a3be2d84076c8ab19f3d0e47b62855f0d9ec4a1372b6e90fd1843a7bc5e")
OTHER_KEY = PseudonymKey.from_text("41e07fb6d8c2935a1b7e60f4ad9835cc027be91f64d3a85e93bc17f02a6de548")

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
values = st.lists(st.none() | texts, max_size=8)
purposes = st.text("abcdefghijklmnopqrstuvwxyz-/0123456789", min_size=1, max_size=12)


def series(found: Sequence[str | None]) -> pl.Series:
    return pl.Series("id", found, dtype=pl.String)


def of(value: str, purpose: str = "test", key: PseudonymKey = KEY) -> str | None:
    return key.pseudonyms(series([value]), purpose).item()


# ---- what a pseudonym is


def test_a_pseudonym_is_the_hmac_that_the_documentation_says() -> None:
    """Whoever has the key can make it with any other tool."""
    subkey = hmac.new(KEY._secret, b"asccld pseudonym 1\0nhs-number", hashlib.sha256).digest()
    expected = hmac.new(subkey, b"9990000018", hashlib.sha256).hexdigest()[:32]
    assert nhs_number_pseudonyms(KEY, series(["9990000018"])).to_list() == [expected]


def test_pseudonyms_never_change_between_versions() -> None:
    """A store lasts for years: these were made by the first version."""
    assert of("9990000018", NHS_NUMBER) == "973420b2f5e62d9b5b85ea7685c4e94a"
    assert of("p1001", local_person("503")) == "794d7c0f4684adb8012acc732d742d02"


@given(found=values, purpose=purposes)
def test_a_series_has_a_pseudonym_for_each_value_and_null_for_each_blank(found: list[str | None], purpose: str) -> None:
    made = KEY.pseudonyms(series(found), purpose)
    assert made.name == "id"
    assert made.dtype == pl.String
    normal = normal_texts(series(found)).to_list()
    assert [value is None for value in made] == [value is None for value in normal]
    assert all(re.fullmatch("[0-9a-f]{32}", value) for value in made if value is not None)


@given(found=values, purpose=purposes)
def test_two_values_share_a_pseudonym_exactly_when_they_are_one_identifier(
    found: list[str | None], purpose: str
) -> None:
    made = KEY.pseudonyms(series(found), purpose).to_list()
    normal = normal_texts(series(found)).to_list()
    for a, b in zip(normal, made, strict=True):
        for c, d in zip(normal, made, strict=True):
            assert (a == c) == (b == d)


@given(found=values, purpose=purposes)
def test_a_pseudonym_does_not_depend_on_the_other_values(found: list[str | None], purpose: str) -> None:
    together = KEY.pseudonyms(series(found), purpose).to_list()
    assert together == [KEY.pseudonyms(series([value]), purpose).item() for value in found]


@given(value=texts.filter(str.strip), one=purposes, other=purposes)
def test_purposes_and_keys_keep_apart(value: str, one: str, other: str) -> None:
    if normal_texts(series([value])).item() is None:
        return
    assert (of(value, one) == of(value, other)) == (one == other)
    assert of(value, one) != of(value, one, OTHER_KEY)


@given(value=texts)
def test_no_pseudonym_shows_its_value(value: str) -> None:
    made = of(value)
    assert made is None or len(value) < 4 or value.strip().lower() not in made


def test_a_purpose_is_needed() -> None:
    with pytest.raises(AsccldError, match="need a purpose"):
        KEY.pseudonyms(series(["1"]), " ")
    with pytest.raises(AsccldError, match="belongs to a council"):
        local_person(" ")


# ---- how values are read


SAME_IDENTIFIER = [
    ("P1001", "p1001"),  # the national database ignores capitals
    ("P1001", "P1001   "),  # and blanks at the end
    ("P1001", "\t P1001\u00a0"),  # leading blanks are a slip of the export
    ("M\u00fcller-7", "Mu\u0308ller-7"),  # one letter, typed in two ways
]
DIFFERENT_IDENTIFIERS = [("1001", "01001"), ("P 1001", "P1001"), ("P-1001", "P1001"), ("1001", "1001.0"), ("O1", "01")]


@pytest.mark.parametrize(("one", "other"), SAME_IDENTIFIER)
def test_one_identifier_in_two_spellings_is_one_person(one: str, other: str) -> None:
    assert of(one) == of(other) is not None


@pytest.mark.parametrize(("one", "other"), DIFFERENT_IDENTIFIERS)
def test_nothing_else_is_taken_for_the_same(one: str, other: str) -> None:
    assert of(one) != of(other)


@given(value=texts)
def test_reading_twice_is_reading_once(value: str) -> None:
    once = normal_texts(series([value]))
    assert normal_texts(once).equals(once)


@given(value=texts, before=st.text(" \t\u00a0", max_size=3), after=st.text(" \t\r\n", max_size=3))
def test_blanks_around_a_value_never_matter(value: str, before: str, after: str) -> None:
    assert of(value) == of(before + value + after)


# ---- NHS numbers

NHS_NUMBERS = {
    "9990000018": "9990000018",
    " 999 000 0018 ": "9990000018",
    "999-000-0018": "9990000018",
    "999\u00a0000\u00a00018": "9990000018",
    "9990000019": None,  # wrong check digit
    "999000001": None,  # nine digits
    "99900000180": None,  # eleven
    "99900000l8": None,  # a letter that looks like a digit
    "0000000000": None,  # placeholders have right check digits
    "1111111111": None,
    "9999999999": None,
    "Not known": None,
    "": None,
}


def test_nhs_numbers() -> None:
    assert valid_nhs_numbers(series(list(NHS_NUMBERS))).to_list() == list(NHS_NUMBERS.values())


@given(stem=st.integers(0, 999_999_999))
def test_exactly_one_last_digit_makes_an_nhs_number_or_none_does(stem: int) -> None:
    """Counted by hand: weights 10 to 2, modulus 11."""
    total = sum(int(digit) * weight for digit, weight in zip(f"{stem:09}", range(10, 1, -1), strict=True))
    right = (11 - total % 11) % 11
    candidates = [f"{stem:09}{last}" for last in range(10)]
    expected = [c if right == last and len(set(c)) > 1 else None for last, c in enumerate(candidates)]
    assert valid_nhs_numbers(series(candidates)).to_list() == expected


def test_an_nhs_number_is_one_person_in_every_council_and_a_local_number_is_not() -> None:
    numbers, ids = series(["9990000018", None]), series(["1001", None])
    assert nhs_number_pseudonyms(KEY, numbers).equals(nhs_number_pseudonyms(KEY, series(["999 000 0018", None])))
    lincolnshire, kent = person_pseudonyms(KEY, ids, "503"), person_pseudonyms(KEY, ids, "820")
    assert lincolnshire[0] != kent[0]
    assert lincolnshire.equals(person_pseudonyms(KEY, ids, " 503 "))
    assert [lincolnshire[1], kent[1]] == [None, None]


def test_a_local_number_that_looks_like_an_nhs_number_is_another_person() -> None:
    assert person_pseudonyms(KEY, series(["9990000018"]), "503").item() != of("9990000018", NHS_NUMBER)


def test_each_distinct_value_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[bytes] = []
    digest = hmac.digest
    monkeypatch.setattr("asccld.privacy.keys.hmac.digest", lambda k, m, d: computed.append(m) or digest(k, m, d))
    KEY.pseudonyms(series(["a", "b", "A ", "a", None, ""] * 1000), "test")
    assert sorted(computed) == [b"a", b"asccld pseudonym 1\0test", b"b"]
