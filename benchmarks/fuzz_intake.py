"""Fuzz intake for some minutes: damaged files of every kind must give an extract or an error that explains itself.

    python benchmarks/fuzz_intake.py --minutes 10

Each case runs in a process of its own with a time limit, so that a hang or a crash is seen and the case kept. The last
line printed is the summary; the exit code is 1 if anything but an extract or an `AsccldError` came out.
"""

from __future__ import annotations

import argparse
import gzip
import io
import multiprocessing as mp
import random
import sys
import tempfile
import time
import traceback
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_TOKENS = [
    b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\x81", b'",', b',"', b'"\n', b"=1+1", b"NULL", b"</c>", b"<c r=\"XFD1\"><v>1</v></c>", b"<v>",
    b' t="e"', b"999999999999",
]  # fmt: skip
_CSV = (
    'LA Code,NHS Number,Event Type,Event Description\r\n503,9434765919,Service,"a, ""b"""\r\n\r\n'
    '504,,Café,"two\nlines"\r\n505,,,\r\n'
)


def _workbook() -> bytes:
    import datetime as dt

    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Data")
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        for row in range(40):
            sheet.write_row(row, 0, ["LA Code", row, row / 3, f"text {row}", row % 2 == 0])
            sheet.write_datetime(row, 5, dt.datetime.fromisoformat("2025-04-01"), date)
    return buffer.getvalue()


def _parquet() -> bytes:
    import polars as pl

    buffer = io.BytesIO()
    pl.DataFrame({"LA Code": ["503", None] * 50, "Unit Cost": [1.5, 2.0] * 50}).write_parquet(buffer)
    return buffer.getvalue()


def _zipped(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def seeds() -> dict[str, bytes]:
    """Good files of every kind, by name."""
    text = _CSV * 20
    return {
        "comma.csv": text.encode(),
        "marked.csv": text.encode("utf-8-sig"),
        "wide.csv": text.encode("utf-16"),
        "windows.csv": text.replace(",", ";").encode("cp1252"),
        "returns.csv": text.replace("\r\n", "\r").replace("\n", " ").encode(),
        "packed.csv.gz": gzip.compress(text.encode()),
        "packed.zip": _zipped([("a.csv", text.encode())]),
        "book.xlsx": _workbook(),
        "table.parquet": _parquet(),
    }


def mutated(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A damaged copy of `content`."""
    for _ in range(chance.choice([1, 1, 2, 3, 8, 30])):
        at = chance.randrange(len(content) + 1)
        size = chance.choice([1, 1, 2, 5, 40, 400])
        kind = chance.randrange(7)
        if kind == 0:
            content = content[:at] + chance.randbytes(size) + content[at + size :]
        elif kind == 1:
            content = content[:at] + content[at + size :]
        elif kind == 2:
            content = content[:at] + chance.choice(_TOKENS) + content[at:]
        elif kind == 3:
            content = content[:at] + content[at : at + size] * chance.choice([2, 3, 50, 1000]) + content[at:]
        elif kind == 4:
            other = chance.choice(others)
            start = chance.randrange(len(other))
            content = content[:at] + other[start : start + size] + content[at:]
        elif kind == 5 and chance.random() < 0.2:
            content = content[:at]
        elif at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
    return content


def mutated_inside(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A .zip or workbook that is whole, but one of whose members is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    victim = chance.randrange(len(members))
    return _zipped(
        [
            (name, mutated(data, chance, others) if index == victim else data)
            for index, (name, data) in enumerate(members)
        ]
    )


def worker(connection: Connection) -> None:
    """Read each file that is sent, and say how it went."""
    from asccld.errors import AsccldError
    from asccld.intake import open_extract

    while True:
        path, rows = connection.recv()
        try:
            with open_extract(path) as extract:
                for chunk in extract.chunks(rows):
                    assert chunk.frame.width == len(extract.header) + 1
                    assert chunk.frame["row"].is_sorted()
            verdict, detail = "opened", ""
        except AsccldError as error:
            verdict, detail = ("refused", "") if "\n" not in str(error) and error.remedy else ("broken", str(error))
        except BaseException:  # noqa: BLE001 - the very thing that is looked for, panics included
            verdict, detail = "broken", traceback.format_exc()
        connection.send((verdict, detail, _peak_memory()))


def _peak_memory() -> int:
    """The most memory that this process has used, in MB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)


class Reader:
    """A process that reads files, replaced when it hangs or dies."""

    def __init__(self) -> None:
        self._context = mp.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self.connection, other = self._context.Pipe()
        self._process = self._context.Process(target=worker, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def read(self, path: Path, rows: int, seconds: float) -> tuple[str, str, int]:
        """Verdict, detail and peak memory."""
        try:
            self.connection.send((path, rows))
            if self.connection.poll(seconds):
                return self.connection.recv()
            verdict = "hung"
        except (EOFError, OSError):
            verdict = "crashed"
        self.stop()
        self._start()
        return verdict, "", 0

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


@dataclass
class Tally:
    """What came out so far."""

    verdicts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(["opened", "refused", "broken", "hung", "crashed"], 0)
    )
    slowest: float = 0.0
    memory: int = 0

    @property
    def failed(self) -> int:
        """Cases that are faults of intake."""
        return sum(self.verdicts[name] for name in ("broken", "hung", "crashed"))


def fuzz(minutes: float, seconds: float, seed: int, keep: Path) -> Tally:
    """Run cases until time is up; keep those that fail in `keep`."""
    chance = random.Random(seed)  # noqa: S311 - cases must be repeatable, not secret
    good = seeds()
    others = list(good.values())
    tally, reader = Tally(), Reader()
    end = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as folder:
        reader.read(Path(folder) / "warm-up.csv", 1, 120)
        number = 0
        while time.monotonic() < end:
            name = chance.choice(list(good))
            inside = name in {"book.xlsx", "packed.zip"} and chance.random() < 0.7
            content = (mutated_inside if inside else mutated)(good[name], chance, others)
            path = Path(folder) / name
            path.write_bytes(content)
            started = time.monotonic()
            verdict, detail, memory = reader.read(path, chance.choice([1, 7, 100_000]), seconds)
            tally.slowest = max(tally.slowest, time.monotonic() - started)
            tally.memory = max(tally.memory, memory)
            tally.verdicts[verdict] += 1
            number += 1
            if verdict in {"broken", "hung", "crashed"}:
                (keep / f"{verdict}-{number}-{name}").write_bytes(content)
                print(f"{verdict}: case {number}, kept as {keep / f'{verdict}-{number}-{name}'}\n{detail}", flush=True)
    reader.stop()
    return tally


def main() -> int:
    """Fuzz, and print the summary as the last line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=20, help="time limit of one case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "asccld-fuzz", help="folder for failures"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    tally = fuzz(options.minutes, options.seconds, options.seed, options.keep)
    counts = ", ".join(f"{count:,} {name}" for name, count in tally.verdicts.items())
    print(
        f"fuzz_intake: {sum(tally.verdicts.values()):,} cases in {options.minutes:g} minutes (seed {options.seed}): "
        f"{counts}; slowest {tally.slowest:.2f} s; peak memory {tally.memory} MB"
    )
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
