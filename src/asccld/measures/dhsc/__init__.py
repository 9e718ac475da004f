"""The Department's measures on the main tables, method dhsc-2026-06, in the wording of Release 2."""
