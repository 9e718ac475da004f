"""Measures: official figures from collected events, each by its published method.

from asccld.measures import compute, settings_for

settings = settings_for(date(2023, 4, 1), date(2023, 12, 31), {"import_by": "2024-03-01"})
tables = compute(["lts001a"], events, settings)["lts001a"]
tables[""], tables["_people"]

figures = compute_from_main(["ascof_2e"], main_table, settings)["ascof_2e"]
"""

from asccld.measures.main_table import MainSource, NoMainTable
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
    "measure_named",
    "measure_options",
    "measures",
    "needed_columns",
    "not_in_cld",
    "resolved",
    "settings_for",
]
