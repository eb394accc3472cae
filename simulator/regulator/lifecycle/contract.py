"""A standard contract is handed in, checked, and filed or returned; what changes is filed anew.

Order 13: file within 10 working days of taking effect (art. 7); file anew on change (art. 8). The
provincial guidance: a check of 15 working days, then a filing number, or the reasons and 10 working
days to supplement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.contract import (
    ContractEnded,
    ContractEvent,
    ContractFiled,
    ContractLapsed,
    ContractReceived,
    ContractReturned,
    ContractSupplemented,
)
from simulator.law import contract_filing as filing
from simulator.law.working_days import (
    CHINA,
    FIRST_DAY,
    add_working_days,
    china_date,
    end_of_working_days,
)
from simulator.messages.contract import (
    ContractMaterials,
    ContractRequest,
    ContractStatus,
    ContractSupplement,
)
from simulator.messages.problem import ProblemError
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer, the_id
from simulator.regulator.lifecycle import periods, resting
from simulator.regulator.lifecycle.registration import must_be_active
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract that was handed in, and what became of it."""

    received: ContractReceived
    materials: dict[str, str]
    pipia_on: date
    status: ContractStatus = "received"
    decided_at: datetime | None = None
    number: str | None = None
    reasons: tuple[str, ...] = ()
    supplement_by: datetime | None = None
    ended_because: str | None = None

    @property
    def id(self) -> str:
        return self.received.id

    @property
    def platform(self) -> str:
        return self.received.platform

    @property
    def filed_late(self) -> bool:
        """Reading: a late filing is taken and flagged. Order 13 threatens the handler and forfeits
        no contract, and refusing would leave it unfiled for ever."""
        return china_date(self.received.at) > self.received.file_by

    def stands_for(self, platform: str, recipient: str, country: str) -> bool:
        """Whether it is this platform's filed contract with this recipient."""
        received = self.received
        return (self.status, received.platform, received.recipient, received.country) == (
            "filed",
            platform,
            recipient,
            country,
        )

    @property
    def ends_at(self) -> datetime | None:
        """Midnight in China after its last day."""
        return None if self.received.ends_on is None else _end_of(self.received.ends_on)


