"""Install the system parts that the checks need, such as Chromium, from Debian's packages.

    python3 tools/system_parts.py chromium

As root, apt installs them. As anybody else, the same packages and what they depend on are downloaded and unpacked under
.venv/system, with a small launcher that tells the program where its libraries are. Either way .venv/NAME-path says
where the program is. Standard library only: this runs before anything else is installed.

Environment: ASCCLD_CHROMIUM=/path/to/chromium (likewise for other parts) uses a program you already have.
"""

import ctypes
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SYSTEM = VENV / "system"
UNPACKED = SYSTEM / "root"


@dataclass(frozen=True)
class Part:
    """A program: Debian's packages for it, where they put it (a glob), and what it says when asked for its version.

    Without a proof it is a library, which proves itself by loading.
    """

    packages: tuple[str, ...]
    program: str
    proof: str | None = None
    expected: str = ""
    """A regular expression."""
    while_installing: tuple[str, str] | None = None
    """A file, and what it says, that must be there while apt installs for the whole machine, and only then."""


# Tests start servers of their own: without this, Debian would start one for good.
NO_SERVER = ("/etc/postgresql-common/createcluster.d/asccld.conf", "create_main_cluster = false\n")

# A further part is one more line, and its name in SYSTEM_PARTS in the Makefile.
PARTS = {
    "libatomic": Part(("libatomic1",), "usr/lib/*-linux-gnu*/libatomic.so.1"),  # for the Node inside our tools
    "chromium": Part(("chromium", "fonts-dejavu-core"), "usr/lib/chromium/chromium", "--version", "Chromium"),
    "java": Part(  # what Spark runs on
        ("openjdk-17-jre-headless",), "usr/lib/jvm/java-17-openjdk-*/bin/java", "-version", r'version "(17|21)\.'
    ),
    "postgres": Part(("postgresql",), "usr/lib/postgresql/*/bin/postgres", "--version", "PostgreSQL", NO_SERVER),
    "initdb": Part(("postgresql",), "usr/lib/postgresql/*/bin/initdb", "--version", "PostgreSQL", NO_SERVER),
}


class SystemPartError(Exception):
    """A part could not be installed; the message says what to try next."""


def run(command: Sequence[str | Path], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program quietly; on failure the end of what it said becomes the error."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    if check and done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise SystemPartError("\n".join([f"{command[0]} failed:", *said]))
    return done


def runs(program: str | Path, part: Part) -> bool:
    """Whether the program starts and says what it is (a package may be a stub that only points elsewhere)."""
    try:
        if part.proof is None:
            return bool(ctypes.CDLL(str(program)))
        done = run([program, part.proof], check=False)
    except OSError:
        return False
    return done.returncode == 0 and re.search(part.expected, done.stdout + done.stderr) is not None


def already_there(name: str, part: Part) -> str | None:
    """The program that the user names, that an earlier run installed, or that is on PATH."""
    chosen = os.environ.get(f"ASCCLD_{name.upper()}")
    if chosen and not runs(chosen, part):
        raise SystemPartError(f"ASCCLD_{name.upper()}={chosen} does not run, or is not {part.expected}.")
    noted = path_note(name).read_text(encoding="utf-8").strip() if path_note(name).exists() else None
    by_name = Path(part.program).name if part.proof is None else shutil.which(name)
    candidates = [chosen, noted, by_name, *sorted(map(str, Path("/").glob(part.program)), reverse=True)]
    return next((program for program in candidates if program and runs(program, part)), None)


def path_note(name: str) -> Path:
    """The file that tells tests where the program is."""
    return VENV / f"{name}-path"


def install_with_apt(part: Part) -> None:
    """Install for the whole machine; package lists are fetched only if the ones at hand do not do."""
    command = [
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
        *part.packages,
    ]
    with noted_while_installing(part):
        if run(command, check=False).returncode != 0:
            run(["apt-get", "update"])
            run(command)


@contextmanager
def noted_while_installing(part: Part) -> Generator[None]:
    """Keep the file that the part needs during its installation, and leave no trace of it."""
    if part.while_installing is None:
        yield
        return
    name, text = part.while_installing
    note = Path(name)
    made = [folder for folder in note.parents if not folder.exists()]
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):  # the packages have put something into it
                folder.rmdir()


