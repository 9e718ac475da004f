"""Ibis carries no type information (no py.typed), so that the strict checker knows nothing of its expressions.

These stubs name the classes that our signatures use, and leave what an expression returns open. The tests run every
expression on real engines, which tells more than its type would.
"""

from typing import Any

from ibis.expr.types import Column as Column
from ibis.expr.types import Deferred as Deferred
from ibis.expr.types import Expr as Expr
from ibis.expr.types import Schema as Schema
from ibis.expr.types import Table as Table
from ibis.expr.types import Value as Value

_: Any

def __getattr__(name: str) -> Any: ...
