"""A council's report: gathered once from the tables of the measures, drawn as a workbook, as pages and on a terminal."""
