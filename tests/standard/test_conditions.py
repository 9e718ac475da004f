"""The condition language: what is written is what is read, for every tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asccld.standard import load_standard
from asccld.standard.conditions import (
    Both,
    Condition,
    ConditionError,
    Constant,
    Either,
    Not,
    Test,
    columns_of,
    literals_of,
    parse,
    unparse,
    with_literals,
)

WORDS = {"and", "or", "not", "in", "always", "never", "present", "blank", "starts", "contains", "between"}
columns = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(lambda c: c not in WORDS)
literals = st.text(max_size=20)


def comparisons_of(column: str) -> st.SearchStrategy[Condition]:
    single = st.sampled_from(["=", "<>", "starts", "contains"])
    return st.one_of(
        st.builds(lambda o: Test(column, o), st.sampled_from(["present", "blank"])),
        st.builds(lambda o, v: Test(column, o, (v,)), single, literals),
        st.builds(lambda v: Test(column, "in", tuple(v)), st.lists(literals, min_size=1, max_size=4)),
        st.builds(lambda a, b: Test(column, "between", (a, b)), literals, literals),
    )


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(Both, several), st.builds(Either, several))


trees: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(st.builds(Constant, st.booleans()), columns.flatmap(comparisons_of)), grown, max_leaves=12
)


@given(trees)
def test_a_condition_written_is_read_back_the_same(tree: Condition) -> None:
    assert parse(unparse(tree)) == tree


@given(st.text(max_size=60))
def test_any_text_reads_or_says_why_not(text: str) -> None:
    told = ""
    try:
        parse(text)
    except ConditionError as error:
        told = str(error)
    assert "\n" not in told


def test_every_condition_of_the_standard_is_written_as_we_write_it() -> None:
    written = {
        c for r in load_standard().releases.values() for f in r.fields for c in (f.applicable_when, f.mandatory_when)
    }
    assert len(written) > 20
    assert [c for c in written if unparse(parse(c)) != c] == []


def test_and_binds_tighter_than_or() -> None:
    a, b, c = Test("a", "present"), Test("b", "present"), Test("c", "present")
    assert parse("a present or b present and c present") == Either((a, Both((b, c))))
    assert parse("(a present or b present) and c present") == Both((Either((a, b)), c))
    assert parse("not (a present) and b not blank") == Both((Not(a), Not(Test("b", "blank"))))


def test_quotes_double_inside_a_literal() -> None:
    assert parse("name = 'it''s'") == Test("name", "=", ("it's",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "found the end"),
        ("event_type", "found the end"),
        ("event_type is 'x'", "unknown comparison is"),
        ("event_type = ", "found the end"),
        ("event_type = Service", "expected a quoted value"),
        ("event_type = 'a' 'b'", "unexpected"),
        ("event_type in ('a'", "expected )"),
        ("(a present", "expected )"),
        ("a = 'x' & b = 'y'", "cannot read from character"),
        ("age between 18 or 64", "expected and"),
        ("a = 'open", "cannot read from character"),
    ],
)
def test_what_does_not_read_says_where(text: str, why: str) -> None:
    with pytest.raises(ConditionError, match="does not read") as caught:
        parse(text)
    assert why in str(caught.value)


def test_columns_and_literals() -> None:
    tree = parse("a = 'x' and (b in ('y', 'z') or not (c starts 'p')) and always")
    assert columns_of(tree) == {"a", "b", "c"}
    assert literals_of(tree) == (("a", "x"), ("b", "y"), ("b", "z"))


def test_literals_change_and_patterns_stay() -> None:
    tree = parse("a = 'x' and (b in ('x', 'z') or not (a <> 'x')) and a starts 'x' and never")
    changed = with_literals(tree, lambda column, literal: f"{column}-{literal}")
    assert unparse(changed) == "a = 'a-x' and (b in ('b-x', 'b-z') or a not <> 'a-x') and a starts 'x' and never"
