"""The authorizations that the platform holds: only current versions, and only what the regulator's
key has signed.
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from simulator.messages.authorization import Authorization
from simulator.messages.base import canonical
from simulator.reference_platform.contracts import Contract
from simulator.reference_platform.journey import Hindrance, Outlook
from simulator.reference_platform.regulator_client import RegulatorClient
from simulator.reference_platform.regulator_keys import RegulatorKeys

log = logging.getLogger(__name__)

NOT_SIGNED = frozenset({"signature", "status", "used_records"})
MARGIN_S = 0.25
"""What would still be under way when its authorization expires is not begun."""


class Authorizations:
    """What `GET /authorizations` last said."""

    def __init__(self, regulator: RegulatorClient, keys: RegulatorKeys) -> None:
        self._regulator = regulator
        self._keys = keys
        self._held: dict[str, Authorization] = {}
        self._outdated = True
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    def held(self, contract: Contract) -> Authorization | None:
        """The best known authorization for the contract: an active one, otherwise the newest;
        `None` without any.
        """
        fitting = [
            held
            for held in self._held.values()
            if (held.recipient, held.country) == (contract.recipient, contract.country)
        ]
        return max(
            fitting, key=lambda held: (held.status == "active", held.granted_at), default=None
        )

    async def current(self, contract: Contract) -> Authorization | None:
        """The authorization to send under. What is not in order is read anew first: to refuse a
        payment is final.
        """
        held = self.held(contract)
        if self._outdated or held is None or self.why_not(held) is not None:
            await self.read()
        return self.held(contract)

    def still(self, id: str, version: int) -> Hindrance | None:
        """Why this version permits nothing any more, as far as known; `None` while it does."""
        held = self._held.get(id)
        if held is None:
            return Hindrance("authorization_unknown", f"{id} is not held")
        if held.version != version:
            return Hindrance("authorization_stale", f"{id} has version {held.version} by now")
        return self.why_not(held)

    def why_not(self, held: Authorization) -> Hindrance | None:
        """Why nothing may leave under this authorization; `None` if something may."""
        if held.status in ("revoked", "expired"):
            detail = f"{held.id} is {held.status}"
            return Hindrance(f"authorization_{held.status}", detail, Outlook.FINAL)
        if held.status != "active":
            return Hindrance(f"authorization_{held.status}", f"{held.id} is {held.status}")
        if self._regulator.sandbox_now() >= held.valid_until:
            return Hindrance("authorization_expired", f"{held.id} has expired", Outlook.FINAL)
        if self._regulator.sandbox_now(ahead_s=MARGIN_S) >= held.valid_until:
            return Hindrance("authorization_ending", f"{held.id} is about to expire")
        return None

    def outdate(self) -> None:
        """Something has changed: the next payment reads anew."""
        self._outdated = True

    async def read(self) -> None:
        """Reads all authorizations. Callers that come while one read waits to begin share it."""
        asked_at = asyncio.get_running_loop().time()
        async with self._reading:
            if self._read_at > asked_at:
                return
            self._read_at = asyncio.get_running_loop().time()
            self._outdated = False
            try:
                self._held = {held.id: held for held in await self._all()}
            except BaseException:
                self._outdated, self._read_at = True, float("-inf")
                raise

    async def _all(self) -> list[Authorization]:
        found: list[Authorization] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"cursor={cursor}&limit=200" if cursor else "limit=200"
            page = await self._regulator.get("/authorizations", query)
            items = page["items"]
            if not all(self._holds(item) for item in items):
                await self._keys.read()  # The regulator may have another key by now.
            for item in items:
                if self._holds(item):
                    found.append(Authorization.model_validate(item))
                else:
                    log.error("the signature of authorization %s does not hold", item.get("id"))
            cursor = page.get("next_cursor")
        return found

    def _holds(self, item: dict[str, Any]) -> bool:
        """Whether the regulator signed it; what it did not sign is as good as not there."""
        signed = canonical({name: value for name, value in item.items() if name not in NOT_SIGNED})
        return self._keys.has_signed(signed, str(item.get("signature")))


def period_of(contract: Contract, regulator: RegulatorClient) -> tuple[str, str]:
    """Validity to declare: a year from now, by the sandbox's clock."""
    begins = regulator.sandbox_now().replace(microsecond=0)
    return begins.isoformat(), (begins + timedelta(days=365)).isoformat()