def private_apt() -> list[str]:
    """An apt-get that keeps lists and downloads under .venv, and needs no rights and no locks outside it."""
    state = SYSTEM / "apt"
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::State::extended_states": state / "extended_states",
        "Dir::Cache": state,
        "Dir::Cache::archives": state / "archives",
        "Dir::Log": state,
        "APT::Sandbox::User": "",
        "APT::Update::Post-Invoke": "",
        "Debug::NoLocking": "true",
    }
    return ["apt-get", *(word for key, value in options.items() for word in ("-o", f"{key}={value}"))]


def unpack(part: Part) -> None:
    """Download the packages with what they depend on (and this machine lacks), and unpack them under .venv/system."""
    apt_get = private_apt()
    run([*apt_get, "update"])
    run([*apt_get, "install", "--yes", "--no-install-recommends", "--download-only", *part.packages])
    UNPACKED.mkdir(parents=True, exist_ok=True)
    for package in sorted((SYSTEM / "apt" / "archives").glob("*.deb")):
        run(["dpkg-deb", "--extract", package, UNPACKED])
        package.unlink()
    keep_links_inside(UNPACKED)


def keep_links_inside(root: Path) -> None:
    """Point absolute links of packages into the unpacked tree, where their targets are."""
    for link in (path for path in root.rglob("*") if path.is_symlink()):
        target = link.readlink()
        moved = root / str(target).lstrip("/")
        if target.is_absolute() and root not in target.parents and moved.exists():
            link.unlink()
            link.symlink_to(moved)


def shelved(library: Path) -> Path:
    """A link to the unpacked library in the one folder that the Makefile puts on the loader's path."""
    link = SYSTEM / "lib" / library.name
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(library)
    return link


def launcher(name: str, program: Path) -> Path:
    """A script that starts the unpacked program with its libraries and fonts."""
    libraries = sorted({str(found.parent) for found in UNPACKED.rglob("lib*.so*") if "linux-gnu" in str(found)})
    fonts = SYSTEM / "fonts.conf"
    fonts.write_text(FONTS.format(unpacked=UNPACKED, cache=SYSTEM / "font-cache"), encoding="utf-8")
    script = SYSTEM / "bin" / name
    script.parent.mkdir(exist_ok=True)
    script.write_text(
        LAUNCHER.format(libraries=":".join(libraries), fonts=fonts, program=program, unpacked=UNPACKED),
        encoding="utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return script


LAUNCHER = """#!/bin/sh
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
export FONTCONFIG_FILE="{fonts}"
export XDG_DATA_DIRS="{unpacked}/usr/share:${{XDG_DATA_DIRS:-/usr/local/share:/usr/share}}"
exec "{program}" "$@"
"""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{unpacked}/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
  <include ignore_missing="yes">{unpacked}/usr/share/fontconfig/conf.avail</include>
</fontconfig>
"""


def install(name: str) -> str:
    """Where the program is, installed if need be."""
    part = PARTS[name]
    if found := already_there(name, part):
        return found
    if not shutil.which("apt-get"):
        raise SystemPartError(
            f"This machine has no apt-get, so {name} cannot be installed by this script.\n"
            f"Install {name} yourself and set ASCCLD_{name.upper()}=/path/to/{name}, then run the same command again."
        )
    print(f"Installing {name} (once) ...", flush=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        install_with_apt(part)
        if found := already_there(name, part):
            return found
    unpack(part)
    for program in UNPACKED.glob(part.program):
        unpacked = launcher(name, program) if part.proof else shelved(program)
        if runs(unpacked, part):
            return str(unpacked)
        raise SystemPartError(f"{name} was unpacked but does not start. Try it: {unpacked} {part.proof or ''}")
    raise SystemPartError(f"Debian's packages {', '.join(part.packages)} hold no {part.program}.")


def main(names: list[str]) -> int:
    """Install each named part and note where it is."""
    unknown = [name for name in names if name not in PARTS]
    if unknown or not names:
        print(f"usage: system_parts.py NAME...   known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in names:
        try:
            program = install(name)
        except SystemPartError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        path_note(name).parent.mkdir(exist_ok=True)
        path_note(name).write_text(program + "\n", encoding="utf-8")
        print(f"{name}: {program}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
