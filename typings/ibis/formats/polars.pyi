from typing import Any

PolarsType: Any
