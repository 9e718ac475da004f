"""The standard's conditions as trees that any engine can say.

A tree is `{"all": [...]}`, `{"any": [...]}`, `{"field", "in": [texts]}` or `{"field", "blank": true or false}`. It
holds only where the fields that decide it are recognised, which is what the national conditions ask for, so it needs no
third truth value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from asccld.standard import Field, Release
from asccld.standard.conditions import Both, Condition, Constant, Either, Not, Test, parse
from asccld.validation.conditions import text_test

Tree = dict[str, Any]
TRUE: Tree = {"all": []}
FALSE: Tree = {"any": []}


def texts_of(release: Release, name: str) -> tuple[str, ...]:
    """The values of a field's list, or nothing."""
    found = release.list_of(name)
    return found.texts if found else ()


def all_of(parts: Iterable[Tree]) -> Tree:
    """All of the trees, without the parts that go without saying."""
    return _joined(parts, "all", TRUE, FALSE)


def any_of(parts: Iterable[Tree]) -> Tree:
    """Any of the trees, without those that never hold."""
    return _joined(parts, "any", FALSE, TRUE)


def _joined(parts: Iterable[Tree], word: str, neutral_part: Tree, decisive: Tree) -> Tree:
    flat = [p for part in parts for p in part.get(word, [part])]
    kept: list[Tree] = []
    for part in _merged(flat, word):
        tidy = FALSE if part.get("in") == [] else part
        if tidy == decisive:
            return decisive
        if tidy != neutral_part and tidy not in kept:
            kept.append(tidy)
    return kept[0] if len(kept) == 1 else {word: kept}


def _merged(parts: Iterable[Tree], word: str) -> list[Tree]:
    """Lists of texts of one field as one list: those in both for `all`, those in either for `any`."""
    lists: dict[str, list[str]] = {}
    others: list[Tree] = []
    for part in parts:
        if "in" not in part:
            others.append(part)
        elif (name := part["field"]) not in lists:
            lists[name] = part["in"]
        elif word == "all":
            lists[name] = [t for t in lists[name] if t in part["in"]]
        else:
            lists[name] = lists[name] + [t for t in part["in"] if t not in lists[name]]
    return [*({"field": name, "in": texts} for name, texts in lists.items()), *others]


class Translator:
    """Conditions of the standard as trees: where they hold for certain, and where they fail for certain."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def holds(self, condition: Condition) -> Tree:
        """Where the condition is true."""
        return self._tree(condition, wanted=True)

    def fails(self, condition: Condition) -> Tree:
        """Where the condition is false: not the same as "not true" where a deciding field is not recognised."""
        return self._tree(condition, wanted=False)

    def _tree(self, condition: Condition, *, wanted: bool) -> Tree:
        conjunction: Callable[[Iterable[Tree]], Tree] = all_of if wanted else any_of
        disjunction: Callable[[Iterable[Tree]], Tree] = any_of if wanted else all_of
        match condition:
            case Constant(value):
                return TRUE if value == wanted else FALSE
            case Not(operand):
                return self._tree(operand, wanted=not wanted)
            case Both(operands):
                return conjunction(self._tree(o, wanted=wanted) for o in operands)
            case Either(operands):
                return disjunction(self._tree(o, wanted=wanted) for o in operands)
            case Test():
                return self._test(condition, wanted=wanted)

    def _test(self, test: Test, *, wanted: bool) -> Tree:
        if test.operator in ("present", "blank"):
            return {"field": test.column, "blank": (test.operator == "blank") == wanted}
        says = text_test(test)
        field = self._release.by_name[test.column]
        named: Tree = {"field": field.name, "in": [t for t in texts_of(self._release, field.name) if says(t) == wanted]}
        if says("") != wanted:
            return named
        return any_of([named, all_of([{"field": field.name, "blank": True}, self._not_due(field)])])

    def _not_due(self, field: Field) -> Tree:
        """A blank decides something only where the field need not be filled."""
        applicable, mandatory = parse(field.applicable_when), parse(field.mandatory_when)
        return any_of([self.fails(applicable), all_of([self.holds(applicable), self.fails(mandatory)])])
