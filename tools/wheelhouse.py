"""Put everything that a machine without the internet needs into one zip: our wheel, every dependency's, and how to.

Run by "make wheelhouse", on a machine with the internet. Only wheels that the lock file names by hash get in.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from asccld.version import __version__

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "wheelhouse"
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Target:
    """A kind of machine: the wheel tags that it takes, and what it answers to environment markers."""

    name: str
    tags: tuple[str, ...]
    markers: dict[str, str]


TARGETS = (
    Target(
        "Linux on x86-64 (glibc 2.28 or later)",
        (
            *(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)),
            "manylinux2014_x86_64",
            "manylinux2010_x86_64",
            "manylinux1_x86_64",
        ),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
    Target(
        "Windows on x86-64",
        ("win_amd64",),
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
    ),
)

INSTALL = """asccld {version} - installing without the internet

What is in this folder
  wheels            asccld and everything it needs
  requirements.txt  the same as a list, with the SHA-256 of every file: pip refuses a file that was changed

What you need
  Python {pythons}, 64 bit, on one of:
{targets}
  (Windows: the files are there, but we have not tried them. Tell us how it went.)

Linux
  python3 -m venv asccld-env
  asccld-env/bin/python -m pip install --no-index --find-links wheels --require-hashes -r requirements.txt
  asccld-env/bin/asccld --help

Windows (Command Prompt, in this folder)
  py -3 -m venv asccld-env
  asccld-env\\Scripts\\python -m pip install --no-index --find-links wheels --require-hashes -r requirements.txt
  asccld-env\\Scripts\\asccld --help

If pip says that it finds no matching distribution, your Python is of a version or kind not listed above:
  python -c "import platform; print(platform.python_version(), platform.machine(), platform.platform())"
tells.

Nothing is sent anywhere, by the installation or by asccld.
"""


def locked_lines(text: str) -> list[str]:
    """One line per locked package, with its hashes."""
    return [line for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines() if line and not line.startswith("#")]


def for_machine(lines: list[str], markers: dict[str, str], python: str) -> list[str]:
    """The lines that apply to a machine other than this one, without their conditions."""
    answers = {**markers, "python_version": python, "python_full_version": f"{python}.99"}
    kept: list[str] = []
    for line in lines:
        requirement, *hashes = line.split(" --hash=")
        parsed = Requirement(requirement)
        if parsed.marker is None or parsed.marker.evaluate(dict(answers)):
            kept.append(" --hash=".join([f"{parsed.name}{parsed.specifier}", *hashes]))
    return kept


def download(lines: list[str], target: Target, python: str, wheels: Path) -> None:
    """Fetch the wheels of one kind of machine, each proved by its hash."""
    listed = BUILD / "wanted.txt"
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tag = f"cp{python.replace('.', '')}"
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--implementation", "cp", "--python-version", python]
    command += [word for abi in (tag, "abi3", "none") for word in ("--abi", abi)]
    command += [word for platform in target.tags for word in ("--platform", platform)]
    subprocess.run([*command, "--dest", str(wheels), "--requirement", str(listed)], check=True)


def build_own(wheels: Path) -> Path:
    """Build our own wheel."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(wheels.glob("asccld-*.whl"))


def pack(folder: Path, archive: Path) -> None:
    """One zip; wheels are compressed already. Renamed into place, so that a half-written zip never has the name."""
    unfinished = archive.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as out:
        for path in sorted(folder.rglob("*")):
            out.write(path, path.relative_to(folder.parent))
    unfinished.replace(archive)


def main() -> None:
    """Build, download, explain and pack; the path of the zip is the last line."""
    folder = BUILD / f"asccld-{__version__}-wheelhouse"
    shutil.rmtree(BUILD, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    locked = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    for target in TARGETS:
        print(f"Downloading for {target.name}, Python {', '.join(PYTHONS)} ...", flush=True)
        for python in PYTHONS:
            download(for_machine(locked_lines(locked), target.markers, python), target, python, wheels)
    own = build_own(wheels)
    proof = hashlib.sha256(own.read_bytes()).hexdigest()
    listed = f"{locked}asccld=={__version__} \\\n    --hash=sha256:{proof}\n"
    (folder / "requirements.txt").write_text(listed, encoding="utf-8")
    targets = "\n".join(f"  - {target.name}" for target in TARGETS)
    text = INSTALL.format(version=__version__, pythons=", ".join(PYTHONS[:-1]) + f" or {PYTHONS[-1]}", targets=targets)
    (folder / "INSTALL.txt").write_text(text, encoding="utf-8", newline="\r\n")
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder / name)
    archive = ROOT / "build" / f"{folder.name}.zip"
    pack(folder, archive)
    shutil.rmtree(BUILD)
    megabytes = archive.stat().st_size / 1e6
    print(f"{len(locked_lines(listed))} packages, {megabytes:.0f} MB")
    print(archive.relative_to(ROOT) if Path.cwd() == ROOT else os.fspath(archive))


if __name__ == "__main__":
    main()
