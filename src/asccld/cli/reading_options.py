"""Options for how a file is read, the same in every command that reads one."""

from __future__ import annotations

from typing import Annotated

import typer

SheetOption = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default=False)]
DelimiterOption = Annotated[
    str | None,
    typer.Option("--delimiter", help="Delimiter of a CSV, where it is not recognised.", show_default=False),
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of a CSV, where it is not recognised.", show_default=False)
]
