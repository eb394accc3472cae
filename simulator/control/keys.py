"""Passcodes and keys in a tester's hands: a platform that lost its key, a key in strange hands, and
the regulator's own succession."""

import secrets
from typing import Annotated

from pydantic import Field, StringConstraints

from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.site import Here
from simulator.control.telling import Told, put
from simulator.journal.events.key import PasscodeReissued
from simulator.messages.base import Message
from simulator.regulator.lifecycle import key, regulator_key

router = Resource(prefix="/sandboxes/{sandbox}", tags=["keys"])


class PasscodeRequest(Message):
    """Body of `POST /passcode`; without a passcode one is drawn."""

    passcode: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None


class Passcode(Message):
    """The passcode that is right from now on."""

    passcode: str


class SuccessionRequest(Message):
    """Body of `POST /regulator-key`."""

    in_s: Annotated[float, Field(ge=0, le=366 * 86_400, allow_inf_nan=False)] = 0.0
    """After how many seconds of sandbox time the new key signs; platforms are told at once."""


class Revocation(Message):
    """Body of `POST /keys/{key}/revocation`."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


@router.post("/passcode", operation_id="reissue_passcode")
async def reissue(here: Here, request: PasscodeRequest) -> Passcode:
    """Lets the registered platform register again, once, with another key; its keys end then."""
    passcode = request.passcode or secrets.token_hex(12)
    await here.sandbox.reissue_passcode(passcode)
    await put(here, "passcode", (PasscodeReissued(here.sandbox.clock.now()),))
    return Passcode(passcode=passcode)


@router.post("/regulator-key", operation_id="succeed_regulator_key")
async def succeed(here: Here, request: SuccessionRequest) -> Told:
    """Gives the regulator a new key; what the former one signed stays verifiable."""
    office, now = here.office, here.sandbox.clock.now()
    outcome = regulator_key.announce(
        office.state, here.sandbox.regulator_public_key, office.sign, request.in_s, now
    )
    return await put(here, "regulator key", outcome)


@router.post("/keys/{id}/revocation", operation_id="revoke_platform_key")
async def revoke(here: Here, id: str, request: Revocation) -> Told:
    """Ends a platform's key at once."""
    state = here.office.state
    held = state.keys.get(id)
    if held is None:
        raise Refused.at(
            "subject_unknown",
            "path:id",
            id,
            "name a key of a platform",
            detail=f"no platform has a key {id[:200]!r}",
        )
    outcome = key.revoke(state, held.platform, id, request.reason, here.sandbox.clock.now())
    return await put(here, f"revoke {id}", outcome)
