"""One module for each shape of the catalogue."""
