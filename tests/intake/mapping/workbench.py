"""Small extracts and mapping files for tests: written to a folder, mapped, and read back."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from asccld.intake.mapping.loading import read_mapping
from asccld.intake.mapping.plan import Plan
from asccld.intake.mapping.proving import prove
from asccld.intake.mapping.report import Report
from asccld.intake.mapping.running import map_extracts
from asccld.standard import load_standard

PERIOD = "[period]\nstart = 2025-04-01\nend = 2026-03-31\n"
COUNCIL = '\n[constants]\nla_code = "503"\n'
RELEASE = load_standard().releases["r2"]


@dataclass(frozen=True)
class Workbench:
    """A folder in which a test writes what an analyst would have."""

    folder: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            text = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
            (self.folder / name).write_bytes(text)

    def plan(self, mapping: str | bytes) -> Plan:
        content = mapping if isinstance(mapping, bytes) else textwrap.dedent(mapping).encode()
        path = self.folder / "mapping.toml"
        path.write_bytes(content)
        return prove(read_mapping(path), load_standard())

    def report(self, mapping: str, files: Mapping[str, str | bytes] | None = None) -> Report:
        """What becomes of some files; of council 503, where the mapping does not say."""
        self.write(files or {})
        council = "" if "[constants]" in mapping else COUNCIL
        return map_extracts(self.plan(PERIOD + textwrap.dedent(mapping) + council), self.folder / "out.csv")

    def rows(self, *names: str) -> list[tuple[str | None, ...]]:
        """Some fields of the submission that was written."""
        table = pl.read_csv(self.folder / "out.csv", infer_schema=False)
        return table.select(RELEASE.headers[n] for n in names).rows()
