"""The version: here, because asking the installed package for it takes longer than checking a small file."""

__version__ = "0.1.0"
