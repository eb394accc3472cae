"""Finds a knee that is known, end to end, as a user would: a platform of its own process, described
by a target file, and `reinspect load` that searches.

    python -m tests.loadtests.knee --capacity 24

A step of S seconds can be counted wholly up to a rate of (1 + 1/S) times the capacity: the counter
may fall behind by a second. The search must end there, give or take a tenth and what the schedule
rounds; the exit code is 0 if it does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from loadtests.processes import running
from scenarios.parties import free_port
from tests.loadtests.bounded_platform import BEHIND_S

TOLERANCE = 0.15


def search(folder: Path, *, capacity: float, first: float, seconds: float) -> dict[str, Any]:
    """The figures of a search against a platform of this capacity."""
    port, simulator = free_port(), free_port()
    target = folder / "target.toml"
    subprocess.run([sys.executable, "-m", "scenarios.cli", "init", str(target)], check=True)
    text = target.read_text(encoding="utf-8").replace("my platform", "a counter of known speed")
    text = text.replace(":8901", f":{port}").replace(":8900", f":{simulator}")
    target.write_text(text, encoding="utf-8")
    base = f"http://127.0.0.1:{simulator}/main"
    arguments = ["--capacity", f"{capacity:g}", "--port", str(port), "--passcode"]
    arguments += ["choose-a-passcode", "--regulator", f"{base}/v1"]
    arguments += ["--recipient", f"{base}/recipients", "--state", str(folder / "platform")]
    with running(
        "platform", "tests.loadtests.bounded_platform", arguments, logs=folder / "logs"
    ) as party:
        party.wait_until_it_answers(f"http://127.0.0.1:{port}/healthz")
        load = ["--target", str(target), "--from", f"{first:g}", "--to", f"{16 * first:g}"]
        load += ["--seconds", f"{seconds:g}", "--schedule", "constant", "--no-calibration"]
        load += ["--seed", "1", "--out", str(folder)]
        subprocess.run([sys.executable, "-m", "loadtests.run", *load], check=False)
    figures: dict[str, Any] = json.loads((folder / "load-1" / "load.json").read_bytes())
    return figures


def main() -> int:
    """Searches once, and says whether it ended where it must."""
    parser = argparse.ArgumentParser(prog="python -m tests.loadtests.knee", description=__doc__)
    parser.add_argument("--capacity", type=float, default=24.0)
    parser.add_argument("--from", dest="first", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=3.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = search(
            Path(folder), capacity=chosen.capacity, first=chosen.first, seconds=chosen.seconds
        )
    must = chosen.capacity * (1 + BEHIND_S / chosen.seconds)
    up_to, breach_at = figures["conformant_up_to"] or 0.0, figures["first_breach_at"] or 0.0
    found = (1 - TOLERANCE) * must <= up_to < breach_at <= (1 + TOLERANCE) * must
    print(f"{'found' if found else 'NOT found'}: the knee is at {must:g} payments/s")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
