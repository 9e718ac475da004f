"""The files of this repository, as tests about it see them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode("utf-8").split("\0")
    return tuple(path for name in sorted({*names} - {""}) if (path := ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    """Path relative to the root, and text, of every tracked file that is text."""
    found: dict[str, str] = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", errors="replace")
    return found


def python_of_the_package() -> dict[str, str]:
    """The modules under src."""
    return {name: text for name, text in texts().items() if name.startswith("src/") and name.endswith(".py")}
