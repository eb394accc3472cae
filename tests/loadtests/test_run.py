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


def test_a_load_accounts_for_every_message_that_was_meant_to_be_sent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "loadtests.run", "--seconds", "1", "--rate", "6"]
    ended = subprocess.run(
        [*command, "--schedule", "constant", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode in (0, 1, 2), (
        ended.stderr
    )  # How fast this machine is, is not the claim.
    figures = json.loads((tmp_path / "load-1" / "load.json").read_text())
    for operation in ("payment", "announce"):
        seen = figures["operations"][operation]
        wrong = sum(seen["errors"].values())
        assert seen["intended"] == seen["answered"] + wrong + seen["dropped"] == 6
    assert (
        sum(figures["settled"][fate] for fate in ("settled", "refused", "pending", "silent"))
        == (figures["operations"]["payment"]["answered"])
    )
    assert not (tmp_path / "load-1" / "state").exists()
