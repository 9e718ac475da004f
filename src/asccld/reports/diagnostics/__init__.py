"""What a helper needs to know and may know: versions, shapes, counts, timings, and not one value of anybody's data."""

from asccld.reports.diagnostics.bundle import diagnose

__all__ = ["diagnose"]
