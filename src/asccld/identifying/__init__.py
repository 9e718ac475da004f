"""What could point at a person, wherever it stands: its forms, and how it is kept out of what is shown.

Beside the rooms, because whoever reads, maps, checks or reports a file has to hide the same things.
"""

HIDDEN = "(hidden)"
"""Shown instead of a value that could point at a person."""
