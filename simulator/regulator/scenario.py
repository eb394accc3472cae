"""One request chooses what the regulator does with it, by an RFC 9651 dictionary in a header.

    Reinspect-Scenario: fault=rate_limited; retry_after_s=3
    Reinspect-Scenario: decision=after; after_s=5, fault=latency; delay_s=0.5

Only sandboxes that were opened with `scenario_headers` listen to it: a platform under examination
must not steer its judge.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import http_sf
from pydantic import ValidationError

from simulator.catalogue import suggest
from simulator.faults import Fault, catalogue_of_faults
from simulator.journal.events import Event
from simulator.messages.problem import ProblemError
from simulator.regulator.api import Operation
from simulator.regulator.lifecycle import case, declaration, transmission
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.reading import shown, told
from simulator.regulator.refusal import Refusal, refuse_all, refuse_plainly, wrong
from simulator.regulator.state import RegulatorState

HEADER = "reinspect-scenario"
POINTER = f"header:{HEADER}"
MANNERS = ("immediate", "after", "manual")
DECISIONS = (*MANNERS, "refuse")
REASON = "the scenario of the request asked for it"
AFTER_S_MAX = 100 * 366 * 86_400


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a request asked for."""

    fault: Fault | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    decision: str | None = None
    after_s: float = 0.0

    def seen_by(self, state: RegulatorState) -> RegulatorState:
        """The same state under the policy that the request chose."""
        if self.decision is None:
            return state
        manner = "manual" if self.decision == "refuse" else self.decision
        policy = state.policy
        changed: dict[str, Any] = {
            each.name: manner for each in fields(Policy) if getattr(policy, each.name) in MANNERS
        }
        return replace(state, policy=replace(policy, **changed, after_s=self.after_s))

    def decided(
        self, state: RegulatorState, events: tuple[Event, ...], now: datetime, sign: Sign
    ) -> tuple[Event, ...] | Refusal:
        """What the regulator decides at once of what `events`, not yet folded, bring before it."""
        if self.decision != "refuse":
            return ()
        ahead = deepcopy(state)
        ahead.fold_all(events)
        waiting = [subject for subject in ahead.undecided if subject not in state.undecided]
        if not waiting:
            return unknown("refuse", "be for a message that brings something to be decided")
        [subject] = waiting
        if subject in ahead.declarations:
            return declaration.decide(ahead, subject, False, REASON, now, sign)
        if subject in ahead.transmissions:
            return transmission.decide(ahead, subject, False, REASON, now)
        return case.decide(ahead, subject, False, REASON, now)


NOTHING = Scenario()


def scenario_of(
    header: str | None, operation: Operation | None, *, allowed: bool
) -> Scenario | Refusal:
    """What the header asks for; `NOTHING` where there is none."""
    if header is None:
        return NOTHING
    if not allowed:
        return refuse_plainly(
            "scenario_forbidden",
            "this sandbox was not opened with scenario_headers; leave the header out",
            header,
        )
    try:
        asked: Any = http_sf.parse(header.encode("latin-1"), tltype="dictionary")
    except http_sf.StructuredFieldError as error:
        return unknown(shown(header), f"be a dictionary as RFC 9651 has it ({error})")
    scenario = NOTHING
    errors: list[ProblemError] = []
    for name, (value, parameters) in asked.items():
        made = _READERS[name](str(value), parameters) if name in _READERS else None
        if isinstance(made, Scenario):
            scenario = replace(
                scenario,
                **{each: getattr(made, each) for each in _FIELDS[name]},
            )
        else:
            must = f"be fault or decision; {suggest(name, _READERS)}"
            errors += made or [_wrong(name, must)]
    if scenario.decision is not None and (operation is None or operation.idempotency == "none"):
        errors.append(_wrong("decision", "be sent with a message that creates something"))
    return refuse_all(errors) if errors else scenario


def unknown(value: object, must: str) -> Refusal:
    """The refusal of a scenario with one thing wrong."""
    return refuse_all((_wrong(value, must),))


def _wrong(value: object, must: str) -> ProblemError:
    return wrong("scenario_unknown", POINTER, value, must)


def _fault(value: str, parameters: Mapping[str, Any]) -> Scenario | list[ProblemError]:
    faults = {id: each for id, each in catalogue_of_faults().items() if "regulator" in each.scopes}
    if value not in faults:
        return [_wrong(value, f"name a fault that strikes the regulator; {suggest(value, faults)}")]
    given = {name: _plain(each) for name, each in parameters.items()}
    try:
        faults[value].parameters.model_validate(given)
    except ValidationError as error:
        said = [told(each) for each in error.errors(include_url=False, include_context=False)]
        return [_wrong(each.value, f"{each.expected} at {each.pointer[1:]}") for each in said]
    return Scenario(fault=faults[value], parameters=given)


def _decision(value: str, parameters: Mapping[str, Any]) -> Scenario | list[ProblemError]:
    if value not in DECISIONS:
        return [_wrong(value, f"be a decision; {suggest(value, DECISIONS)}")]
    strange = [name for name in parameters if (value, name) != ("after", "after_s")]
    if strange:
        return [
            _wrong(name, "be absent: only after takes a parameter, after_s") for name in strange
        ]
    if value != "after":
        return Scenario(decision=value)
    after_s = _plain(parameters.get("after_s"))
    if isinstance(after_s, bool) or not isinstance(after_s, int | float):
        return [_wrong(shown(after_s), "give after_s in seconds of sandbox time")]
    if not 0 <= after_s <= AFTER_S_MAX:
        return [_wrong(after_s, f"give an after_s from 0 to {AFTER_S_MAX}")]
    return Scenario(decision=value, after_s=float(after_s))


def _plain(value: Any) -> Any:
    """A structured value as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, bool | int | float | None) else str(value)


_READERS = {"fault": _fault, "decision": _decision}
_FIELDS = {"fault": ("fault", "parameters"), "decision": ("decision", "after_s")}
