"""The commands of the repository: make targets, and what the server runs."""

import os
import re
import subprocess

import pytest

from repository.files import ROOT, texts

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = sorted(set(re.findall(r"(?m)^([a-z][a-z-]*):", MAKEFILE)))
CI = ROOT / ".ci" / "run"


def make_help() -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    ).stdout


def test_help_tells_every_target() -> None:
    told = dict(re.findall(r"(?m)^ +make ([a-z-]+) +(\S.*)$", make_help()))
    assert sorted(told) == TARGETS
    assert {"demo", "test", "lint", "bench", "docs", "wheelhouse", "lock", "clean", "help"} <= set(told)


def test_every_target_is_phony_so_that_a_file_of_that_name_does_not_hide_it() -> None:
    phony = re.search(r"(?m)^\.PHONY: (.*)$", MAKEFILE)
    assert phony
    assert sorted(phony[1].split()) == TARGETS


@pytest.mark.parametrize("name", sorted(name for name in texts() if name.endswith(".md")))
def test_every_target_that_a_page_mentions_exists(name: str) -> None:
    mentioned = set(re.findall(r"(?m)(?:`|^\s*\$? ?)make ([a-z-]+)", texts()[name]))
    assert mentioned - set(TARGETS) == set()


def test_the_server_runs_what_a_contributor_runs() -> None:
    script = CI.read_text(encoding="utf-8")
    assert os.access(CI, os.X_OK)
    assert "set -euo pipefail" in script
    called = [line.split("2>")[0].strip() for line in script.splitlines() if line.startswith("make ")]
    assert called == ["make lint", "make test"]
    subprocess.run(["bash", "-n", str(CI)], check=True)


def test_scripts_for_a_shell_have_unix_line_ends() -> None:
    assert [name for name in ("Makefile", ".ci/run") if b"\r" in (ROOT / name).read_bytes()] == []
