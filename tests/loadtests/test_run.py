"""The whole load, in processes of its own: Locust must never come into this one."""

import json
import re
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


def test_every_message_of_a_step_is_accounted_for_and_every_step_is_judged(tmp_path: Path) -> None:
    """How fast this machine is, is not the claim."""
    limits = tmp_path / "limits.toml"
    limits.write_text(
        "machine_busy_max = false\nsimulator_busy_max = 1\nsimulator_lag_p99_ms = 9000\n"
        "settle_s = 120"
    )
    command = [sys.executable, "-m", "scenarios.cli", "load", "--seconds", "2", "--steps", "12"]
    how = ["--schedule", "constant", "--feed-rate", "5", "--batch", "3", "--client", "raw"]
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
    for operation, count in (("payment", 24), ("announce", 10)):
        seen = step["operations"][operation]
        wrong = sum(seen["errors"].values())
        assert seen["intended"] == seen["answered"] + wrong + seen["dropped"] == count
    requests = {name: one for name, one in step["operations"].items() if name != "transmission"}
    answered = sum(one["answered"] + sum(one["errors"].values()) for one in requests.values())
    log = (folder / "step-1" / "logs" / "generator.log").read_text()
    assert re.search(rf"Aggregated +{answered} ", log), "Locust's own figures know of all of them"
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
