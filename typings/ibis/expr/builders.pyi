# Ibis' own annotations are partial; a window is only handed on.
from typing import Any

WindowBuilder = Any
