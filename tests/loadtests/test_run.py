"""The whole load, in processes of its own: Locust must never come into this one."""

import json
import subprocess
import sys
from pathlib import Path

WITHOUT_LOCUST = """
import sys
import loadtests.run, loadtests.bench
print(sorted({name.partition(".")[0] for name in sys.modules} & {"locust", "gevent"}))
"""


def test_the_load_keeps_locust_out_of_its_own_process() -> None:
    """Locust changes sockets and threads of whatever process imports it."""
    seen = subprocess.run(
        [sys.executable, "-c", WITHOUT_LOCUST], capture_output=True, text=True, check=True
    )

    assert seen.stdout == "[]\n"


LOCUSTS_FIGURES = """
from locust.stats import RequestStats
from loadtests.locustfile import Figures
from loadtests.tally import Tally

stats, tally = RequestStats(), Tally()
figures = Figures(stats)
tallies = {"payment": tally, "transmission": tally}
for latencies_s in ((0.010, 0.030), (), (0.020,)):
    for latency_s in latencies_s:
        tally.end(0.0, latency_s, None)
    tally.end(0.0, 0.5, "status 503")
    figures.tell(tallies)
for entry in (stats.get("payment", "HTTP"), stats.total):
    print(entry.num_requests, entry.num_failures, entry.avg_response_time)
    print(entry.min_response_time, entry.max_response_time, len(stats.entries))
"""


def test_locust_is_told_of_every_request_once() -> None:
    """In a process of its own, as Locust changes whatever process it is in."""
    seen = subprocess.run(
        [sys.executable, "-c", LOCUSTS_FIGURES], capture_output=True, text=True, check=True
    )

    assert seen.stdout == 2 * "6 3 20.0\n10 30 1\n"


def test_every_message_of_a_step_is_accounted_for_and_every_step_is_judged(tmp_path: Path) -> None:
    """How fast this machine is, is not the claim."""
    limits = tmp_path / "limits.toml"
    limits.write_text(
        "machine_busy_max = false\nsimulator_busy_max = 1\nsimulator_lag_p99_ms = 9000\n"
        "settle_s = 120"
    )
    command = [sys.executable, "-m", "scenarios.cli", "load", "--seconds", "2", "--steps", "12"]
    how = ["--schedule", "constant", "--feed-rate", "12", "--batch", "3", "--client", "raw"]
    ended = subprocess.run(
        [
            *command,
            *how,
            "--no-calibration",
            "--workers",
            "2",
            "--limits",
            str(limits),
            "--out",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode in (0, 1, 2), ended.stdout + ended.stderr
    folder = tmp_path / "load-1"
    (step,) = json.loads((folder / "load.json").read_text())["steps"]
    for operation, count in (("payment", 24), ("announce", 24)):
        seen = step["operations"][operation]
        wrong = sum(seen["errors"].values())
        assert seen["intended"] == seen["answered"] + wrong + seen["dropped"] == count
    assert step["operations"]["acknowledge"]["intended"] > 0, "what was declared is decided later"
    assert step["settled"]["settled"] == step["operations"]["payment"]["answered"]
    assert step["judged"]["payments"] == 25, "the probe is a payment too"
    assert step["judged"]["breaches"] == []
    assert (step["payloads"], step["unfed"], step["untraced"]) == (25, 0, 0)
    assert not (folder / "state").exists()
    assert {"report.html", "junit.xml"} <= {path.name for path in folder.iterdir()}
    verified = subprocess.run(
        [sys.executable, "-m", "scenarios.cli", "verify", str(folder / "step-1")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "unbroken" in verified.stdout