def hand_in(
    state: "RegulatorState", platform: str, request: ContractRequest, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Received, and checked at once where the policy says so; what is missing is found there."""
    inactive = must_be_active(state, platform)
    if inactive is not None:
        return inactive
    errors = _errors(state, platform, request, now)
    if errors:
        return refuse_all(errors)
    decide_at = _decide_at(state, now)
    if isinstance(decide_at, Refusal):
        return decide_at
    received = ContractReceived(
        id=state.next_id("con"),
        platform=platform,
        recipient=request.recipient,
        country=request.country,
        effective_on=request.effective_on,
        ends_on=request.ends_on,
        pipia_on=request.pipia_on,
        materials=_given(request.materials),
        replaces=request.replaces,
        file_by=_file_by(request.effective_on),
        at=now,
        decide_at=decide_at,
    )
    return _and_decided(state, received, evolve(None, received), now)


def supplement(
    state: "RegulatorState", platform: str, id: str, request: ContractSupplement, now: datetime
) -> tuple[Event, ...] | Refusal:
    """What was returned is handed in again within its ten working days, and checked again."""
    contract = state.contracts.get(id)
    if contract is None or contract.platform != platform:
        return not_found("contract", id)
    if contract.status != "returned":
        return refuse("contract_closed", "path:id", id, f"be returned (it is {contract.status})")
    assert contract.supplement_by is not None, f"{id} was returned without a limit"
    if now >= contract.supplement_by:
        must = f"be supplemented before {rfc3339(contract.supplement_by)}"
        return refuse("contract_closed", "path:id", id, must)
    decide_at = _decide_at(state, now)
    if isinstance(decide_at, Refusal):
        return decide_at
    supplemented = ContractSupplemented(
        id=id,
        pipia_on=request.pipia_on or contract.pipia_on,
        materials=_given(request.materials),
        at=now,
        decide_at=decide_at,
    )
    return _and_decided(state, supplemented, evolve(contract, supplemented), now)


def decide(
    state: "RegulatorState", id: str, accept: bool | None, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The check. `None` goes by what was handed in; a tester's word stands above that."""
    contract = state.contracts.get(id)
    if contract is None:
        return not_found("contract", id)
    if contract.status != "received":
        must = f"wait for a decision (it is {contract.status})"
        return refuse("already_decided", "/subject", id, must)
    reasons = examine(contract)
    if accept is not None:
        reasons = () if accept else (reason, *reasons)
    return _decided(state, contract, reasons, now)


def end(
    state: "RegulatorState", platform: str, id: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The platform says that the contract has ended, or takes the filing back."""
    contract = state.contracts.get(id)
    if contract is None or contract.platform != platform:
        return not_found("contract", id)
    if contract.status in ("ended", "lapsed"):
        return refuse("contract_closed", "path:id", id, f"be open (it is {contract.status})")
    return _ended(state, contract, "the platform ended it", now)


def lapse(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """The time to supplement ran out."""
    contract = state.contracts.get(id)
    if contract is None:
        return not_found("contract", id)
    if contract.supplement_by is None or now < contract.supplement_by:
        return ()
    return (ContractLapsed(id, now),)


def run_out(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """The last day of a filed contract has passed."""
    contract = state.contracts.get(id)
    if contract is None:
        return not_found("contract", id)
    if contract.status != "filed" or contract.ends_at is None or now < contract.ends_at:
        return ()
    return _ended(state, contract, f"its last day was {contract.received.ends_on}", now)


def examine(contract: Contract) -> tuple[str, ...]:
    """What is missing or wrong, all of it, in the order of the list.

    Reading: the impact assessment is made beforehand (PIPL art. 55), so that it is no younger than
    the contract's effect.
    """
    missing = [
        f"{material} is missing"
        for name, material in filing.MATERIALS.items()
        if name not in contract.materials
    ]
    if contract.pipia_on > contract.received.effective_on:
        missing.append(
            f"the impact assessment of {contract.pipia_on} was completed after the contract took"
            f" effect on {contract.received.effective_on}"
        )
    return tuple(missing)


def evolve(contract: Contract | None, event: ContractEvent) -> Contract:
    """The contract after `event`; `None` before the first."""
    if isinstance(event, ContractReceived):
        return Contract(event, event.materials, event.pipia_on)
    assert contract is not None, "a contract goes on that was never received"
    match event:
        case ContractFiled():
            return replace(
                contract,
                status="filed",
                decided_at=event.at,
                number=event.number,
                reasons=(),
                supplement_by=None,
            )
        case ContractReturned():
            return replace(
                contract,
                status="returned",
                decided_at=event.at,
                reasons=event.reasons,
                supplement_by=event.supplement_by,
            )
        case ContractSupplemented():
            return replace(
                contract,
                status="received",
                pipia_on=event.pipia_on,
                materials=contract.materials | event.materials,
                supplement_by=None,
            )
        case ContractLapsed():
            return replace(contract, status="lapsed", supplement_by=None)
        case ContractEnded():
            return replace(contract, status="ended", supplement_by=None, ended_because=event.reason)


DRAWN = Drawing(
    id="contract",
    title="A standard contract is filed with a number, or returned to be supplemented.",
    evolve=evolve,
    state_of=lambda contract: contract.status,
    steps=(
        Step(BEGIN, ContractReceived, "received"),
        Step("received", ContractFiled, "filed"),
        Step("received", ContractReturned, "returned"),
        Step("received", ContractEnded, "ended"),
        Step("returned", ContractSupplemented, "received"),
        Step("returned", ContractLapsed, "lapsed"),
        Step("returned", ContractEnded, "ended"),
        Step("filed", ContractEnded, "ended"),
    ),
)


def _keep(state: "RegulatorState", event: ContractEvent) -> None:
    state.contracts[event.id] = evolve(state.contracts.get(event.id), event)
    if isinstance(event, ContractReceived | ContractSupplemented):
        state.undecided[event.id] = event.decide_at
    else:
        state.undecided.pop(event.id, None)


def _returned(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.contracts.values():
        if held.status == "returned" and held.supplement_by is not None:
            yield held.supplement_by, held.id


def _filed(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.contracts.values():
        if held.status == "filed" and held.ends_at is not None:
            yield held.ends_at, held.id


def _tell(
    state: "RegulatorState",
    event: ContractFiled | ContractReturned | ContractLapsed | ContractEnded,
) -> Iterator[Tidings]:
    data: dict[str, Any]
    match event:
        case ContractFiled():
            data = {"status": "filed", "number": event.number}
        case ContractReturned():
            by = rfc3339(event.supplement_by)
            data = {"status": "returned", "reasons": list(event.reasons), "supplement_by": by}
        case ContractLapsed():
            data = {"status": "lapsed"}
        case ContractEnded():
            data = {"status": "ended", "reason": event.reason}
    yield Tidings(state.contracts[event.id].platform, "contract.decided", event.id, data)


KEPT = Keeping(
    kept_in="contracts",
    prefix="con",
    folds=dict.fromkeys(get_args(ContractEvent), _keep),
    decide=lambda state, id, at: decide(state, id, None, "", at.now),
    timers=(
        Timer("lapse_contract", _returned, lambda state, id, at: lapse(state, id, at.now)),
        Timer("end_contract", _filed, lambda state, id, at: run_out(state, id, at.now)),
    ),
    tells=dict.fromkeys((ContractLapsed, ContractEnded), _tell),
    tells_unless_answered=dict.fromkeys((ContractFiled, ContractReturned), _tell),
    answers=dict.fromkeys((ContractReceived, ContractSupplemented), the_id),
)


def _errors(
    state: "RegulatorState", platform: str, request: ContractRequest, now: datetime
) -> list[ProblemError]:
    """Everything that keeps it from being received."""
    today, law = china_date(now), state.law_at(now)
    errors = []
    if not law.files_contracts(today):
        must = f"wait until {law.contracts_filed_from}, from when contracts are filed"
        errors.append(wrong("route_not_open", "", today, must))
    if request.effective_on > today:
        must = f"not be after today, {today}: a contract is filed once it has taken effect"
        errors.append(wrong("contract_not_in_effect", "/effective_on", request.effective_on, must))
    if request.ends_on is not None and request.ends_on < max(today, request.effective_on):
        must = "not be before today and not before effective_on"
        errors.append(wrong("period_invalid", "/ends_on", request.ends_on, must))
    if request.replaces is not None:
        former = state.contracts.get(request.replaces)
        if former is None or not former.stands_for(platform, request.recipient, request.country):
            must = f"name a filed contract with {request.recipient} in {request.country}"
            errors.append(wrong("contract_unknown", "/replaces", request.replaces, must))
    return errors


def _and_decided(
    state: "RegulatorState",
    asked: ContractReceived | ContractSupplemented,
    contract: Contract,
    now: datetime,
) -> tuple[Event, ...]:
    if state.policy.contracts != "immediate":
        return (asked,)
    return (asked, *_decided(state, contract, examine(contract), now))


def _decided(
    state: "RegulatorState", contract: Contract, reasons: tuple[str, ...], now: datetime
) -> tuple[Event, ...]:
    """Filing ends the contract whose place this one takes, in the same step."""
    if reasons:
        by = end_of_working_days(now, filing.SUPPLEMENTED_WITHIN)
        return (ContractReturned(contract.id, reasons, by, now),)
    number = contract.id.rpartition("-")[2]
    filed = ContractFiled(contract.id, f"SC{china_date(now).year}{number:0>6}", now)
    former = state.contracts.get(contract.received.replaces or "")
    if former is None or former.status != "filed":
        return (filed,)
    return (filed, ContractEnded(former.id, f"{contract.id} takes its place", now))


def _ended(
    state: "RegulatorState", contract: Contract, reason: str, now: datetime
) -> tuple[Event, ...]:
    """The contract, and what rests on it or on one whose place it took. One that is not filed took
    no place yet, so that the former goes on."""
    if contract.status != "filed":
        return (ContractEnded(contract.id, reason, now),)
    ids, former = {contract.id}, contract.received.replaces
    while former is not None:
        ids.add(former)
        former = state.contracts[former].received.replaces
    ended = f"{contract.id} ended: {reason}"
    return (ContractEnded(contract.id, reason, now), *resting.close(state, ids, ended, now))


def _given(materials: ContractMaterials) -> dict[str, str]:
    return materials.model_dump(exclude_none=True)


def _decide_at(state: "RegulatorState", now: datetime) -> datetime | Refusal | None:
    """The regulator checks until its offices close; the platform's periods end at midnight."""
    if state.policy.contracts == "statutory":
        return periods.end_of(now, filing.CHECKED_WITHIN)
    return state.policy.decide_at(state.policy.contracts, now)


def _file_by(effective_on: date) -> date:
    """Before the calendar of working days begins, every filing is late in any case."""
    return add_working_days(max(effective_on, FIRST_DAY), filing.FILED_WITHIN)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CHINA).astimezone(UTC)
