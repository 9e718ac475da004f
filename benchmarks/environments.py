"""One virtual environment per peer, made by uv and kept: peers pin each other's dependencies apart."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WANTED = Path(__file__).with_name("requirements")
_MADE = ROOT / ".venv-bench"


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment, which is made anew when its list of versions has changed."""
    wanted = _WANTED / f"{peer}.txt"
    folder = _MADE / peer
    stamp = folder / "versions.sha256"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"Setting up {peer} in {folder.relative_to(ROOT)}", file=sys.stderr, flush=True)
        _uv("venv", "--clear", "--python", sys.executable, str(folder))
        _uv("pip", "install", "--compile-bytecode", "--python", str(folder), "--requirement", str(wanted))
        stamp.write_text(digest)
    return next(p for p in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if p.exists())


def version_of(peer: str) -> str:
    """Name and version of the peer's package, as its list of versions says."""
    package = {"dve": "data-validation-engine"}.get(peer, peer.replace("_", "-"))
    lines = (_WANTED / f"{peer}.txt").read_text(encoding="utf-8").splitlines()
    return next(line.replace("==", " ") for line in lines if line.startswith(f"{package}=="))


def _uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", *arguments], check=True)
