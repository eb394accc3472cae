"""What the regulator forbids and asks for at the moment, folded from its notices in their order,
and the gate that payloads pass.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.messages.notice import Notice
from simulator.reference_platform.journey import Hindrance

EVERYTHING = "*"
"""The scope of a stop that names no authorization."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders in force."""

    stopped: frozenset[str] = frozenset()
    """Authorizations whose export is stopped, or EVERYTHING."""
    suspended: bool = False
    revoked: Mapping[str, int] = field(default_factory=dict)
    """The version of each authorization up to which it is revoked."""
    newest: Mapping[str, int] = field(default_factory=dict)
    """The newest version of each authorization that a notice told of."""
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is to be answered, answered or not, until it is too late: by inspection, the digests of
    the payloads."""

    def after(self, notice: Notice) -> "Orders":
        """The orders once the notice is obeyed."""
        scope = notice.data.get("authorization")
        version = int(notice.data.get("version") or 0)
        match notice.type:
            case "export.stopped":
                return replace(self, stopped=self.stopped | {scope or EVERYTHING})
            case "export.suspended":
                return replace(self, suspended=True)
            case "export.lifted" if scope is None:
                return replace(self, stopped=frozenset(), suspended=False)
            case "export.lifted":
                return replace(self, stopped=self.stopped - {scope})
            case "authorization.revoked" if scope is not None:
                return replace(self, revoked={**self.revoked, scope: version})
            case "authorization.granted" if scope is not None:
                return replace(self, newest={**self.newest, scope: version})
            case "sample.requested":
                asked = {notice.data["inspection"]: tuple(notice.data["payloads"])}
                return replace(self, samples={**self.samples, **asked})
            case "sample.overdue":
                late = notice.data["inspection"]
                left = {id: held for id, held in self.samples.items() if id != late}
                return replace(self, samples=left)
            case _:
                return self

    def forbid(self, authorization: str, version: int) -> Hindrance | None:
        """Why nothing may leave under this version of the authorization; `None` if nothing forbids
        it.
        """
        if self.suspended:
            return Hindrance("authorization_suspended", "the export is suspended")
        if {authorization, EVERYTHING} & self.stopped:
            return Hindrance("authorization_stopped", "the export is stopped")
        if version <= self.revoked.get(authorization, 0):
            return Hindrance("authorization_revoked", f"{authorization} is revoked")
        if version < self.newest.get(authorization, 0):
            return Hindrance("authorization_stale", f"{authorization} has a newer version")
        return None

    def to_json(self) -> dict[str, Any]:
        return {
            "stopped": sorted(self.stopped),
            "suspended": self.suspended,
            "revoked": dict(self.revoked),
            "newest": dict(self.newest),
            "samples": dict(self.samples),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any] | None) -> "Orders":
        """The orders as remembered; none if there is nothing to remember."""
        if value is None:
            return cls()
        samples = value.get("samples", {})  # A former version wrote none.
        return cls(
            frozenset(value["stopped"]),
            value["suspended"],
            value["revoked"],
            value["newest"],
            {id: tuple(payloads) for id, payloads in samples.items()},
        )


class Gate:
    """What every payload passes on its way out, so that an order can wait for those already under
    way.
    """

    def __init__(self) -> None:
        self._passing: set[asyncio.Event] = set()

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Check the orders inside: an order that is given later waits until this payload has left
        or failed.
        """
        passed = asyncio.Event()
        self._passing.add(passed)
        try:
            yield
        finally:
            self._passing.discard(passed)
            passed.set()

    async def empty(self) -> None:
        """Returns when the payloads that are under way now have left or failed; sending has a time
        limit.
        """
        for passed in list(self._passing):
            await passed.wait()
