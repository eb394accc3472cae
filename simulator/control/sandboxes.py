"""Sandboxes: create, fork, read at a glance, reset, delete."""

import secrets
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.control.resource import Resource
from simulator.control.script import ScriptRequest, begin
from simulator.control.site import Here, TheWorld
from simulator.law.packs import NoPackInForce, in_force, packs
from simulator.law.working_days import china_date
from simulator.messages.base import Message, Time
from simulator.regulator.lifecycle.authorization import Authorization, standing
from simulator.regulator.lifecycle.key import current
from simulator.sandbox import SandboxExists
from simulator.world import RESERVED, Site

router = Resource(prefix="/sandboxes", tags=["sandboxes"])

STARTS_AT = datetime(2023, 6, 1, tzinfo=UTC)
"""Where the story plays, under rule pack r2022."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

SandboxId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class SandboxRequest(Message):
    """Body of `POST /sandboxes`; without a passcode one is drawn and told.

    The law follows the date. A `rule_pack` alone begins the sandbox with that pack; one given
    against `starts_at` stays the law for ever, to see what it would demand.
    """

    id: SandboxId
    passcode: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    starts_at: Annotated[Time, Field(ge=EARLIEST, lt=LATEST)] | None = None
    rule_pack: str | None = None
    rate: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 1.0
    """Seconds of sandbox time for each second of wall time; 0 stands still but for `advance`."""
    suite: Literal["ed25519", "sm2"] = "ed25519"
    """What the platform and the regulator sign with."""
    scenario_headers: bool = False
    """Whether a request may choose what the regulator does with it, by `Reinspect-Scenario`: not
    for a platform under examination."""
    script: ScriptRequest | None = None
    """What the regulator does on its own from the beginning, as `PUT /script` sets it."""


class Registered(Message):
    """A platform in the summary."""

    id: str
    status: str
    key_id: str


class Authorized(Message):
    """An authorization in the summary."""

    id: str
    version: int
    status: str
    recipient: str
    country: str
    quota_records: int
    used_records: int


class CaseAtAGlance(Message):
    """A case in the summary."""

    id: str
    status: str


class SandboxState(Message):
    """What a sandbox was created with and where it stands."""

    id: str
    passcode: str
    seed: int
    starts_at: Time
    now: Time
    rule_pack: str
    """What it was opened with."""
    rule_pack_in_force: str
    """Whose law holds now."""
    rate: float
    regulator_public_key: str
    suite: str
    scenario_headers: bool
    policy: dict[str, Any]
    sequence: int
    """Number of the last entry of the journal."""
    registrations: tuple[Registered, ...]
    authorizations: tuple[Authorized, ...]
    open_transmissions: int
    """Announced and neither refused nor closed."""
    notices_pending: tuple[str, ...]
    """Issued and not acknowledged."""
    cases: tuple[CaseAtAGlance, ...]


class ForkRequest(Message):
    """Body of `POST /fork`: the name of the new sandbox, and the entry that it goes on from."""

    id: SandboxId
    at: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    """Number of an entry of the journal; `None` for the present."""


class Copy(Message):
    """A sandbox that was made from another's journal; it opens when somebody speaks of it."""

    id: str


class SandboxList(Message):
    """Every sandbox of this process."""

    items: tuple[SandboxState, ...]


@router.post("", status_code=201, operation_id="create_sandbox")
async def create(world: TheWorld, request: SandboxRequest) -> SandboxState:
    """A new world with its own keys, clock, seed and journal."""
    _check(request)
    starts_at = _beginning(request)
    try:
        site = await world.create(
            request.id,
            passcode=request.passcode or secrets.token_hex(12),
            seed=request.seed,
            starts_at=starts_at,
            rule_pack=request.rule_pack or _law_of(starts_at),
            rate=request.rate,
            suite=request.suite,
            scenario_headers=request.scenario_headers,
            script=None if request.script is None else request.script.model_dump(mode="json"),
        )
    except SandboxExists as mistake:
        raise exists_already(mistake, "/id") from None
    await _begin_script(site)
    return state_of(site)


@router.get("", operation_id="list_sandboxes")
async def read_all(world: TheWorld) -> SandboxList:
    """Every sandbox at a glance."""
    sites = [world.site(id) for id in world.ids()]
    return SandboxList(items=tuple(state_of(site) for site in sites if site is not None))


@router.get("/{sandbox}", operation_id="read_sandbox")
async def read(here: Here) -> SandboxState:
    """One sandbox at a glance."""
    return state_of(here)


