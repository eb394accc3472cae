"""The simulator of a load: started as a process, opened through the tester's door, and asked what
the platform under test still lacks.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from loadtests import registered
from loadtests.processes import Party, running
from loadtests.registered import Connection, Standing
from loadtests.target import Checkout, Target

CLI = "scenarios.cli"
TOKEN_VARIABLE = "REINSPECT_CONTROL_TOKEN"
READY_S = 30.0
"""The longest that the platform may take to register and to be authorized."""
LOOK_EVERY_S = 0.1
PATIENCE_S = 30.0
RECORDS_AT_ONCE = 500


class NotReady(Exception):
    """Something that the load needs cannot be had; the message says what."""


class World:
    """A running simulator and its tester's door."""

    def __init__(self, party: Party, url: str, token: str) -> None:
        self.party = party
        self.url = url
        self._client = httpx.Client(
            base_url=f"{url}/control",
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE_S,
            trust_env=False,  # The simulator is near: never by way of a proxy of the environment.
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def regulator(self, sandbox: str) -> str:
        """Base address of the sandbox's regulator."""
        return f"{self.url}/{sandbox}/v1"

    def recipients(self, sandbox: str) -> str:
        """Base address of the sandbox's recipients abroad."""
        return f"{self.url}/{sandbox}/recipients"

    def open(self, sandbox: str, *, passcode: str, seed: int) -> None:
        """The sandbox at its beginning: a new one, or the old one with its registration kept."""
        there = self._ask("GET", f"/sandboxes/{sandbox}", accept=(404,))
        if there.status_code == 404:
            self._ask("POST", "/sandboxes", {"id": sandbox, "passcode": passcode, "seed": seed})
        elif there.json()["passcode"] != passcode:
            raise NotReady(
                f"sandbox {sandbox!r} was made with another passcode: choose another [simulator] "
                "sandbox or state, or go back to the former passcode"
            )
        else:
            self._ask("POST", f"/sandboxes/{sandbox}/reset")

    def open_anew(self, sandbox: str, *, passcode: str, seed: int) -> None:
        """A new sandbox, whatever an earlier load left under this name."""
        self.delete(sandbox)
        self.open(sandbox, passcode=passcode, seed=seed)

    def delete(self, sandbox: str) -> None:
        """The sandbox and its journal are no more."""
        self._ask("DELETE", f"/sandboxes/{sandbox}", accept=(404,))

    def state(self, sandbox: str) -> dict[str, Any]:
        """The regulator's summary of now."""
        told: dict[str, Any] = self._ask("GET", f"/sandboxes/{sandbox}").json()
        return told

    def saturation(self) -> dict[str, float]:
        """How near the simulator is to its limits, as it says itself."""
        told: dict[str, float] = self._ask("GET", "/saturation").json()
        return told

    def record(self, sandbox: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Enters what merchants saw and marks of the run into the journal, in this order."""
        for first in range(0, len(records), RECORDS_AT_ONCE):
            some = records[first : first + RECORDS_AT_ONCE]
            self._ask("POST", f"/sandboxes/{sandbox}/records", {"records": some})

    def export(self, sandbox: str, path: Path) -> None:
        """Writes the whole journal; the file is there only when it is whole."""
        unfinished = path.with_suffix(".unfinished")
        try:
            with (
                self._client.stream("GET", f"/sandboxes/{sandbox}/journal") as answer,
                unfinished.open("wb") as file,
            ):
                answer.raise_for_status()
                for part in answer.iter_bytes():
                    file.write(part)
        except httpx.HTTPError as error:
            raise NotReady(f"the simulator did not hand over the journal: {error!r}") from error
        unfinished.replace(path)

    def arm(self, sandbox: str, fault: Mapping[str, Any]) -> str:
        """Arms a fault; the id of the arming."""
        return str(self._ask("POST", f"/sandboxes/{sandbox}/faults", fault).json()["fault"])

    def revert(self, sandbox: str, fault: str) -> None:
        """Ends a fault; one that is over already is no mistake."""
        self._ask("DELETE", f"/sandboxes/{sandbox}/faults/{fault}", accept=(404,))

    def create(self, sandbox: str, *, passcode: str, seed: int) -> None:
        """A new sandbox of a name that is free."""
        self._ask("POST", "/sandboxes", {"id": sandbox, "passcode": passcode, "seed": seed})

    def fork(self, sandbox: str, id: str) -> None:
        """The sandbox `id`, which goes on from the present of `sandbox`."""
        self._ask("POST", f"/sandboxes/{sandbox}/fork", {"id": id})

    def entries(self, sandbox: str) -> int:
        """How many entries the journal has; a sandbox that is not open is opened for it."""
        return int(self.state(sandbox)["sequence"])

    def reply(self, sandbox: str, recipient: str, reply: Mapping[str, Any]) -> None:
        """Sets what a recipient answers."""
        self._ask("PUT", f"/sandboxes/{sandbox}/recipients/{recipient}", reply)

    def wait_until_ready(self, sandbox: str, platform: Target) -> None:
        """Returns when the platform is registered, authorized for every recipient, and says that it
        is well; NotReady with what is missing."""
        deadline = time.monotonic() + READY_S
        while (missing := self._missing(sandbox, platform)) is not None:
            if time.monotonic() > deadline:
                raise NotReady(f"after {READY_S:g} s, {missing}; see the platform's own log")
            time.sleep(LOOK_EVERY_S)

    def _missing(self, sandbox: str, platform: Target) -> str | None:
        state = self._ask("GET", f"/sandboxes/{sandbox}").json()
        if not any(each["status"] == "active" for each in state["registrations"]):
            return "no platform has registered with the regulator"
        held = {
            (each["recipient"], each["country"])
            for each in state["authorizations"]
            if each["status"] == "active"
        }
        for recipient in platform.recipients:
            if (recipient.id, recipient.country) not in held:
                return (
                    f"the platform holds no authorization for {recipient.id} ({recipient.country})"
                )
        return None if platform.healthz is None else _unwell(platform.healthz, platform.checkout)

    def connect(self, sandbox: str, *, passcode: str, seed: int) -> Standing:
        """Registers the platform that feeds and declares what it will send. What it declares later
        is decided later: only of that is there a notice to be acknowledged."""
        regulator = self.regulator(sandbox)
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as client:
            told = _created(
                client.post(
                    f"{regulator}/registrations",
                    content=registered.registration(seed, passcode),
                    headers={"Content-Type": registered.JSON},
                )
            )
            connection = Connection(regulator, seed=seed, key_id=told["key_id"], name="connect")
            request = connection.request(
                "POST", "/declarations", registered.declaration(), key="declare"
            )
            declared = _created(
                client.post(request.url, content=request.body, headers=dict(request.headers))
            )
        later = {"declarations": "after", "after_s": 0.0}
        self._ask("PUT", f"/sandboxes/{sandbox}/policy", later)
        return Standing(regulator, told["key_id"], declared["authorization"], 1)

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        accept: tuple[int, ...] = (),
    ) -> httpx.Response:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise NotReady(f"the simulator does not answer {method} {path}: {error!r}") from error
        if answer.is_success or answer.status_code in accept:
            return answer
        raise NotReady(f"the simulator refused {method} {path}: {answer.text[:500]}")


@contextmanager
def simulator(
    *, state: Path, logs: Path, host: str = "127.0.0.1", port: int = 0
) -> Iterator[World]:
    """The simulator for as long as the block lasts; port 0 takes a free one."""
    token = secrets.token_hex(24)
    arguments = ["serve", "--no-demo", "--host", host, "--port", str(port), "--state", str(state)]
    with running(
        "simulator", CLI, arguments, logs=logs, environment={TOKEN_VARIABLE: token}
    ) as party:
        url = party.wait_until_said(r"serves (https?://[^/\s]+)/")
        party.wait_until_it_answers(f"{url}/healthz")
        with World(party, url, token) as world:
            yield world


def _created(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 201:
        raise NotReady(f"the regulator refused {answer.request.url}: {answer.text[:500]}")
    told: dict[str, Any] = answer.json()
    return told


def _unwell(healthz: str, checkout: Checkout) -> str | None:
    try:
        answer = httpx.get(healthz, timeout=2.0, trust_env=False, verify=checkout.trusted)
    except httpx.HTTPError as error:
        return f"{healthz} does not answer: {error!r}"
    return None if answer.is_success else f"{healthz} answers {answer.status_code}"
