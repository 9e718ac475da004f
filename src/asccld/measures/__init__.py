"""Measures: official figures from collected events, each by its published method.

from asccld.measures import compute, measure, settings_for

tables = measure("lts001a", events, start=date(2023, 4, 1), end=date(2023, 12, 31))
tables[""], tables["_people"]

settings = settings_for(date(2023, 4, 1), date(2023, 12, 31), {"import_by": "2024-03-01"})
several = compute(["lts001a", "lts001b"], events, settings)
"""

from asccld.measures.main_table import MainSource, NoMainTable
from asccld.measures.measuring import measure
from asccld.measures.model import Measure, NotInCld, Output
from asccld.measures.options import Option, measure_options, resolved
from asccld.measures.references import MeasureReference, MissingReference
from asccld.measures.registry import UnknownMeasure, measure_named, measures, needed_columns, not_in_cld
from asccld.measures.run import Computed, MissingForMeasure, WrongInput, compute
from asccld.measures.run_main import ComputedFromMain, compute_from_main
from asccld.measures.settings import PARAMETERS, ImpossibleDates, Settings, settings_for

__all__ = [
    "PARAMETERS",
    "Computed",
    "ComputedFromMain",
    "ImpossibleDates",
    "MainSource",
    "Measure",
    "MeasureReference",
    "MissingForMeasure",
    "MissingReference",
    "NoMainTable",
    "NotInCld",
    "Option",
    "Output",
    "Settings",
    "UnknownMeasure",
    "WrongInput",
    "compute",
    "compute_from_main",
    "measure",
    "measure_named",
    "measure_options",
    "measures",
    "needed_columns",
    "not_in_cld",
    "resolved",
    "settings_for",
]
