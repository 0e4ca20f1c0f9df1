"""`saas drill disk-full`: no room is left for database, files, mailbox and logs while letters are approved.

The scratch folder is a small memory file system of its own, in a namespace of its own, so that no real disk fills up.
`python -m saas.drills.disk_full LETTERS SECONDS` is the part inside.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from saas.drills.approving import Approver
from saas.drills.firm import furnished
from saas.drills.outcome import Outcome, load
from saas.drills.world import World, world

ROOM = "320m"
APART = ["unshare", "--user", "--map-root-user", "--mount", "--"]
LONGEST = 1800  # seconds
TAIL = 60.0  # seconds to recover in once there is room again
BLOCK = 1 << 16


class NoRoomApartError(RuntimeError):
    """This machine lets nobody make a file system of their own, so the drill would have to fill a real one."""


def run(letters: int = 100, seconds: float = 60.0) -> Outcome:
    """NoRoomApartError where user namespaces are forbidden."""
    if subprocess.run([*APART, "true"], capture_output=True, check=False).returncode:
        raise NoRoomApartError("user namespaces are forbidden here: the drill needs a small file system of its own")
    words = [*APART, sys.executable, "-m", "saas.drills.disk_full", str(letters), str(seconds)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found = json.loads(done.stdout)
    named = {name: found.pop(name) for name in ("name", "lost", "doubled", "seconds", "passed")}
    return Outcome(**named, facts=found)


def inside(letters: int, seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="saas-drill-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", folder], check=True)
        tempfile.tempdir = folder
        try:
            with world() as place:
                return asyncio.run(filled(place, letters, seconds))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=False)


async def filled(place: World, letters: int, seconds: float) -> Outcome:
    """Fill up in the middle of the work, wait, make room: everything goes on by itself."""
    begun, ballast = time.monotonic(), place.settings.data_dir / "ballast"
    async with furnished(place) as firm:
        ids, approver = await firm.drafted(letters), Approver(place, firm)
        approving = asyncio.create_task(approver.approve(ids))
        await asyncio.sleep(0.5)
        full = time.monotonic()
        while time.monotonic() - full < seconds:
            _fill(ballast)
            await asyncio.sleep(0.5)
        ballast.unlink()
        back = time.monotonic()
        await asyncio.wait_for(approving, 4 * TAIL)
        await firm.finished_within(4 * TAIL)
        tail, fate = time.monotonic() - back, await firm.fate(place, ids)
    facts = {"letters": letters, "full": seconds, "tail": round(tail, 1), "forms_repeated": len(approver.repeats),
             "load": load()}  # fmt: skip
    passed = fate.lost == fate.doubled == 0 and tail <= TAIL
    return Outcome("disk-full", fate.lost, fate.doubled, time.monotonic() - begun, passed, facts)


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(BLOCK))


if __name__ == "__main__":
    inside(int(sys.argv[1]), float(sys.argv[2])).say()
