"""The tester's door of the simulator: everything that a run may ask of the simulated world, over
HTTP."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from httpx_aiohttp import AiohttpTransport

from scenarios.trust import trust, why
from simulator.journal import records

REMEDY = "name the authority that signed its certificate (`--ca`, or [simulator] tls)"


class ControlRefused(Exception):
    """The simulator would not do what the run asked."""

    def __init__(self, asked: str, status: int, answer: str) -> None:
        self.status = status
        super().__init__(f"the simulator refused {asked} with status {status}: {answer[:500]}")


class SandboxDiffers(Exception):
    """The sandbox that is there was made for something else."""


class SimulatorGone(Exception):
    """The simulator does not answer any more."""


@dataclass(frozen=True, slots=True)
class Authorized:
    """A recipient that the platform holds an authorization for, as the regulator counts it."""

    id: str
    version: int
    status: str
    recipient: str
    country: str


@dataclass(frozen=True, slots=True)
class WorldState:
    """What the regulator says of a sandbox when asked."""

    sequence: int
    active: bool
    """A platform is registered and its callback, if it has one, was confirmed."""
    authorizations: tuple[Authorized, ...]
    open_transmissions: int
    notices_pending: tuple[str, ...]


class Control:
    """One sandbox as a tester sees it."""

    def __init__(
        self, simulator_url: str, token: str, sandbox: str, *, ca: Path | None = None
    ) -> None:
        """`ca` is the authority that the simulator's https is believed by, beside the machine's
        own; AuthorityUnreadable where the file holds none."""
        self.sandbox = sandbox
        self._client = httpx.AsyncClient(
            base_url=f"{simulator_url}/control",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30.0,
            transport=AiohttpTransport(verify=trust(ca)),
            trust_env=False,  # The simulator is near: never by way of a proxy of the environment.
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def open(self, *, passcode: str, seed: int, starts_at: datetime, rule_pack: str) -> None:
        """Creates the sandbox; one that is there already is reset, its registration kept.

        SandboxDiffers if that one was made for another rule pack or passcode.
        """
        there = await self._ask("GET", f"/sandboxes/{self.sandbox}", accept=(404,))
        if there.status_code == 200:
            self._check_same(there.json(), {"rule_pack": rule_pack, "passcode": passcode})
            await self._ask("POST", f"/sandboxes/{self.sandbox}/reset")
            return
        body = {
            "id": self.sandbox,
            "passcode": passcode,
            "seed": seed,
            "starts_at": starts_at.isoformat(),
            "rule_pack": rule_pack,
            "rate": 1.0,
        }
        await self._ask("POST", "/sandboxes", body)

    def _check_same(self, there: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
        for name, value in wanted.items():
            if there[name] != value:
                raise SandboxDiffers(
                    f"sandbox {self.sandbox!r} was made with another {name}: choose another "
                    f"[simulator] sandbox or state, or go back to the former {name}"
                )

    async def delete(self) -> None:
        """Removes the sandbox and all that it holds."""
        await self._ask("DELETE", f"/sandboxes/{self.sandbox}")

    async def fork(self, id: str, at: int | None = None) -> "Control":
        """The sandbox `id`, which goes on from this one's present or from its entry `at`."""
        await self._post("fork", {"id": id, "at": at})
        return self.of(id)

    def of(self, sandbox: str) -> "Control":
        """The same simulator's sandbox of that name; it shares this one's connections."""
        other = copy(self)
        other.sandbox = sandbox
        return other

    async def snapshot(self) -> bytes:
        """The sandbox as one file, secrets and all: keep it as a key."""
        return (await self._ask("GET", self._path("snapshot"))).content

    async def restore(self, snapshot: bytes) -> str:
        """Makes the sandbox of a snapshot, named as this one, or by itself where this has no name;
        its name."""
        query = {"id": self.sandbox} if self.sandbox else None
        answer = await self._ask("POST", "/snapshots", content=snapshot, query=query)
        return str(answer.json()["id"])

    async def state(self) -> WorldState:
        """The regulator's summary of now."""
        value = (await self._ask("GET", f"/sandboxes/{self.sandbox}")).json()
        return WorldState(
            sequence=value["sequence"],
            active=any(each["status"] == "active" for each in value["registrations"]),
            authorizations=tuple(
                Authorized(
                    each["id"], each["version"], each["status"], each["recipient"], each["country"]
                )
                for each in value["authorizations"]
            ),
            open_transmissions=value["open_transmissions"],
            notices_pending=tuple(value["notices_pending"]),
        )

    async def order(self, order: str, **details: Any) -> dict[str, Any]:
        """Gives an order: `stop`, `inspect`, `suspend`, `lift`, `revoke` or `grant`; what came of
        it."""
        return await self._post("orders", {"order": order, **details})

    async def decide(self, subject: str, *, accept: bool, reason: str) -> None:
        """Decides what the policy left to the tester."""
        await self._post("decisions", {"subject": subject, "accept": accept, "reason": reason})

    async def policy(self, **policy: Any) -> None:
        """Sets how the regulator decides: `immediate`, `after`, `manual`."""
        whole = {
            "declarations": "immediate",
            "transmissions": "immediate",
            "reinspections": "immediate",
            "after_s": 0.0,
        }
        await self._ask("PUT", self._path("policy"), {**whole, **policy})

    async def advance(self, by_s: float) -> None:
        """Advances the sandbox's clock; returns when everything on the way has happened."""
        await self._post("clock/advance", {"by_s": by_s})

    async def arm(self, fault: Mapping[str, Any]) -> str:
        """Arms a fault; the id of the arming."""
        return str((await self._post("faults", fault))["fault"])

    async def revert(self, fault: str) -> None:
        """Ends a fault; one that is over already is no mistake."""
        await self._ask("DELETE", self._path(f"faults/{fault}"), accept=(404,))

    async def reply(self, recipient: str, *, status: int, body: str, content_type: str) -> None:
        """Sets what a recipient answers."""
        reply = {"status": status, "body": body, "content_type": content_type}
        await self._ask("PUT", self._path(f"recipients/{recipient}"), reply)

    async def record(self, witnessed: Sequence[records.Record]) -> None:
        """Enters what the merchants saw and what the run did into the journal, in this order."""
        bodies = [{"kind": each.kind, "body": records.to_json(each)} for each in witnessed]
        await self._post("records", {"records": bodies})

    async def loop_lag_s(self) -> float:
        """How late the simulator's own loop was, at worst, in the last seconds."""
        return float((await self._ask("GET", "/saturation")).json()["event_loop_lag_s"])

    async def journal(self, after: int = 0) -> bytes:
        """The entries after that sequence number, as NDJSON."""
        answer = await self._ask("GET", self._path("journal"), query={"after": after})
        return answer.content

    def _path(self, below: str) -> str:
        return f"/sandboxes/{self.sandbox}/{below}"

    async def _post(self, below: str, body: Mapping[str, Any]) -> dict[str, Any]:
        value: dict[str, Any] = (await self._ask("POST", self._path(below), body)).json()
        return value

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        content: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        accept: tuple[int, ...] = (),
    ) -> httpx.Response:
        try:
            answer = await self._client.request(
                method, path, json=body, content=content, params=query
            )
        except httpx.TransportError as error:
            raise SimulatorGone(
                f"the simulator does not answer {method} {path}: {why(error, REMEDY)}"
            ) from error
        if answer.is_success or answer.status_code in accept:
            return answer
        raise ControlRefused(f"{method} {path}", answer.status_code, answer.text)
