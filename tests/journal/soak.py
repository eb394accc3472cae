"""Kills an appending process as often as one likes: python -m tests.journal.soak --kills 1000"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.journal.crash import kill_and_reopen

KILLS_PER_JOURNAL = 25


def main() -> int:
    """Exit code 1 as soon as an acknowledged entry is missing; the seed of that kill is named."""
    parser = argparse.ArgumentParser(description="Kills a journal's writer, again and again.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first kill")
    asked = parser.parse_args()

    acknowledged = 0
    for first in range(0, asked.kills, KILLS_PER_JOURNAL):
        kills = range(first, min(first + KILLS_PER_JOURNAL, asked.kills))
        with tempfile.TemporaryDirectory() as state:
            for kill in kills:
                aftermath = kill_and_reopen(Path(state, "journal.sqlite"), seed=asked.seed + kill)
                acknowledged += aftermath.acknowledged
                if aftermath.missing:
                    print(f"seed {asked.seed + kill}: missing {aftermath.missing}", file=sys.stderr)
                    return 1
        print(f"{kills.stop} kills, {acknowledged} entries acknowledged, all found", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
