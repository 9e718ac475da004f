"""Makes the files of this folder anew: python examples/make.py [FOLDER]. The same release gives the same bytes."""  # noqa: INP001

from __future__ import annotations

import sys
from pathlib import Path

from asccld.synthetic import SYSTEMS, inject_faults, make_councils, write_extracts

ROWS, SEED, FAULTS = 400, 2, 0.025
PEOPLE = 60


def make(folder: Path) -> None:
    """A clean submission, its faulty twin, and the truth about the twin."""
    clean = next(iter(make_councils(rows=ROWS, seed=SEED))).frame
    faulty, truth = inject_faults(clean, rate=FAULTS, seed=SEED)
    clean.write_csv(folder / "submission-clean.csv")
    faulty.write_csv(folder / "submission-with-faults.csv")
    truth.write_csv(folder / "submission-with-faults.truth.csv")
    submission = next(iter(make_councils(people=PEOPLE, seed=SEED)))
    for system in SYSTEMS:
        write_extracts(folder / "mappings" / system, system, submission)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
