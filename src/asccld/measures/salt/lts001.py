"""LTS001: people with long-term support, by primary support reason, unpaid carer or ethnicity, and setting.

Method: NHS England, LTS001a, LTS001b and LTS001c (nhse-2024-03), from the latest submission of each council. Counting
unit: people; somebody known to two councils counts in each. Columns in: see `asccld measures show`. Known limitation:
delivery mechanism is not mandatory, so settings by mechanism are incomplete; conflicting reasons become Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import ibis
from ibis.expr.types import Table

from asccld.measures.codes import code_in, place_of, text_of
from asccld.measures.lists import listed
from asccld.measures.picking import MOST_DAYS, best_rows, days_before, known_flag, one_value
from asccld.measures.salt.long_term import CODED, supported_for_a_year, supported_in_year, supported_on_day
from asccld.measures.setting import mechanism_of, service_of
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD, Source, age_born, in_list, record_list, with_record_ids
from asccld.measures.tallies import people_by, people_in_all
from asccld.processing.run import Tables
from asccld.processing.text import folded, same

INVALID = "Invalid/NULL"
SETTING = ("service_type", "delivery_mechanism")
WORKING_AGE = (18, 64)
REASON_TABLES = ("1a", "1b")


@dataclass(frozen=True)
class Attribute:
    """What a table shows of a person besides the setting."""

    column: str
    unknown: str
    """The value that says nothing; it is also shown for people with values that conflict."""
    as_submitted: bool = False
    """Whether a missing or invalid value is shown as it is, and not as invalid."""
    not_shown: tuple[str, ...] = ()
    """Values of the list that are shown as invalid all the same."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What may be shown, in the order of the codes."""
        return (*listed(CODED[self.column]), INVALID)


REASON = Attribute("primary_support_reason", "Unknown")
REASON_AS_SUBMITTED = Attribute("primary_support_reason", "Unknown", as_submitted=True)
CARER = Attribute("has_unpaid_carer", "Unknown", not_shown=("Unknown",))
CARER_OR_UNKNOWN = Attribute("has_unpaid_carer", "Unknown")
ETHNICITY = Attribute("ethnicity", "No data - Undeclared or Not known")


def lts001a(source: Source, settings: Settings) -> Mapping[str, Table]:
    """People with long-term support during the year: table 1a from 18 to 64, table 1b from 65."""
    people = partial(people_of_lts001a, source, settings)
    return Tables({"": lambda: _counted(people(), REASON), "_people": lambda: _shown(people(), REASON)})


def lts001b(source: Source, settings: Settings) -> Mapping[str, Table]:
    """People with long-term support on the last day: tables 1a, 1b, 2, 3a, 3b and 3c."""
    rows = partial(_rows_of_lts001b, source, settings)
    carer = CARER_OR_UNKNOWN if settings.documented("x14") else CARER
    one = partial(people_of_lts001b, source, settings)
    two = partial(_people, source, "lts001b 2", lambda: rows().mutate(table=ibis.literal("2")), carer)
    three = partial(_people, source, "lts001b 3", lambda: _by_gender(rows()), ETHNICITY)
    return Tables(
        {
            "": lambda: _counted(one(), REASON),
            "_totals": lambda: people_by(one(), "la_code", "table").select("la_code", "count", "table"),
            "_national": lambda: people_in_all(one(), REASON_TABLES),
            "_2": lambda: _counted(two(), CARER).drop("table"),
            "_3": lambda: _counted(three(), ETHNICITY),
            "_3c": lambda: people_by(_of_other_gender(rows()), "la_code"),
            "_people": lambda: _shown(one(), REASON),
            "_2_people": lambda: _shown(two(), CARER).drop("table"),
            "_3_people": lambda: _shown(three(), ETHNICITY),
            "_3c_people": lambda: _other_people(_of_other_gender(rows())),
        }
    )


def lts001c(source: Source, settings: Settings) -> Mapping[str, Table]:
    """People with long-term support for more than 12 months on the last day: tables 1a and 1b."""
    people = partial(people_of_lts001c, source, settings)
    return Tables(
        {
            "": lambda: _counted(people(), REASON),
            "_national": lambda: people_in_all(people(), REASON_TABLES),
            "_people": lambda: _shown(people(), REASON),
        }
    )


def people_of_lts001a(source: Source, settings: Settings) -> Table:
    """Everybody in LTS001a, with the table they are in."""
    return _people(source, "lts001a 1", lambda: _by_age(supported_in_year(source), settings), REASON)


def people_of_lts001b(source: Source, settings: Settings) -> Table:
    """Everybody in tables 1a and 1b of LTS001b."""
    return _people(source, "lts001b 1", lambda: _by_age(_rows_of_lts001b(source, settings), settings), REASON)


