"""A council's report: gathered once from the measures' tables, drawn as a workbook, as pages and on a terminal."""
