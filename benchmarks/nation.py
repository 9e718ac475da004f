"""Made-up nations that processing is measured on, kept under `build/bench`.

Run as a program of its own (`python nation.py ROWS COUNCILS FILES OUT`), because making a nation takes memory that
would otherwise be counted as the harness's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from asccld.synthetic.national import write_national

SEED = 2025


def nation(rows: int, councils: int, files: int, folder: Path) -> Path:
    """The folder of a nation's files. Remove it to have it made anew after the generator changed."""
    path = folder / f"nation-{rows}-{councils}-{files}"
    if not path.exists():
        making = path.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        arguments = [str(rows), str(councils), str(files), str(making)]
        subprocess.run([sys.executable, __file__, *arguments], check=True)
        making.rename(path)
    return path


if __name__ == "__main__":
    rows, councils, files, out = sys.argv[1:]
    write_national(Path(out), rows=int(rows), councils=int(councils), files=int(files), seed=SEED)
