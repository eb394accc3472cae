"""`python -m tests.other_platform`: the platform as a process of its own."""

import argparse
import logging
from pathlib import Path

from tests.other_platform.counter import Counter
from tests.other_platform.ledger import Ledger
from tests.other_platform.platform import Platform
from tests.other_platform.watch import Watch
from tests.other_platform.wire import Wire


def main() -> None:
    """Serves until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.other_platform", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--regulator", required=True, help="http://host:port/sandbox/v1")
    parser.add_argument("--recipient", required=True, help="http://host:port/sandbox/recipients")
    parser.add_argument("--passcode", required=True)
    parser.add_argument("--state", type=Path, required=True)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    ledger = Ledger(chosen.state / "ledger.jsonl")
    watch = Watch(ledger, chosen.regulator, chosen.passcode)
    platform = Platform(ledger, watch, Wire(chosen.recipient))
    platform.start()
    Counter(("127.0.0.1", chosen.port), platform).serve_forever()


if __name__ == "__main__":
    main()
