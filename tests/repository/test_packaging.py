"""What is declared, locked, built and written about the package agree with each other."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from asccld.version import __version__
from repository.files import ROOT, python_of_the_package, tracked

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Where the name that is imported is not the name that is installed.
IMPORTED_AS = {
    "ibis-framework": "ibis",
    "python-calamine": "python_calamine",
    "vl-convert-python": "vl_convert",
}


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def needs() -> list[Requirement]:
    """What the package needs, with what it needs for its extras: those are imported only when asked for."""
    extras = project()["optional-dependencies"].values()
    return [Requirement(line) for line in (*project()["dependencies"], *chain.from_iterable(extras))]


def locked(lock: Path) -> dict[str, set[str]]:
    """Every version of each package in a lock file (one per Python version or platform)."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;]+)", lock.read_text(encoding="utf-8")):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_its_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    assert [line for line in lines if not re.search(r"--hash=sha256:[0-9a-f]{64}", line)] == []
    assert "://" not in text
    assert [line for line in lines if line.startswith("-")] == []


def test_lock_files_follow_the_ranges() -> None:
    """A range that was changed without "make lock" is found here, and without the network."""
    versions = locked(ROOT / "requirements" / "dev.txt")
    astray = {
        str(need): versions.get(canonicalize_name(need.name))
        for need in needs()
        if not all(need.specifier.contains(version) for version in versions.get(canonicalize_name(need.name), {""}))
        or canonicalize_name(need.name) not in versions
    }
    assert astray == {}


def test_what_is_shipped_needs_no_java_but_reaches_postgresql() -> None:
    """Spark is half a gigabyte; a driver for PostgreSQL is small, and where there is no internet it cannot be had."""
    shipped = locked(ROOT / "requirements" / "base.txt")
    assert "pyspark" not in shipped
    assert {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]} <= set(shipped)
    assert "psycopg-binary" in shipped


def test_what_is_tested_is_what_is_shipped() -> None:
    base, dev = (locked(ROOT / "requirements" / f"{name}.txt") for name in ("base", "dev"))
    assert {name: dev.get(name) for name in base} == base


def top_level_imports(text: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_every_import_of_the_package_is_declared() -> None:
    declared = {IMPORTED_AS.get(need.name, need.name) for need in needs()}
    used = set[str]().union(*map(top_level_imports, python_of_the_package().values()))
    assert used - declared - set(sys.stdlib_module_names) - {"asccld"} == set()


def test_the_changelog_has_an_entry_for_the_version() -> None:
    headings = re.findall(r"(?m)^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert __version__ in headings


def test_the_package_shows_the_readme() -> None:
    """Add readme = "README.md" under [project] with the file itself: the build fails when one is there alone."""
    assert ("readme" in project()) == (ROOT / "README.md").exists()


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    """Lists, rules and templates are files beside the code: a wheel without one of them fails only at a user's desk."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
    sources = {path.relative_to(ROOT / "src").as_posix() for path in tracked() if ROOT / "src" in path.parents}
    assert sources - packed == set()
    assert any(name.endswith("licenses/NOTICE") for name in packed)
