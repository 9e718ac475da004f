"""The tools that make and check pages, as modules: `tools` is no package."""

import importlib.util
import sys
from types import ModuleType

from repository.files import ROOT


def tool(name: str) -> ModuleType:
    """The module of a file in `tools`."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
