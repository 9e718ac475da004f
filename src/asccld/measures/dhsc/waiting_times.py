"""Waiting times: from a request to the first response, and to the first service.

Method: DHSC waiting times 1.1 of 19 May 2026, provisional (dhsc-2026-06), from the joined main table, every quarter
that it holds. Counting unit: requests. Columns in: `EVENT_COLUMNS`. Columns out: those of the national tables. Known
limitation: a median of few waits says little, and nothing is suppressed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ibis.expr.types import Table

from asccld.measures.dhsc.waiting_binding import bound_requests, official_names, with_waits
from asccld.measures.dhsc.waiting_events import candidates, chronology, counted_events, new_requests
from asccld.measures.dhsc.waiting_figures import council_figures, diagnostics, on_dashboard
from asccld.measures.dhsc.waiting_rules import WaitingRules, official_rules
from asccld.measures.main_table import PERSON_ID, MainSource
from asccld.measures.settings import Settings
from asccld.measures.source import RECORD
from asccld.processing.run import Tables


def waiting_times(source: MainSource, settings: Settings) -> Mapping[str, Table]:  # noqa: ARG001 - every quarter counts
    """Medians by council, the requests behind them, and the counts beside them."""
    source.note("waiting_times: every quarter of the main table counts, not only those of the period")
    steps = WaitingTimes(source)
    return Tables(
        {
            "": steps.figures,
            "_person": steps.person,
            "_diag_part1": lambda: steps.diagnostics("part1"),
            "_diag_part2": lambda: steps.diagnostics("part2"),
            "_dashboard": lambda: steps.on_dashboard(steps.figures()),
            "_dashboard_diag_part1": lambda: steps.on_dashboard(steps.diagnostics("part1")),
            "_dashboard_diag_part2": lambda: steps.on_dashboard(steps.diagnostics("part2")),
        }
    )


class WaitingTimes:
    """The steps of a run, each computed once."""

    def __init__(self, source: MainSource, rules: WaitingRules | None = None) -> None:
        self._source = source
        self._rules = rules or official_rules()

    def _candidates(self) -> Table:
        return self._source.shared("waiting candidates", lambda: candidates(self._source.rows, self._rules))

    def _new_requests(self) -> Table:
        return self._source.shared("waiting requests", lambda: new_requests(self._candidates()))

    def events(self) -> Table:
        """All events that count."""
        return counted_events(self._candidates(), self._new_requests())

    def _in_order(self) -> Table:
        return self._source.shared("waiting chronology", lambda: chronology(self.events(), self._new_requests()))

    def requests(self) -> Table:
        """Every request with what it led to and its waits."""
        return self._source.shared("waiting bound", lambda: with_waits(bound_requests(self._in_order(), self._rules)))

    def figures(self) -> Table:
        """Medians by council."""
        return self._source.shared("waiting figures", lambda: council_figures(self.requests()))

    def person(self) -> Table:
        """The national table of requests, and the records that each wait stands on."""
        rows = self.requests()
        shown = self._source.rows.select(PERSON_ID, of_record=RECORD)
        told = rows.inner_join(shown, rows.q_record == shown.of_record)
        request, response, service = (told[f"{prefix}_record"].cast("string") for prefix in ("q", "r", "f"))
        # A request may be its own response, and a service the response too.
        records = request + "," + response.nullif(request).fill_null("") + "," + service.nullif(response).fill_null("")
        tidy = records.re_replace(",+", ",").re_replace(",$", "")
        return told.select("la_code", PERSON_ID, **official_names(told), record_ids=tidy)

    def diagnostics(self, part: str) -> Table:
        """The counts beside the figures of `part1` or `part2`."""
        return diagnostics(self.requests(), self.figures(), self.events(), part, self._rules)

    def on_dashboard(self, table: Table) -> Table:
        """A table's published quarters."""
        return on_dashboard(table, self.figures(), self._rules)
