"""Processing: from collected events to the single and joined main tables, exactly as the Department builds them."""

from asccld.processing.cropping import cropped
from asccld.processing.derived import with_ages, with_review_type
from asccld.processing.dqvalues import dq_values
from asccld.processing.identity import with_unique_event_ref
from asccld.processing.inperiod import events_in_period, with_event_end
from asccld.processing.main import derived_fields, main_joined, main_single, main_table
from asccld.processing.mapping import with_cleaned, with_outcome_hierarchy
from asccld.processing.options import chosen_options, known_options
from asccld.processing.people import with_person_id
from asccld.processing.periods import reporting_periods
from asccld.processing.reference import Reference
from asccld.processing.run import Processed, process
from asccld.processing.submissions import (
    joined_submissions,
    selected_submissions,
    submissions_by_quarter,
    submitted,
)
from asccld.processing.unique import unique_events

__all__ = [
    "Processed",
    "Reference",
    "chosen_options",
    "cropped",
    "derived_fields",
    "dq_values",
    "events_in_period",
    "joined_submissions",
    "known_options",
    "main_joined",
    "main_single",
    "main_table",
    "process",
    "reporting_periods",
    "selected_submissions",
    "submissions_by_quarter",
    "submitted",
    "unique_events",
    "with_ages",
    "with_cleaned",
    "with_event_end",
    "with_outcome_hierarchy",
    "with_person_id",
    "with_review_type",
    "with_unique_event_ref",
]
