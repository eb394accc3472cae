"""How the platform becomes and stays connected: registration, declarations, the regulator's clock,
lost notices.
"""

import asyncio
import base64
import logging
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.messages.declaration import DeclarationRequest
from simulator.messages.registration import Registration, RegistrationRequest, SigningKey
from simulator.reference_platform.authorizations import period_of
from simulator.reference_platform.contracts import CONTRACTS, LEGAL_BASIS, Contract
from simulator.reference_platform.journey import Hindrance
from simulator.reference_platform.regulator_client import back_off_s

if TYPE_CHECKING:
    from simulator.reference_platform.platform import Platform

log = logging.getLogger(__name__)

NAME = "Reference Platform (synthetic)"
USCC = "91000000TE5T0000XK"
"""Well-formed, with a region that does not exist: it cannot be a real company's."""
POLL_S = 1.0
ROUNDS_BETWEEN_READS = 5


class Connection:
    """The platform's standing with the regulator."""

    def __init__(self, platform: "Platform", *, passcode: str, callback_url: str | None) -> None:
        self._platform = platform
        self._passcode = passcode
        self._callback_url = callback_url
        kept = platform.home.fact("registration")
        self.registration = None if kept is None else Registration.model_validate(kept)
        if self.registration is not None:
            platform.regulator.key_id = self.registration.key_id
            platform.regulator_keys.begin_with(self.registration)
        self.waiting_for = "the first answer of the regulator"

    @property
    def is_ready(self) -> bool:
        """Registered, and an authorization held for every contract, whatever its state."""
        held = self._platform.authorizations.held
        return self.registration is not None and all(held(contract) for contract in CONTRACTS)

    async def keep(self) -> None:
        """Runs as long as the platform does."""
        failed = 0
        rounds = 0
        while True:
            try:
                await self.attend(read=rounds % ROUNDS_BETWEEN_READS == 0)
                failed, rounds = 0, rounds + 1
                await asyncio.sleep(POLL_S if self.is_ready else back_off_s(1))
            except Hindrance as hindrance:
                failed, rounds = failed + 1, 0
                self._take_note(hindrance)
                await asyncio.sleep(back_off_s(failed, hindrance.retry_after_s))
            except Exception:  # A mistake of ours in one round must not leave the platform deaf.
                log.exception("a round of the connection failed")
                failed += 1
                await asyncio.sleep(back_off_s(failed))

    async def attend(self, *, read: bool) -> None:
        """One round of whatever is outstanding."""
        if self.registration is None:
            await self._register()
        assert self.registration is not None, "registered by now"
        if self.registration.status != "active":
            self.waiting_for = "the regulator's challenge of the callback"
            self._remember(await self._platform.regulator.get("/registrations/self"))
        await self._platform.regulator.read_time()
        await self._platform.notices.fetch()
        await self._platform.samples.answer()
        if read or not self.is_ready:
            await self._platform.authorizations.read()
        for contract in CONTRACTS:
            if self._platform.authorizations.held(contract) is None:
                await self._declare(contract)

    async def _register(self) -> None:
        self.waiting_for = "the registration"
        public = self._platform.home.signing_key().public_key()
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        request = RegistrationRequest(
            passcode=self._passcode,
            uscc=USCC,
            name=NAME,
            key=SigningKey(public_key=base64.b64encode(raw).decode()),
            callback_url=self._callback_url,
        )
        body = request.model_dump_json().encode()
        self._remember(await self._platform.regulator.post("/registrations", body))

    def _remember(self, told: dict[str, Any]) -> None:
        self.registration = Registration.model_validate(told)
        self._platform.home.remember("registration", told)
        self._platform.regulator.key_id = self.registration.key_id
        self._platform.regulator_keys.begin_with(self.registration)

    async def _declare(self, contract: Contract) -> None:
        """Declares the contract's exports once, and again only when an accepted declaration has
        come to nothing.
        """
        self.waiting_for = f"the decision on the declaration for {contract.recipient}"
        name = f"declaration:{contract.recipient}"
        kept = self._platform.home.fact(name)
        if kept is None or kept["status"] == "accepted":
            attempt = 1 if kept is None else kept["attempt"] + 1
            body = declaration_of(contract, *period_of(contract, self._platform.regulator))
            kept = {"attempt": attempt, "id": None, "status": "new", "body": body}
            self._platform.home.remember(name, kept)
        told = await self._ask_for(contract, kept)
        kept |= {"id": told["id"], "status": told["status"]}
        self._platform.home.remember(name, kept)
        if told["status"] == "accepted":
            await self._platform.authorizations.read()
        if told["status"] == "refused":
            self.waiting_for = f"an authorization for {contract.recipient}: {told.get('reason')}"

    async def _ask_for(self, contract: Contract, kept: dict[str, Any]) -> dict[str, Any]:
        if kept["id"] is not None:
            return await self._platform.regulator.get(f"/declarations/{kept['id']}")
        key = f"declare-{contract.recipient}-{kept['attempt']}"
        return await self._platform.regulator.post("/declarations", kept["body"].encode(), key=key)

    def _take_note(self, hindrance: Hindrance) -> None:
        if hindrance.code != "regulator_unreachable":
            self.waiting_for = str(hindrance)
            log.warning("the regulator refused: %s", hindrance)
        if hindrance.code == "key_unknown":  # It does not know us any more.
            self._platform.home.remember("registration", None)
            self.registration, self._platform.regulator.key_id = None, None
            self._platform.regulator_keys.forget()


def declaration_of(contract: Contract, valid_from: str, valid_until: str) -> str:
    """The body of the declaration of a contract's exports."""
    request = DeclarationRequest.model_validate(
        {
            "purpose": contract.purpose,
            "legal_basis": LEGAL_BASIS,
            "recipient": contract.recipient,
            "country": contract.country,
            "fields": contract.fields,
            "records": contract.records_a_year,
            "persons": contract.persons,
            "valid_from": valid_from,
            "valid_until": valid_until,
        }
    )
    return request.model_dump_json()
