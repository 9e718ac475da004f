"""The files that are measured: made up once, kept under `build/bench`.

Run as a program of its own (`python samples.py KIND ROWS OUT.csv`), because making a large file takes memory that would
otherwise be counted as the harness's.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import polars as pl
import subset

import asccld
from asccld.standard import load_standard
from asccld.synthetic import make_councils

SEED = 2025
RATE = 0.05
"""Share of the cells that are faulty."""
_NOT_LISTED = "Not in the list"
_CAPITALS = "(the same in capital letters)"
_TEXTS: dict[str, list[str | None]] = {
    "date": ["31/02/2025", "not known", "01/01/2031", "01/01/1901", None],
    "decimal": ["abc", "12.345", "-5.00", "25000", None],
    "integer": ["two", "-1", "15", None],
    "nhs_number": ["1234567890", "12345", None],
    "postcode": ["ZZ99", None],
    "gp_practice_code": ["12345", None],
    "provider_cqc_location_id": ["X-1", None],
    "la_code": ["ZZ9", None],
}


def sample(kind: str, rows: int, folder: Path) -> Path:
    """The path of a file with this many rows: `full` has every kind of fault, `plain` those that any peer can read."""
    path = folder / f"{kind}-{rows}-{_digest_of_makers()}.csv"
    if not path.exists():
        for outdated in folder.glob(f"{kind}-{rows}-*.csv"):
            outdated.unlink()
        making = path.with_suffix(".making")
        subprocess.run([sys.executable, __file__, kind, str(rows), str(making)], check=True)
        making.rename(path)
    return path


@cache
def _digest_of_makers() -> str:
    """Eight hex digits of all that decides what the files hold: a file made by other code is not taken for today's."""
    package = Path(asccld.__file__).parent
    sources = (p for part in ("standard", "synthetic") for p in (package / part).rglob("*") if p.suffix != ".pyc")
    digest = hashlib.sha256()
    for path in sorted(p for p in (*sources, Path(__file__)) if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def plain_faults(frame: pl.DataFrame, rate: float, seed: int) -> pl.DataFrame:
    """A share of the cells blanked, misspelt, out of order or out of range; no blanks around values, no word NULL.

    Fields that decide conditions get only values that nobody can recognise: how a misspelling is understood is a
    matter of judgement, which peers do not have.
    """
    release = load_standard().releases[subset.RELEASE]
    deciding = subset.deciding_fields()
    return frame.with_columns(
        _with_faults(
            f.header,
            _alternatives(f.name, f.type, listed=release.list_of(f.name) is not None, deciding=f.name in deciding),
            rate,
            seed + f.order,
        )
        for f in release.fields
    )


def _alternatives(name: str, kind: str, *, listed: bool, deciding: bool) -> list[str | None]:
    texts = _TEXTS.get(name) or _TEXTS.get(kind) or ([_NOT_LISTED, None] if listed else [None])
    return [*texts, _CAPITALS] if listed and not deciding else texts


def _with_faults(header: str, alternatives: Sequence[str | None], rate: float, seed: int) -> pl.Expr:
    draw = pl.int_range(pl.len()).hash(seed)
    hit = draw % 10_000 < rate * 10_000
    pick = (draw // 10_000) % len(alternatives)
    value = pl.col(header)
    for at, text in enumerate(alternatives):
        fault = pl.col(header).str.to_uppercase() if text == _CAPITALS else pl.lit(text, pl.String)
        value = pl.when(hit & (pick == at)).then(fault).otherwise(value)
    return value.alias(header)


def main() -> None:
    """Write one file."""
    kind, rows, out = sys.argv[1:]
    frame = next(iter(make_councils(rows=int(rows), release=subset.RELEASE, seed=SEED))).frame
    if kind == "plain":
        frame = plain_faults(frame, RATE, SEED)
    elif kind == "full":
        from asccld.synthetic.faults import inject_faults

        frame, _ = inject_faults(frame, rate=RATE, seed=SEED, release=subset.RELEASE, kinds=("cells", "groups", "rows"))
    frame.write_csv(out)


if __name__ == "__main__":
    main()
