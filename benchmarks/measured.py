"""Run one command and write down its time, processor time and peak memory.

A program of its own, kept tiny: Linux gives a child the memory of its parent as the child's first high-water mark, so
the process that measures must be small. Usage: `python measured.py OUT.json COMMAND ...`.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

_KILOBYTES_PER_MEGABYTE = 1024


def main() -> None:
    """Measure the command in `sys.argv`; the peak is that of the largest process under it."""
    out, *command = sys.argv[1:]
    started = time.perf_counter()
    # compiled modules are kept, as on any ordinary installation: the first round, which is not counted, makes them
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env=environment)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = {
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / _KILOBYTES_PER_MEGABYTE,
        "code": done.returncode,
        "said": done.stderr.decode(errors="replace")[-2000:],
    }
    Path(out).write_text(json.dumps(seen))


if __name__ == "__main__":
    main()
