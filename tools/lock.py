"""Compile requirements/*.txt from the ranges in pyproject.toml: one answer for all platforms, with hashes.

Run by "make lock". The lock files name no package index, because which index to use is the affair of a machine.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
HEADER = "# Compiled by 'make lock' from pyproject.toml. Do not edit.\n"

# What each file holds. Later files are held to the versions of earlier ones: what is tested is what is shipped.
WANTED: dict[str, list[str]] = {
    # With what is small, and asked for where there is no internet.
    "base.txt": ["pyproject.toml", *(f"--extra={extra}" for extra in ("keyring", "oracle", "postgres", "sqlserver"))],
    "build.txt": ["--group", "build"],
    "dev.txt": ["pyproject.toml", "--all-extras", "--group", "dev"],
}


def compile_lock(name: str, sources: list[str], constraints: list[str]) -> None:
    """Write requirements/NAME; versions already in it are kept unless a range or --upgrade asks otherwise."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        *sources,
        "--output-file",
        f"requirements/{name}",
    ]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    command += sys.argv[1:]
    for constraint in constraints:
        command += ["--constraint", f"requirements/{constraint}"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "UV_NO_PROGRESS": "1"})
    path = LOCKS / name
    path.write_text(HEADER + path.read_text(encoding="utf-8").removeprefix(HEADER), encoding="utf-8")


def main() -> None:
    """Compile every lock file in order."""
    done: list[str] = []
    for name, sources in WANTED.items():
        compile_lock(name, sources, done)
        done.append(name)
        print(f"requirements/{name}")


if __name__ == "__main__":
    main()
