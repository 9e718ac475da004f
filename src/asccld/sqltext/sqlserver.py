"""What SQL Server takes otherwise than Ibis writes it: no true and false as values, and a few forms of functions.

A condition stands where a condition is expected (WHERE, ON, CASE WHEN) and nowhere else; as a value it is a BIT.
"""

from __future__ import annotations

from typing import Any, cast

import sqlglot.expressions as exp

_ONE, _ZERO = exp.Literal.number(1), exp.Literal.number(0)
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not)
_HOLDERS: dict[type[Any], tuple[str, ...]] = {
    exp.Where: ("this",),
    exp.Having: ("this",),
    exp.Join: ("on",),
    exp.And: ("this", "expression"),
    exp.Or: ("this", "expression"),
    exp.Not: ("this",),
    exp.If: ("this",),
}


def mended(tree: Any) -> Any:  # noqa: ANN401 - a tree of sqlglot, whose classes differ by kind
    """The statement in SQL Server's own terms."""
    tree = tree.transform(_negation)
    _frames(tree)
    _rounding(tree)
    _lengths(tree)
    return _value(tree)


def _value(node: Any) -> Any:  # noqa: ANN401 - see above
    """The node where a value is expected."""
    _children(node)
    if isinstance(node, exp.Boolean):
        return _bit(exp.Literal.number(1 if node.this else 0))
    return _as_bit(node) if _is_condition(node) else node


def _condition(node: Any) -> Any:  # noqa: ANN401 - see above
    """The node where a condition is expected."""
    if isinstance(node, exp.Paren):
        node.set("this", _condition(node.this))
        return node
    _children(node)
    if isinstance(node, exp.Boolean):
        return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1 if node.this else 0))
    return node if _is_condition(node) else exp.EQ(this=node, expression=exp.Literal.number(1))


def _children(node: Any) -> None:  # noqa: ANN401 - see above
    holding = next((keys for kind, keys in _HOLDERS.items() if type(node) is kind), ())
    if isinstance(node, exp.If) and isinstance(node.parent, exp.Case) and node.parent.this is not None:
        holding = ()  # CASE value WHEN value
    for key, held in list(node.args.items()):
        if isinstance(node, exp.Is) and key == "expression":
            continue  # NULL, or NOT NULL as one word
        mend = _condition if key in holding else _value
        if isinstance(held, list):
            node.set(key, [mend(one) if hasattr(one, "args") else one for one in cast("list[Any]", held)])
        elif hasattr(held, "args"):
            node.set(key, mend(held))


def _is_condition(node: Any) -> bool:  # noqa: ANN401 - see above
    if isinstance(node, exp.Paren):
        return _is_condition(node.this)
    # a subquery counts as a predicate in sqlglot's eyes
    return isinstance(node, _CONDITIONS) and not isinstance(node, exp.Query | exp.SubqueryPredicate)


def _as_bit(condition: Any) -> Any:  # noqa: ANN401 - see above
    """True is 1, false is 0, and what is neither stays missing."""
    case = exp.Case(
        ifs=[
            exp.If(this=condition, true=exp.Literal.number(1)),
            exp.If(this=exp.Not(this=exp.Paren(this=condition.copy())), true=exp.Literal.number(0)),
        ]
    )
    return _bit(case)


def _bit(value: Any) -> Any:  # noqa: ANN401 - see above
    return exp.Cast(this=value, to=exp.DataType.build("bit", dialect="tsql"))


def _negation(node: Any) -> Any:  # noqa: ANN401 - see above
    """`IIF(condition, 1, 0) = 0`, as Ibis writes "not", would make true of what is neither true nor false."""
    if not (isinstance(node, exp.EQ) and isinstance(node.this, exp.If) and node.expression == _ZERO):
        return node
    choice = node.this
    if choice.args.get("true") != _ONE or choice.args.get("false") != _ZERO:
        return node
    return exp.Not(this=exp.Paren(this=choice.this.transform(_negation)))


def _frames(tree: Any) -> None:  # noqa: ANN401 - see above
    """A window without an order has no frame."""
    for window in tree.find_all(exp.Window):
        if window.args.get("order") is None:
            window.set("spec", None)


def _rounding(tree: Any) -> None:  # noqa: ANN401 - see above
    for rounding in tree.find_all(exp.Round):
        if rounding.args.get("decimals") is None:
            rounding.set("decimals", exp.Literal.number(0))


def _lengths(tree: Any) -> None:  # noqa: ANN401 - see above
    """A text without a length would be cut after 30 characters."""
    for kind in tree.find_all(exp.DataType):
        if kind.this in exp.DataType.TEXT_TYPES and not kind.expressions:
            kind.set("expressions", [exp.DataTypeParam(this=exp.Var(this="MAX"))])
