"""Starts and stops the parties of a load as processes of their own. Each is ended by its own id,
and whatever it says is kept in a log.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

START_S = 60.0
"""The longest that a process may take until it answers."""
STOP_S = 8.0
LOOK_EVERY_S = 0.05


class PartyFailed(Exception):
    """A process that did not start, or ended when it should not have."""


class Party:
    """One running process and its log."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def id(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def wait(self, within_s: float) -> int | None:
        """Its exit code; `None` if it has not ended by then."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """It is asked to end, and killed if it does not listen."""
        if self.is_running:
            self._process.terminate()
            if self.wait(STOP_S) is None:
                self._process.kill()
                self._process.wait()

    def last_words(self) -> str:
        """The end of its log, for a message."""
        return self.log.read_text(errors="replace")[-2000:].strip() or "it said nothing"

    def wait_until_said(self, pattern: str) -> str:
        """What the group of the pattern matches, once the process has said it."""
        for _ in self._while_starting(f"did not say {pattern!r}"):
            said = re.search(pattern, self.log.read_text(errors="replace"))
            if said:
                return said[1]
        raise AssertionError("the loop ends by a return or by PartyFailed")

    def wait_until_it_answers(self, url: str) -> None:
        """Returns when the address answers at all."""
        with httpx.Client(timeout=2.0, trust_env=False) as client:
            for _ in self._while_starting(f"did not answer {url}"):
                try:
                    client.get(url)
                    return
                except httpx.HTTPError:
                    continue

    def _while_starting(self, otherwise: str) -> Iterator[None]:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if not self.is_running:
                raise PartyFailed(f"{self.name} ended while starting: {self.last_words()}")
            yield
            time.sleep(LOOK_EVERY_S)
        raise PartyFailed(f"{self.name} {otherwise} in {START_S:g} s: {self.last_words()}")


@contextmanager
def running(
    name: str,
    module: str,
    arguments: Sequence[str],
    *,
    logs: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Party]:
    """`python -m module` for as long as the block lasts."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # Ctrl-C ends the load, and the load ends its parties.
        )
    party = Party(name, process, log)
    try:
        yield party
    finally:
        party.stop()