@router.delete("/{sandbox}", status_code=204, operation_id="delete_sandbox")
async def delete(here: Here, world: TheWorld) -> None:
    """The sandbox ends, and its journal is forgotten: export it before."""
    await world.delete(here.sandbox.id)


@router.post("/{sandbox}/reset", operation_id="reset_sandbox")
async def reset(here: Here, world: TheWorld) -> SandboxState:
    """Everything as at the beginning, the script that it was created with too, but for the
    registrations, so that a platform stays connected."""
    site = await world.reset(here.sandbox.id)
    await _begin_script(site)
    return state_of(site)


@router.post("/{sandbox}/fork", status_code=201, operation_id="fork_sandbox")
async def fork(here: Here, world: TheWorld, request: ForkRequest) -> Copy:
    """A new sandbox that goes on from this one's journal by itself: same keys, same registrations,
    same state; its address differs, and so does the path that signatures cover."""
    refuse_reserved(request.id, "/id")
    last = here.sandbox.next_sequence() - 1
    if request.at is not None and request.at > last:
        must = f"be an entry of the journal, which has {last}"
        raise Refused.invalid("/at", request.at, must)
    try:
        await world.fork(here, request.id, at=request.at)
    except SandboxExists as mistake:
        raise exists_already(mistake, "/id") from None
    return Copy(id=request.id)


async def _begin_script(site: Site) -> None:
    """What the sandbox was created to do on its own, it does from its beginning."""
    script = site.sandbox.opened.script
    if script is not None:
        await begin(site, ScriptRequest.model_validate(script))


def exists_already(mistake: SandboxExists, pointer: str) -> Refused:
    """The refusal of a name that is taken."""
    must = "be free: reset that sandbox, or choose another id"
    return Refused.at("sandbox_exists", pointer, mistake.id, must, detail=str(mistake))


def refuse_reserved(id: str, pointer: str) -> None:
    """A name that the process itself answers to is nobody else's."""
    if id in RESERVED:
        raise Refused.invalid(pointer, id, f"not be {' or '.join(RESERVED)}")


def _check(request: SandboxRequest) -> None:
    refuse_reserved(request.id, "/id")
    if request.rule_pack is not None and request.rule_pack not in packs():
        must = f"be a rule pack; {suggest(request.rule_pack, packs())}"
        raise Refused.invalid("/rule_pack", request.rule_pack, must)


def _beginning(request: SandboxRequest) -> datetime:
    """The moment asked for; else the story's, or the first of a pack that came later."""
    if request.starts_at is not None:
        return request.starts_at.astimezone(UTC)
    if request.rule_pack is None or packs()[request.rule_pack].holds_on(china_date(STARTS_AT)):
        return STARTS_AT
    return datetime.combine(packs()[request.rule_pack].in_force_from, time(1), UTC)


def _law_of(starts_at: datetime) -> str:
    """The pack in force then; before the first, the first."""
    try:
        return in_force(china_date(starts_at)).id
    except NoPackInForce:
        return min(packs().values(), key=lambda law: law.in_force_from).id


def state_of(site: Site) -> SandboxState:
    """The site as a tester sees it."""
    sandbox, state = site.sandbox, site.office.state
    now = sandbox.clock.now()
    return SandboxState(
        id=sandbox.id,
        passcode=sandbox.passcode,
        seed=sandbox.seed,
        starts_at=sandbox.opened.starts_at,
        now=now,
        rule_pack=sandbox.rule_pack,
        rule_pack_in_force=state.law_at(now).id,
        rate=sandbox.clock.rate,
        regulator_public_key=sandbox.opened.regulator_public_key,
        suite=sandbox.suite.id,
        scenario_headers=sandbox.opened.scenario_headers,
        policy=asdict(state.policy),
        sequence=sandbox.next_sequence() - 1,
        registrations=tuple(
            Registered(id=one.id, status=one.status, key_id=current(state, one.id).id)
            for one in state.registrations.values()
        ),
        authorizations=tuple(
            _authorized(held, standing(state, held, now)) for held in state.authorizations.values()
        ),
        open_transmissions=sum(
            one.status in ("received", "accepted") for one in state.transmissions.values()
        ),
        notices_pending=tuple(state.unacknowledged),
        cases=tuple(CaseAtAGlance(id=one.id, status=one.status) for one in state.cases.values()),
    )


def _authorized(held: Authorization, status: str) -> Authorized:
    granted = held.granted
    return Authorized(
        id=held.id,
        version=granted.version,
        status=status,
        recipient=granted.recipient,
        country=granted.country,
        quota_records=granted.quota_records,
        used_records=held.used_records,
    )
