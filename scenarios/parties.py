"""Starts and stops the parties of a run as separate processes on loopback ports, and watches over
them.

A process is ended by its own id and never by its name. Whatever it says is kept in a log file.
"""

import asyncio
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from scenarios.trust import trust
from simulator.tls import AUTHORITY

START_S = 180.0
"""The longest that a process of ours may take until it answers: it only guards against waiting for
ever, since one that ends while starting is noticed at once."""
STOP_S = 5.0
LOOK_EVERY_S = 0.03
TOKEN_VARIABLE = "REINSPECT_CONTROL_TOKEN"


class PartyFailed(Exception):
    """A process that did not start, or ended when it should not have."""


class Party:
    """One process with its log; `keep_alive` starts it again whenever it dies."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        keep_alive: bool = False,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.pid_file = folder / f"{name}.pid"
        self._command = list(command)
        self._environment = {**os.environ, **(environment or {})}
        self._keep_alive = keep_alive
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.ended_by_itself = False
        """It ended with an exit code of its own although nobody had asked it to: it crashed."""

    async def start(self) -> None:
        """Starts the process; `watched` it is from here on."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        await self._launch()
        self._watch = asyncio.create_task(self._watch_over())

    async def _launch(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C ends the run, and the run ends its parties.
            )
        self.pid_file.write_text(str(self._process.pid))

    async def _watch_over(self) -> None:
        while self._process is not None:
            code = await self._process.wait()
            killed = code == -signal.SIGKILL
            self.ended_by_itself = self.ended_by_itself or not killed
            if not (self._keep_alive and killed):
                return
            await self._launch()

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def stop(self) -> None:
        """Ends the process: it is asked first, and killed if it does not listen."""
        if self._watch is not None:
            self._watch.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        self.pid_file.unlink(missing_ok=True)

    def last_words(self) -> str:
        """The end of its log, for a message."""
        try:
            return self.log.read_text(errors="replace")[-2000:].strip() or "it said nothing"
        except OSError:
            return "it said nothing"

    async def wait_for(
        self, url: str, within_s: float = START_S, *, ca: Path | None = None
    ) -> None:
        """Returns when `url` answers at all; PartyFailed with its last words if it does not."""
        deadline = asyncio.get_running_loop().time() + within_s
        async with httpx.AsyncClient(timeout=10.0, trust_env=False, verify=trust(ca)) as client:
            while asyncio.get_running_loop().time() < deadline:
                if not self.is_running:
                    raise PartyFailed(f"{self.name} ended while starting: {self.last_words()}")
                try:
                    await client.get(url)
                    return
                except httpx.HTTPError:
                    await asyncio.sleep(LOOK_EVERY_S)
        raise PartyFailed(
            f"waited {within_s:g} s for {self.name} to answer {url}; it still runs, and said: "
            f"{self.last_words()}"
        )


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """Where a simulator is, and the token of its tester's door."""

    url: str
    token: str
    ca: Path | None = None
    """Authority that its https is believed by."""


@asynccontextmanager
async def simulator(
    *,
    folder: Path,
    state: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: Path | None = None,
) -> AsyncIterator[RunningSimulator]:
    """The simulator for as long as the block lasts; port 0 takes a free one. With `tls` it serves
    https with the certificates of that directory."""
    token = secrets.token_hex(24)
    command = [sys.executable, "-m", "scenarios.cli", "serve", "--no-demo", "--host", host]
    command += [] if tls is None else ["--tls", str(tls)]
    ca = None if tls is None else tls / AUTHORITY
    party = Party(
        "simulator",
        [*command, "--port", str(port), "--state", str(state)],
        folder=folder,
        environment={TOKEN_VARIABLE: token},
    )
    party.log.unlink(missing_ok=True)
    await party.start()
    try:
        url = await _announced(party)
        await party.wait_for(f"{url}/healthz", ca=ca)
        yield RunningSimulator(url, token, ca)
    finally:
        await party.stop()


async def _announced(party: Party) -> str:
    """The base address that the process says it serves."""
    deadline = asyncio.get_running_loop().time() + START_S
    while asyncio.get_running_loop().time() < deadline:
        said = re.search(r"serves (https?://[^/\s]+)/", party.log.read_text(errors="replace"))
        if said:
            return said[1]
        if not party.is_running:
            raise PartyFailed(f"the simulator ended while starting: {party.last_words()}")
        await asyncio.sleep(LOOK_EVERY_S)
    raise PartyFailed(
        f"waited {START_S:g} s for the simulator to say which address it serves; it still runs, "
        f"and said: {party.last_words()}"
    )


@asynccontextmanager
async def running(party: Party, *, answers: str) -> AsyncIterator[Party]:
    """Any party for as long as the block lasts, from when the address `answers`."""
    await party.start()
    try:
        await party.wait_for(answers)
        yield party
    finally:
        await party.stop()


def reference_platform(
    *,
    folder: Path,
    state: Path,
    port: int,
    simulator_url: str,
    sandbox: str,
    passcode: str,
    defect: str | None = None,
    ca: Path | None = None,
) -> Party:
    """The reference platform as a process of its own, configured as any integrator would."""
    command = [sys.executable, "-m", "scenarios.cli", "reference-platform", "--port", str(port)]
    command += ["--regulator", f"{simulator_url}/{sandbox}/v1"]
    command += ["--recipient", f"{simulator_url}/{sandbox}/recipients"]
    command += ["--passcode", passcode, "--state", str(state)]
    if defect is not None:
        command += ["--defect", defect]
    if ca is not None:
        command += ["--ca", str(ca)]
    return Party("platform", command, folder=folder, keep_alive=True)


def restart_command(party: Party) -> tuple[str, ...]:
    """Kills the party without warning; a party that is kept alive comes back."""
    return ("sh", "-c", 'kill -KILL "$(cat "$1")"', "restart", str(party.pid_file.resolve()))


def leave_nobody_behind() -> None:
    """This process takes SIGTERM as it takes Ctrl-C from here on: it ends its parties first.

    The parties have sessions of their own: whoever ends us does not reach them.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
