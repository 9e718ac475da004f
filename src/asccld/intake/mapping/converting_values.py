"""What becomes of a text from one release to the next; capitals and blanks matter as little as in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from asccld.identifying.masking import folded_words
from asccld.intake.mapping.folding import folded
from asccld.standard import Release, Standard
from asccld.standard.changes import composed_mappings
from asccld.standard.names import did_you_mean

_SPELT: Final = "in the words of the later release already, but for capitals and blanks"
Outcome = Literal[
    "converted", "decided", "unchanged", "not mapped", "not in the list", "column dropped", "column added", "value new"
]


@dataclass(frozen=True)
class Fate:
    """What becomes of a text, and why."""

    outcome: Outcome
    becomes: str
    why: str = ""


class Fates:
    """What becomes of a text of a field; every text is judged once."""

    def __init__(
        self, start: Release, target: Release, standard: Standard, decisions: Mapping[tuple[str, str], str]
    ) -> None:
        self._start, self._target, self._decisions = start, target, decisions
        self._maps: dict[str, dict[str, tuple[str | None, str]]] = {}
        for m in composed_mappings(standard, start.id, target.id):
            if m.from_value:
                self._maps.setdefault(m.defined_list, {})[folded(m.from_value)] = (m.to_value, m.confidence)
        self._fixes = {(f.defined_list, folded(f.raw)): f.value for f in start.fixes}
        self._known: dict[tuple[str, str], Fate] = {}

    def judged(self, name: str) -> bool:
        """Whether the values of a field are those of a list that is known."""
        found = self._target.list_of(name)
        return found is not None and bool(found.values)

    def usual_words(self, name: str) -> frozenset[str]:
        """The words of a field's values: as such they are nobody's name."""
        texts = (t for release in (self._start, self._target) for t in self._texts(release, name))
        return frozenset(w for t in texts for w in folded_words(t))

    def of(self, name: str, text: str) -> Fate:
        """What becomes of a text."""
        if (name, text) not in self._known:
            self._known[name, text] = self._judge(name, text)
        return self._known[name, text]

    def _judge(self, name: str, text: str) -> Fate:
        mapped, decided = self._mapped(name, text), self._decisions.get((name, folded(text)))
        # a decision that repeats the release map decides nothing
        return mapped if decided in {None, mapped.becomes} else Fate("decided", decided or "", "as decided")

    def _mapped(self, name: str, text: str) -> Fate:
        """What the release map says."""
        wanted, values = folded(text), {folded(t): t for t in self._texts(self._target, name)}
        defined = self._start.by_name[name].defined_list if name in self._start.by_name else ""
        fixed = self._fixes.get((defined, wanted))
        becomes, confidence = self._maps.get(defined, {}).get(folded(fixed or text), (None, ""))
        if becomes is not None:
            if becomes == text:
                return Fate("unchanged", becomes)
            slip = f"a slip of '{fixed}'; " if fixed else ""
            return Fate("converted", becomes, f"{slip}by the release map ({confidence})")
        if wanted in values:  # in the words of the later release already
            same = values[wanted] == text
            return Fate("unchanged" if same else "converted", values[wanted], "" if same else _SPELT)
        if confidence:
            no_successor = f"Release {self._target.id} has no value that means the same ({confidence})"
            return Fate("not mapped", text, no_successor)
        near = did_you_mean(text, self._texts(self._start, name), count=1)
        return Fate("not in the list", text, f"Release {self._start.id} has no such value. {near}".rstrip())

    @staticmethod
    def _texts(release: Release, name: str) -> tuple[str, ...]:
        found = release.list_of(name)
        return found.texts if found else ()
