"""The tables of the Short and Long Term Support return, and NHS England's versions of four ASCOF measures."""
