"""Run the commands that pages show, and compare what they print with what the page says.

In a block of kind `console`, a line `$ asccld ...` or `> asccld ...` is run, and the lines below it, up to the next
prompt, are what it prints; where none are shown, nothing is compared, but the command must not fail to run. `$ echo $?`
(and its two cousins on Windows) shows the exit code. `...` stands for any lines, or for any text within a line. Other
commands are for the reader alone. The commands of a page run one after the other, in one folder that holds a copy of
`examples`. A block with a title is a file of that name in it; `<!-- in FILE: replace OLD with NEW -->` does what the
page asks the reader to do in an editor (OLD is a regular expression); `<!-- not run: REASON -->` before a block leaves
it alone.

`python tools/shown_commands.py [PAGE...]` writes what is printed now into the pages, also in place of a line `?`;
output with `...` it only compares.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "COLUMNS": "100",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "PYTHONUTF8": "1",
    "PYTHONUNBUFFERED": "1",  # what stands first on the screen was printed first
}
EXIT_CODE = {"echo $?", "echo %ERRORLEVEL%", "$LASTEXITCODE"}
ELLIPSIS = "..."
COULD_NOT_RUN = 2
PATIENCE = 600  # seconds for one command: the demo on a busy machine
# Pages whose commands need what the repository does not hold.
NOT_FOLLOWED = {"docs/how-to/adopt-the-official-workbook.md": "the workbooks are not public"}

_BLOCK = re.compile(
    r"(?ms)^(?P<skip><!-- not run: [^\n]*-->\n+)?"
    r"```(?P<kind>\w+)(?: title=\"(?P<title>[^\"]+)\")?[^\n]*\n(?P<body>.*?)^```$"
    r"|^<!-- in (?P<file>\S+): replace (?P<old>.+?) with (?P<new>.+?) -->$"  # OLD is a regular expression
)
_PROMPT = re.compile(r"^(?:\$|>|PS>) (?P<command>.*)$")
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "<fingerprint>"),
    (re.compile(r"\basccld \d+\.\d+\.\d+\S*"), "asccld <version>"),
    (re.compile(r"\b\d+(?:\.\d+)? s(?:econds?)?\b"), "<time>"),
    (re.compile(r"\\"), "/"),
)


@dataclass
class Step:
    """One command of a page with the output that the page shows; `command` is None for lines before any prompt."""

    command: str | None
    shown: list[str] = field(default_factory=list[str])

    @property
    def runs(self) -> bool:
        """Whether the test runs it."""
        return self.command is not None and (self.command.split(" ")[0] == "asccld" or self.command in EXIT_CODE)

    @property
    def tells(self) -> bool:
        """Whether the page says what is printed."""
        return any(line.strip() for line in self.shown)


@dataclass
class Ran:
    """A command that was run."""

    step: Step
    printed: list[str]
    exit_code: int

    @property
    def differs(self) -> bool:
        """Whether the page says something else, or shows a command that cannot run."""
        if self.step.tells:
            return not same(self.step.shown, self.printed)
        return self.exit_code == COULD_NOT_RUN


@dataclass
class Difference:
    """A command that prints something else than its page shows."""

    page: str
    command: str
    shown: list[str]
    printed: list[str]

    def __str__(self) -> str:
        """Both texts, for the developer who has to choose."""
        return "\n".join([f"{self.page}: {self.command}", "--- shown", *self.shown, "--- printed", *self.printed])


def steps_of(body: str) -> list[Step]:
    """The commands of one block."""
    steps: list[Step] = []
    for line in body.splitlines():
        prompt = _PROMPT.match(line)
        if prompt:
            steps.append(Step(prompt["command"]))
        elif not steps:
            steps.append(Step(None, [line]))
        else:
            steps[-1].shown.append(line)
    return steps


def has_commands(text: str) -> bool:
    """Whether a page shows a command of ours."""
    blocks = [m for m in _BLOCK.finditer(text) if m["kind"] == "console" and not m["skip"]]
    return any(step.runs for block in blocks for step in steps_of(block["body"]))


class Session:
    """One page being followed by a reader: a folder, and the last exit code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exit_code = 0
        shutil.copytree(ROOT / "examples", folder / "examples")

    def write(self, name: str, content: str) -> None:
        """Make a file that a page shows in full."""
        (self.folder / name).write_text(content, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Edit a file; an edit that changes nothing is a mistake of the page."""
        path = self.folder / name
        text, count = re.subn(old, new, path.read_bytes().decode("utf-8"), flags=re.MULTILINE)
        if not count:
            message = f"'{old}' is not in {name}"
            raise ValueError(message)
        path.write_bytes(text.encode("utf-8"))

    def run(self, command: str) -> list[str]:
        """The lines that a command prints."""
        if command in EXIT_CODE:
            return [str(self.exit_code)]
        arguments = shlex.split(command)[1:]
        done = subprocess.run(
            [sys.executable, "-m", "asccld", *arguments],
            cwd=self.folder,
            env=os.environ | ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE,
        )
        self.exit_code = done.returncode
        return [line.rstrip() for line in done.stdout.rstrip("\n").splitlines()]


def followed(text: str, folder: Path) -> Iterator[tuple[re.Match[str], list[Ran]]]:
    """Every block with commands, and what they printed; files and edits are made on the way."""
    session = Session(folder)
    for found in _BLOCK.finditer(text):
        if found["file"]:
            session.replace(found["file"], found["old"], found["new"])
        elif found["title"]:
            session.write(found["title"], found["body"])
        elif found["kind"] == "console" and not found["skip"]:
            steps = [step for step in steps_of(found["body"]) if step.runs and step.command]
            yield found, [Ran(step, session.run(step.command or ""), session.exit_code) for step in steps]


def differences(page: str, text: str, folder: Path) -> list[Difference]:
    """Every command of a page that prints something else than it shows."""
    every = (ran for _, block in followed(text, folder) for ran in block)
    return [Difference(page, ran.step.command or "", ran.step.shown, ran.printed) for ran in every if ran.differs]


def same(shown: list[str], printed: list[str]) -> bool:
    """Whether two texts agree, except for what differs from day to day; `...` stands for any lines."""
    parts = _split([steady(line) for line in _trimmed(shown)])
    lines = [steady(line) for line in _trimmed(printed)]
    pattern = "(?:.*\n)*".join("".join(_any_rest(line) + "\n" for line in part) for part in parts)
    return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None


def _any_rest(line: str) -> str:
    """A pattern for one line, in which `...` stands for any text."""
    return ".*".join(re.escape(piece) for piece in line.split(ELLIPSIS))


def _trimmed(lines: list[str]) -> list[str]:
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return text.split("\n") if text else []


def _split(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == ELLIPSIS:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def steady(line: str) -> str:
    """A line without what differs from day to day and from machine to machine."""
    for pattern, name in _CHANGING:
        line = pattern.sub(name, line)
    return line.rstrip()


def rewritten(page: str, text: str, folder: Path) -> tuple[str, list[Difference]]:
    """The page with what is printed now, and the differences that somebody has to settle by hand."""
    by_hand: list[Difference] = []
    pieces: list[str] = []
    end = 0
    for found, block in followed(text, folder):
        outputs = iter(block)
        lines: list[str] = []
        for step in steps_of(found["body"]):
            if step.command is not None:
                lines.append(_prompt_line(found["body"], step.command))
            lines += _settled(page, next(outputs), by_hand) if step.runs else step.shown
        pieces += [text[end : found.start("body")], "".join(line + "\n" for line in lines)]
        end = found.end("body")
    return "".join([*pieces, text[end:]]), by_hand


def _prompt_line(body: str, command: str) -> str:
    return next(line for line in body.splitlines() if (m := _PROMPT.match(line)) and m["command"] == command)


def _settled(page: str, ran: Ran, by_hand: list[Difference]) -> list[str]:
    shown = ran.step.shown
    if not ran.differs:
        return shown
    if any(ELLIPSIS in line for line in shown) or not ran.step.tells:
        by_hand.append(Difference(page, ran.step.command or "", shown, ran.printed))
        return shown
    return [*ran.printed, ""] if shown[-1] == "" else ran.printed


def pages() -> dict[str, str]:
    """Path and text of every page that shows commands of ours."""
    names = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in names if path.is_file()}
    return {name: text for name, text in texts.items() if name not in NOT_FOLLOWED and has_commands(text)}


def main() -> None:
    """Bring every page up to date, or those that are named."""
    wanted = sys.argv[1:]
    for name, text in pages().items():
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            fresh, by_hand = rewritten(name, text, Path(folder))
        if fresh != text:
            (ROOT / name).write_text(fresh, encoding="utf-8", newline="\n")
            print(f"{name}: brought up to date")
        for difference in by_hand:
            print(f"By hand, {difference}\n")


if __name__ == "__main__":
    main()
