"""`python -m asccld`: the command line where scripts are not on the path."""

from asccld.cli import run

run()