def people_of_lts001c(source: Source, settings: Settings) -> Table:
    """Everybody in LTS001c, with the table they are in."""
    return _people(source, "lts001c 1", lambda: _rows_of_lts001c(source, settings), REASON_AS_SUBMITTED)


def _rows_of_lts001b(source: Source, settings: Settings) -> Table:
    """Long-term support on the last day: of all clients, or of those in LTS001a (D28)."""
    rows = supported_on_day(source)
    return _of_people_in(rows, people_of_lts001a(source, settings)) if settings.documented("d28") else rows


def _rows_of_lts001c(source: Source, settings: Settings) -> Table:
    rows = _by_age(supported_for_a_year(source), settings)
    return _of_people_in(rows, people_of_lts001b(source, settings)) if settings.documented("d28") else rows


def _of_people_in(rows: Table, people: Table) -> Table:
    return cast("Table", rows.semi_join(people, ["la_code", "person"]))


def _by_age(rows: Table, settings: Settings) -> Table:
    age = age_born(rows, settings.end)
    return rows.mutate(table=ibis.cases((age.between(*WORKING_AGE), "1a"), (age > WORKING_AGE[1], "1b")))


def _by_gender(rows: Table) -> Table:
    return rows.mutate(table=ibis.cases((same(rows.gender, "Male"), "3a"), (same(rows.gender, "Female"), "3b")))


def _of_other_gender(rows: Table) -> Table:
    return rows.filter(in_list(rows.gender, "Other", "Unknown"))


def _other_people(others: Table) -> Table:
    people = others.group_by("la_code", "person").agg(id=others.id.min(), record_ids=record_list(others, once=True))
    return with_record_ids(people.select("la_code", "id", "record_ids"))


def _people(source: Source, name: str, rows: Callable[[], Table], attribute: Attribute) -> Table:
    """One row per person and table: the strongest setting, and the attribute that goes with it (rule DED-A)."""
    return source.shared(name, lambda: _picked(rows(), attribute, source.settings))


def _picked(rows: Table, attribute: Attribute, settings: Settings) -> Table:
    column, texts = attribute.column, attribute.texts
    code, other = rows[f"{column}_code"], rows[f"{column}_other"]
    valid = code_in(code, texts, [t for t in listed(CODED[column]) if t not in attribute.not_shown])
    removed = settings.documented("d17") and column == REASON.column
    known = known_flag(code, place_of(attribute.unknown, texts))
    days = ibis.literal(0) if settings.documented("d16") else days_before(rows, settings.end)
    invalid = ibis.literal(place_of(INVALID, texts), "int8")
    shown = {
        f"{column}_code": code if attribute.as_submitted else valid.ifelse(code, invalid),
        f"{column}_other": other if attribute.as_submitted else ibis.null("string"),
    }
    narrow = rows.select(
        RECORD, "la_code", "table", "person", "id", "setting_rank", "odd_mechanism", kept=valid if removed else True,
        merit=(rows.setting_rank.cast("int64") * 2 - known) * MOST_DAYS + days, **shown,
    )  # fmt: skip
    best = best_rows(narrow.filter(narrow.table.notnull(), narrow.kept), ["la_code", "table", "person"])
    return _agreed(best, attribute, settings)


def _agreed(best: Table, attribute: Attribute, settings: Settings) -> Table:
    apart = None if settings.documented("x22") else {"mechanism": folded(best.odd_mechanism)}
    of, spelt = ("la_code", "table", "person", "setting_rank"), ("id", "odd_mechanism")
    people = one_value(best, of, attribute.column, attribute.texts, attribute.unknown, apart=apart, spelt=spelt)
    return people.mutate(odd_mechanism=ibis.null("string")) if settings.documented("x22") else people


def _counted(people: Table, attribute: Attribute) -> Table:
    """How many people there are by value and setting: each is there once, so rows are counted, and then named."""
    code, other = f"{attribute.column}_code", f"{attribute.column}_other"
    apart = {"of_other": folded(people[other]), "of_mechanism": folded(people.odd_mechanism)}
    counts = people.group_by("la_code", "table", "setting_rank", code, **apart).agg(
        count=people.count(), odd_mechanism=people.odd_mechanism.min(), **{other: people[other].min()}
    )
    named = _in_words(counts, attribute)
    return named.select("la_code", attribute.column, *SETTING, "count", "table")


def _shown(people: Table, attribute: Attribute) -> Table:
    return _in_words(people, attribute).select("la_code", attribute.column, *SETTING, "id", "table", "record_ids")


def _in_words(rows: Table, attribute: Attribute) -> Table:
    column, rank = attribute.column, rows.setting_rank
    return rows.mutate(
        service_type=service_of(rank),
        delivery_mechanism=mechanism_of(rank, rows.odd_mechanism),
        **{column: text_of(rows[f"{column}_code"], rows[f"{column}_other"], attribute.texts)},
    )
