"""`python -m tests.fuzz --minutes 60`: new streams for as long as there is time; exit code 1 if one found a defect.

Streams are made by changing known ones. What takes a new way through the trusted side's pure parts becomes known; the
real daemon gets one now and then. `--keep` writes what became known into the corpus; what found a defect always is.
"""

import argparse
import subprocess
import sys
import time
from typing import Final

from tests.fuzz.corpus import load, messages_of, save
from tests.fuzz.daemon_target import try_stream
from tests.fuzz.mutate import Mutator
from tests.fuzz.reach import Step, reached
from tests.fuzz.target import talk
from tests.harness.processes import ROOT, clean_environment
from tests.harness.stage import Stage

CORES_PER_DAEMON: Final = 200
"""So many streams go to the core alone for one that the real daemon gets: it takes a thousand times as long."""

WALK_STEPS: Final = 300
WALK_SHARE: Final = 0.3
"""Of the time, for walks over a real desktop (tests/properties/desktop_walk.py)."""


def reach_of(stream: bytes) -> set[Step]:
    """How the core goes through it; raises what is wrong with that."""
    return reached(lambda: talk([stream], 8))


def shortened(stream: bytes, wanted: set[Step]) -> bytes:
    """`stream` without the messages that it needs not to reach `wanted`."""
    parts = messages_of(stream)
    for at in range(len(parts) - 1, -1, -1):
        rest = parts[:at] + parts[at + 1 :]
        if wanted <= reach_of(b"".join(rest)):
            parts = rest
    return b"".join(parts)


def fuzz(seconds: float, seed: int, *, keep: bool) -> int:
    """Try streams; returns the exit code."""
    known = list(load().values())
    mutator = Mutator(seed)
    reach: set[Step] = set().union(*map(reach_of, known))
    begin, tried, daemons, fresh = time.monotonic(), 0, 0, 0
    with Stage() as stage:
        while time.monotonic() - begin < seconds:
            stream = mutator.stream(known)
            tried += 1
            sound = False
            try:
                new = reach_of(stream) - reach
                if tried % CORES_PER_DAEMON == 0:
                    daemons += 1
                    try_stream(stage, stream)
                sound = True
            finally:
                if not sound:
                    print(f"a defect: {save('crash', stream)}", flush=True)
            if new:
                stream = shortened(stream, new)
                reach |= new
                known.append(stream)
                fresh += 1
                if keep:
                    save("reach", stream)
    print(f"{tried} streams to the core, {daemons} to the daemon; {len(reach)} steps reached, {fresh} new ways")
    return 0


def walk(seconds: float, seed: int) -> int:
    """Walk over a desktop again and again; returns the exit code."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        seed += 1
        environment = clean_environment(VITRAIL_WALK_STEPS=str(WALK_STEPS), VITRAIL_WALK_SEED=str(seed))
        command = [sys.executable, "-m", "pytest", "-q", "--timeout", "3600", "tests/properties/test_desktop_walk.py"]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        if done.returncode:
            print(f"walk {seed} of {WALK_STEPS} steps: a defect")
            return 1
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    whole_s = 60 * chosen.minutes
    sys.exit(
        fuzz(whole_s * (1 - WALK_SHARE), chosen.seed, keep=chosen.keep)
        or walk(whole_s * WALK_SHARE, chosen.seed % 10**6)
    )
