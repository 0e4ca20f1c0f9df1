"""Processor time of the application and its database: what a page costs, however busy the machine is.

Application and database work one after the other for a page, so that on an idle machine the clock shows about as much.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def spent(data_dir: Path) -> float:
    """Seconds of processor spent so far by this process and by the database server with its workers."""
    return time.process_time() + spent_by_database(data_dir)


def spent_by_database(data_dir: Path) -> float:
    """The same of the embedded database alone."""
    return spent_by(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))


def spent_by(process: int) -> float:
    """Seconds of a process itself, its living children, and those that ended."""
    whole = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _fields(entry)
            if fields and (int(entry.name) == process or int(fields[1]) == process):
                own, ended = fields[11:13], fields[13:15]
                whole += sum(map(int, own + (ended if int(entry.name) == process else [])))
    return whole / TICKS


def _fields(entry: Path) -> list[str]:
    """What /proc says of a process from its state on; nothing where it ended meanwhile."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
