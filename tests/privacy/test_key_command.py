"""`asccld key`: makes a key, tells its id, and never prints it."""

import os
import subprocess
import sys
from pathlib import Path

from asccld.privacy import ENVIRONMENT_VARIABLE, PseudonymKey


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "asccld", "key", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(environment))


def _environment(more: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != ENVIRONMENT_VARIABLE} | more


def test_a_new_key_is_written_and_only_its_id_is_printed(tmp_path: Path) -> None:
    made = run("new", tmp_path / "a.key", "--store", tmp_path / "store")
    key = PseudonymKey.from_file(tmp_path / "a.key")
    assert (made.returncode, made.stdout.strip(), made.stderr) == (0, key.id, "")
    assert run("id", tmp_path / "a.key").stdout.strip() == key.id
    assert run("id", **{ENVIRONMENT_VARIABLE: key._secret.hex()}).stdout.strip() == key.id


def test_no_key_is_overwritten_and_none_lies_with_the_data(tmp_path: Path) -> None:
    run("new", tmp_path / "a.key")
    again = run("new", tmp_path / "a.key")
    assert again.returncode == 2
    assert "There is a file of that name" in again.stderr
    (tmp_path / "store").mkdir()
    beside = run("new", tmp_path / "store" / "a.key", "--store", tmp_path / "store")
    assert beside.returncode == 2
    assert "lies with the data" in beside.stderr
    assert not (tmp_path / "store" / "a.key").exists()


def test_without_a_key_it_says_what_to_do(tmp_path: Path) -> None:
    missing = run("id")
    assert missing.returncode == 2
    assert "ASCCLD_KEY" in missing.stderr
    assert "asccld key new" in missing.stderr
    weak = "a1" * 32
    refused = run("id", **{ENVIRONMENT_VARIABLE: weak})
    assert refused.returncode == 2
    assert weak not in refused.stdout + refused.stderr
