"""What the words mean, and what decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from asccld.counting import counted
from asccld.reports.display import day, size, visible
from asccld.reports.page.markup import bullets, facts, html, joined, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asccld.reports.faults import RuleOutcome
    from asccld.reports.page.markup import Markup
    from asccld.validation.result import ValidationResult

CONFIDENCE = {
    "confirmed": "An official or national source says so.",
    "inferred": "No source says so outright; it follows from official code, earlier releases or plain sense.",
    "gap": "No public source says anything; the check is our best guess.",
}


def confidence_section(rules: Sequence[RuleOutcome]) -> Markup:
    """How sure the rules are."""
    numbers = Counter(rule.first.confidence for rule in rules)
    items = (
        html("<strong>%s</strong> (%s): %s", word.capitalize(), counted(numbers[word], "rule"), meaning)
        for word, meaning in CONFIDENCE.items()
    )
    return section(
        "confidence",
        "How sure the rules are",
        html(
            "<p>%s</p>",
            "The full specification is not public. Each rule therefore says how well its source supports it:",
        ),
        bullets(items),
        html(
            "<p>Your council holds the official workbooks: <code>asccld standard adopt</code> puts what they say in the"
            " place of what is inferred.</p>"
        ),
    )


def provenance_section(result: ValidationResult) -> Markup:
    """What decided, so that anyone can repeat it."""
    file, made = result.file, result.provenance
    return section(
        "provenance",
        "How this report was made",
        html("<p>%s</p>", "The same file, standard, rules and policy give the same result wherever they are run."),
        facts([
            ("asccld", made.version),
            ("Standard", html("<code>%s</code>", made.standard)),
            ("Rules", html("<code>%s</code>", made.rules)),
            ("Policy", html("<code>%s</code>", made.policy)),
            ("Adopted workbooks", ", ".join(visible(name) for name in made.adopted) or "none"),
            ("Day of submission", day(made.received)),
            ("File", html("<code>%s</code>", visible(file.path.name))),
            ("Made by the mapping", html("<code>%s</code>", visible(file.mapping)) if file.mapping else "none known"),
            ("SHA-256", html('<code class="long">%s</code>', file.sha256)),
            ("Read as", _read_as(result)),
            ("Size", size(file.size_bytes)),
            ("Notes", joined((html("%s", visible(note, 300)) for note in file.notes or ("none",)), "<br>")),
        ], "facts provenance"),
    )  # fmt: skip


def _read_as(result: ValidationResult) -> str:
    file = result.file
    delimiter = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}.get(file.delimiter or "", file.delimiter)
    known = (("", file.kind), ("encoding", file.encoding), ("delimiter", delimiter), ("sheet", file.sheet))
    return ", ".join(f"{name} {visible(fact)}".strip() for name, fact in known if fact)
