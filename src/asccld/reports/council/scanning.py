"""The last look at a report that is made to be shared: no identifier of the input may stand in any of its files.

Every file is read back, workbooks and archives part by part, and its words, and runs of words, are compared with every
identifying value of the files that went in: names, NHS numbers, the council's own numbers, days of birth and death,
postcodes, free text, pseudonyms and event references. What the report says without any data (the standard's lists, our
own wording, councils' names) and the figures that it shows are no finding: a surname may be Price, and a number 1,200.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from asccld.counting import counted
from asccld.errors import AsccldError
from asccld.privacy import valid_nhs_numbers
from asccld.reports.council.layout import DATA
from asccld.standard import load_standard

if TYPE_CHECKING:
    from asccld.reports.council.model import Report, Value

REMEDY: Final = (
    "Nothing was written. Mend it where it does not belong, such as a value that is not on its field's list, the name"
    " of a reference file or a published figure; or leave --shareable out, and do not pass the report on"
)
LONGEST: Final = 6
"""Words of an identifier that are compared; of longer ones, such as a description, the first so many."""
OURS: Final = frozenset({"asccld", "Standard", "Format"})
"""What made the report, as far as nobody but we wrote it: names of files are a stranger's."""
LEAST_LETTERS: Final = 3
"""Identifiers shorter than this are not looked for: `Al` and `7` stand everywhere."""
_WORDS = r"[0-9a-z\x{00c0}-\x{024f}]+"
_WORD = re.compile("[0-9a-z\u00c0-\u024f]+")
_DECIMAL = re.compile(r"\d+\.\d+|\.\d+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TAG = re.compile(r"<[^>]*>")
_SAID = re.compile(r"""\s(?:alt|title|aria-label|content|href|src|name|id|descr)\s*=\s*("[^"]*"|'[^']*')""")
_PATHS = re.compile(r"""\s(?:d|points|transform|viewBox|style)\s*=\s*("[^"]*"|'[^']*')""")
_SHARED = re.compile(r"""<c [^>]*t="s"[^>]*>.*?</c>""")
"""Cells of a sheet that hold only the number of a text: the texts are in a part of their own."""
_DEFINED = re.compile(r"(?s)<definedName.*?</definedName>")
"""Names of ranges: numbers of rows."""
_UNSEEN = re.compile(r"\[(?:no-break space|U\+[0-9A-F]{4})\]")
"""What a report writes in place of a blank or a character that nobody sees: it parts nobody's name or number."""
_BETWEEN = " "
_TEN_DIGITS = r"^(\d{3})(\d{3})(\d{4})$"
"""An NHS number, which people write in three groups."""
_SEPARATOR = r"[ \u00a0._/\\\u2010-\u2015-]"
_NHS_NUMBER = re.compile(rf"(?<![\d.,/-])\d(?:{_SEPARATOR}?\d){{9}}(?![\d.,/-]\d|\d)")
"""What could be an NHS number, whoever has it and however its digits are grouped: it may have been typed anywhere."""
_DAYS = re.compile(r"(?<!\d)(?:\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})(?!\d)")
"""Days as the report writes them: with a number beside them they would be ten digits."""
_SURNAME_FIRST = ", "
NHS_FIELD: Final = "nhs_number"
NAMES: Final = "first_name and last_name"
_ENDS = re.compile(r"""[\x00\n\r\t"“”,;|{}\[\]()<>]""")
"""Where one text ends and another begins: two days side by side must not make a third."""
_APART = "\0"
"""Stands for a tag: what is in two cells, or beside each other in a picture, is no run of words."""


class IdentifierFound(AsccldError):
    """An identifier of the input in a report that was to be shared."""


@dataclass
class Identifiers:
    """Identifying values of the input, as runs of words in lower case."""

    by_field: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def add(self, name: str, values: pl.Series) -> None:
        """Take the values of a field."""
        texts = values.cast(pl.String).drop_nulls().unique().str.to_lowercase()
        parts = texts.str.replace_all(_ENDS.pattern, _APART).str.split(_APART)
        size = pl.element().str.len_chars()
        longest = parts.list.eval(pl.element().sort_by(size, descending=True)).list.first().fill_null("")
        runs = longest.str.extract_all(_WORDS).list.head(LONGEST).list.join(_BETWEEN)
        kept = runs.filter(runs.str.len_chars() >= LEAST_LETTERS)
        together = kept.filter(kept.str.contains(r"\d") & kept.str.contains(_BETWEEN)).str.replace_all(_BETWEEN, "")
        grouped = kept.filter(kept.str.contains(_TEN_DIGITS)).str.replace(_TEN_DIGITS, "$1 $2 $3")
        self.by_field.setdefault(name, set()).update(*(s.to_list() for s in (kept, together, grouped)))
        if "date" in name:
            self._add_days(name, values)

    def _add_days(self, name: str, values: pl.Series) -> None:
        """A day in the ways in which it may be written."""
        from asccld.validation.prepare import read_dates

        texts = values.cast(pl.String).drop_nulls().unique()
        if texts.is_empty():  # nobody died
            return
        days = read_dates(texts).drop_nulls().unique()
        for form in ("%Y %m %d", "%d %m %Y", "%-d %B %Y", "%-d %b %Y"):
            self.by_field[name].update(days.dt.strftime(form).str.to_lowercase().to_list())

    def add_names(self, first: pl.Series, last: pl.Series) -> None:
        """Take names of persons, in either order."""
        columns = (s.cast(pl.String).str.to_lowercase().str.extract_all(_WORDS) for s in (first, last))
        names = pl.DataFrame(dict(zip(("first", "last"), columns, strict=True))).drop_nulls().unique()
        said = names.filter(pl.col("first").list.len() > 0, pl.col("last").list.len() > 0)
        orders = (("first", "last"), ("last", "first"))
        runs = (said.select(pl.concat_list(order).list.join(_BETWEEN)).to_series().to_list() for order in orders)
        self.by_field.setdefault(NAMES, set()).update(*runs)

    @property
    def number(self) -> int:
        """How many different values are looked for."""
        return sum(len(values) for values in self.by_field.values())


def refuse_identifiers(folder: Path, identifiers: Identifiers, report: Report) -> int:
    """Read every file below the folder; raise IdentifierFound where one has an identifier. Returns how many were read.

    The error names the field and the file, never the value.
    """
    allowed = known_wording() | figures_of(report)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        shown = path.relative_to(folder).as_posix()
        _refuse(shown, shown, identifiers, allowed)
        for part, text in texts_of(path):
            _refuse(f"{shown}{f', {part}' if part else ''}", text, identifiers, allowed)
    return len(files)


def _refuse(where: str, text: str, identifiers: Identifiers, allowed: set[str]) -> None:
    runs = runs_of([text])
    for name, values in identifiers.by_field.items():
        if name == NAMES:
            found = values & (runs | runs_of([text.replace(_SURNAME_FIRST, _BETWEEN)]))
        else:
            found = {run for run in runs & values if not _is_ordinary(run, allowed)}
        if found:
            what = f"{counted(len(found), 'value')} of {name} of the input would be in a report made to be shared"
            raise IdentifierFound(what, where, REMEDY)
    ten = {found for found in _ten_digits(text) if found not in allowed}
    known = ten & identifiers.by_field.get(NHS_FIELD, set())
    numbers = known | set(valid_nhs_numbers(pl.Series(sorted(ten), dtype=pl.String)).drop_nulls())
    if numbers:
        what = f"{counted(len(numbers), 'NHS number')} would be in a report made to be shared"
        raise IdentifierFound(what, where, REMEDY)


def _ten_digits(text: str) -> set[str]:
    """Every run of ten digits with at most one sign between two of them; days are none."""
    return {re.sub(r"\D", "", found) for found in _NHS_NUMBER.findall(_DAYS.sub(_APART, text))}


def _is_ordinary(run: str, allowed: set[str]) -> bool:
    """Whether a run of words would be there without the data; numbers only as a whole, for a day is made of three."""
    return run in allowed or all(word.isalpha() and word in allowed for word in run.split(_BETWEEN))


def texts_of(path: Path) -> Iterator[tuple[str, str]]:
    """The text of a file; of a workbook or an archive each part by its name."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name, _text(name, archive.read(name))
        return
    yield "", _text(path.name, path.read_bytes())


def _text(name: str, content: bytes) -> str:
    text = _UNSEEN.sub(_BETWEEN, content.decode("utf-8", errors="replace"))
    if not name.endswith((".xml", ".html", ".svg", ".rels", ".vml")):
        return text
    said = _APART.join(found[1:-1] for found in _SAID.findall(text))
    if name.startswith("xl/worksheets/"):
        text = _SHARED.sub(_APART, text)
    elif name == "xl/workbook.xml":
        text = _DEFINED.sub(_APART, text)
    elif not name.endswith((".xml", ".rels", ".vml")):
        comments = _APART.join(re.findall(r"<!--(.*?)-->", text))
        text = re.sub(r"(?s)<style.*?</style>", _APART, _PATHS.sub(_BETWEEN, text)) + _APART + comments
    return unescape(f"{_TAG.sub(_APART, text)}{_APART}{said}")


def runs_of(texts: Iterable[str]) -> set[str]:
    """Every run of one to LONGEST words of these texts; a number with a point is no word."""
    found: set[str] = set()
    plain = (_THOUSANDS.sub("", _DECIMAL.sub(_BETWEEN, whole.lower())) for whole in texts)
    for text in (part for whole in plain for part in set(_ENDS.sub(_APART, whole).split(_APART))):
        words = _WORD.findall(text)
        found.update(words)
        for length in range(2, LONGEST + 1):
            found.update(_BETWEEN.join(words[at : at + length]) for at in range(len(words) - length + 1))
    return found


def known_wording() -> set[str]:
    """What the report may say whatever the data are: lists of the standard, our tables and pages, councils' names.

    Made-up people are no wording: their names are those of real people too.
    """
    standard = load_standard()
    texts = [c.name for c in standard.councils]
    texts += [v.value for r in standard.releases.values() for found in r.lists.values() for v in found.values]
    texts += [header for r in standard.releases.values() for header in r.headers]
    package = DATA.parents[1]
    own = [path for path in package.rglob("*") if path.suffix in {".csv", ".toml"} and "synthetic" not in path.parts]
    own += [p for p in Path(__file__).parent.rglob("*") if p.suffix in {".py", ".j2", ".css"}]
    texts += [path.read_text(encoding="utf-8") for path in own]
    words: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(text.lower()))
    return words


def figures_of(report: Report) -> set[str]:
    """The figures, days and versions that the report shows, as words."""
    versions = (value for name, value in report.versions if name in OURS)
    texts = [str(part) for part in (report.council_code, report.council_name, *versions)]
    days = [*report.period, *(report.previous or ()), report.made_at.date()]
    found: set[str] = set()
    for chapter in report.chapters:
        for headline in chapter.headlines:
            _add(found, (headline.value, headline.previous, headline.numerator, headline.denominator, headline.england))
        for block in chapter.blocks:
            names = [c.name for c in block.columns if c.kind != "text"]
            for name in names:
                _add(found, block.rows[name].unique())
    _add(found, days)
    for text in texts:
        found.update(_WORD.findall(text.lower()))
    return found


def _add(found: set[str], values: Iterable[Value]) -> None:
    for value in values:
        if isinstance(value, date):
            for form in ("%Y %m %d", "%d %m %Y", "%-d %B %Y", "%-d %b %Y"):
                found.add(value.strftime(form).lower())
            found.add(str(_serial(value)))
        elif isinstance(value, int | float):
            found.update({str(int(value)), str(abs(int(value)))})


def _serial(day: date) -> int:
    """The number by which a workbook writes a day."""
    return (date(day.year, day.month, day.day) - date(1899, 12, 30)).days
