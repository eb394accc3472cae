"""The reference platform with one wrong, and a known capacity: whoever counts its records counts so
many a second, and what comes faster is reported uncounted.

    python -m tests.loadtests.bounded_platform --capacity 24 --port … (see knee.py)
"""

import argparse
import socket
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from simulator.reference_platform.app import build
from simulator.reference_platform.crossing import Account
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.platform import Settings
from simulator.reference_platform.steps import HONEST

BEHIND_S = 1.0
"""The counter may fall behind by so much; then it lets go of what comes."""


class Counter:
    """Counts one payment after the other, in the order in which they were taken."""

    def __init__(self, capacity: float) -> None:
        """`capacity` is payments a second."""
        self._needs = timedelta(seconds=1 / capacity)
        self._done_at: datetime | None = None
        self._counted: dict[str, bool] = {}

    def counts(self, journey: Journey) -> bool:
        """Whether this payment is counted; asked again, it says the same."""
        if journey.id not in self._counted:
            begins = max(journey.taken_at, self._done_at or journey.taken_at)
            self._counted[journey.id] = begins - journey.taken_at <= timedelta(seconds=BEHIND_S)
            if self._counted[journey.id]:
                self._done_at = begins + self._needs
        return self._counted[journey.id]

    def account(self, journey: Journey) -> Account:
        """What the regulator is told."""
        honest = HONEST.account(journey)
        return honest if self.counts(journey) else replace(honest, records=0)


def main() -> None:
    """Serves until it is told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--capacity", type=float, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--regulator", required=True)
    parser.add_argument("--recipient", required=True)
    parser.add_argument("--passcode", required=True)
    parser.add_argument("--state", type=Path, required=True)
    chosen = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", chosen.port), backlog=2048)
    settings = Settings(
        regulator=chosen.regulator,
        recipient=chosen.recipient,
        passcode=chosen.passcode,
        state=chosen.state,
        callback_url=f"http://127.0.0.1:{chosen.port}/notices",
    )
    steps = replace(HONEST, account=Counter(chosen.capacity).account)
    app = build(settings, steps)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
