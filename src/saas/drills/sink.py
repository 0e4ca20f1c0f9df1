"""`python -m saas.drills.sink PORT FOLDER`: the mail server of the world outside, plain SMTP on loopback.

It keeps what it gets as the embedded mailbox does, but nobody can ask it what it has seen.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

from saas.kernel import mailbox


def received(folder: Path) -> Counter[str]:
    """How often each letter arrived, by the digest of its Message-ID."""
    return Counter(path.stem.partition("-")[2] for path in folder.glob("*.eml"))


async def serve(port: int, folder: Path) -> None:
    async with mailbox.serving_on(port, folder):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
