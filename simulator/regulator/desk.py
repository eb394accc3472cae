"""What one request comes to: who sent it, whether it may be asked, and what a lifecycle says.

The checks stand in the order in which they are made, cheapest and most general first; each is one
`Refusal` or passes on. Nothing here waits.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from simulator.journal.records import Delivery
from simulator.law.working_days import BeyondCalendar
from simulator.regulator import reading
from simulator.regulator.answered import Answered, refused
from simulator.regulator.api import Call, Operation, Outcome, Page, Taken, operation_of
from simulator.regulator.conditions import holds, is_fresh, tag_of
from simulator.regulator.door import Door
from simulator.regulator.encoding import decompressed
from simulator.regulator.folding import Folding
from simulator.regulator.heard import Heard
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.memory import FormerAnswers, fingerprint_of
from simulator.regulator.refusal import Refusal, beyond_calendar, refuse, refuse_plainly
from simulator.regulator.scenario import NOTHING, Scenario
from simulator.regulator.senders import Senders
from simulator.regulator.timing import Timing

log = logging.getLogger(__name__)


class Desk:
    """The desk of one sandbox's regulator, where requests are put to the lifecycles."""

    def __init__(
        self,
        folding: Folding,
        senders: Senders,
        former: FormerAnswers,
        door: Door,
        sign: Sign,
        *,
        callbacks_anywhere: bool,
        deliveries_of: Callable[[str], Sequence[Delivery]],
        streams_of: Callable[[str], int],
    ) -> None:
        self._folding = folding
        self._senders = senders
        self._former = former
        self._door = door
        self._sign = sign
        self._callbacks_anywhere = callbacks_anywhere
        self._deliveries_of = deliveries_of
        self._streams_of = streams_of

    def put(
        self, heard: Heard, operation: Operation, timing: Timing, scenario: Scenario | Refusal
    ) -> tuple[str | None, Answered]:
        """The registration id of the sender, where it is known, and what the request came to."""
        platform, wrong = self._sender_of(heard, operation)
        if operation.is_signed:
            timing.end("verify")
        must_wait, headers = self._door.admit(platform, heard)
        wrong = must_wait or wrong
        if wrong is not None:
            answered = refused(wrong)
        else:
            answered = self._put_safely(platform, heard, operation, scenario)
        answered.headers.update(headers)
        return platform, answered

    def _sender_of(self, heard: Heard, operation: Operation) -> tuple[str | None, Refusal | None]:
        """Who speaks, as far as that can be known, and what is wrong with how they say so."""
        if heard.body is None:
            assert heard.unread is not None, "a body is missing without a reason"
            return None, heard.unread
        if not operation.is_signed:
            return None, None
        sender = self._senders.of_fresh(heard)
        return (None, sender) if isinstance(sender, Refusal) else (sender.platform, None)

    def _put_safely(
        self,
        platform: str | None,
        heard: Heard,
        operation: Operation,
        scenario: Scenario | Refusal,
    ) -> Answered:
        """What it came to, or that a mistake of ours keeps us from knowing."""
        assert heard.body is not None, "a body that was not read is refused before"
        try:
            return self._put_from(platform, heard, heard.body, operation, scenario)
        except BeyondCalendar as beyond:
            refusal = beyond_calendar(beyond)
            return refused(refusal, self._folding.foreseen)
        except Exception:
            log.exception("%s failed in sandbox %s", operation.id, self._folding.sandbox.id)
            return refused(
                refuse_plainly(
                    "internal_error", "the message may be right; tell the operator", operation.id
                ),
                self._folding.foreseen,
            )

    def _put_from(
        self,
        platform: str | None,
        heard: Heard,
        body: bytes,
        operation: Operation,
        scenario: Scenario | Refusal,
    ) -> Answered:
        """What a request came to whose sender is known."""
        if isinstance(scenario, Refusal):
            return refused(scenario)
        if operation.idempotency != "none":
            wrong = reading.check_idempotency_key(
                heard.idempotency_key, demand=operation.idempotency
            )
            former = wrong or self._former_answer(platform, heard, operation)
            if former is not None:
                return former if isinstance(former, Answered) else refused(former)
        if operation.needs_confirmed_callback:
            inactive = self._inactive(platform)
            if inactive is not None:
                return refused(inactive)
        page = reading.page_asked_for(heard.query, operation)
        if isinstance(page, Refusal):
            return refused(page)
        plain = decompressed(body, heard.headers.get("content-encoding", ""))
        if isinstance(plain, Refusal):
            return refused(plain)
        message = None if operation.body is None else operation.body.read(heard.media_type, plain)
        if isinstance(message, Refusal):
            return refused(message)
        call = self._call(platform, heard, page)
        changed = self._changed_since(heard.headers.get("if-match"), operation, call)
        if changed is not None:
            return changed
        answered = self._ask(operation, call, message, scenario)
        tag = answered.headers.get("etag")
        if operation.method == "GET" and is_fresh(heard.headers.get("if-none-match"), tag):
            return Answered(304, None, {"etag": tag or ""})
        return answered

    def _ask(self, operation: Operation, call: Call, message: Any, scenario: Scenario) -> Answered:
        outcome = _asked(operation, call, message, scenario)
        if isinstance(outcome, Refusal):
            self._folding.foresee(outcome.alerts)
            return refused(outcome, self._folding.foreseen)
        self._folding.foresee_with_notices(outcome.events)
        told = outcome.tell()
        answer = None if told is None else told.model_dump(mode="json")
        headers = self._location(operation, answer or {})
        return _tagged(
            operation,
            Answered(operation.status, answer, headers, events=self._folding.foreseen),
        )

    def _changed_since(
        self, if_match: str | None, operation: Operation, call: Call
    ) -> Answered | None:
        """The refusal of a change to something that is no longer what the sender has read."""
        if if_match is None or operation.changes is None:
            return None
        read = self._ask(operation_of(operation.changes), call, None, NOTHING)
        if (
            read.refusal is not None
        ):  # That there is nothing to be changed, the change itself tells.
            return None
        tag = read.headers["etag"]
        if holds(if_match, tag):
            return None
        must = f"name the current entity tag, {tag}"
        stale = refuse("precondition_failed", "header:if-match", reading.shown(if_match), must)
        answered = refused(stale)
        answered.headers["etag"] = tag
        return answered

    def _former_answer(
        self, platform: str | None, heard: Heard, operation: Operation
    ) -> Answered | Refusal | None:
        if heard.idempotency_key is None:
            return None
        former = self._former.to(platform, heard.idempotency_key)
        if former is None:
            return None
        if former.fingerprint != fingerprint_of(heard):
            return refuse_plainly(
                "idempotency_conflict",
                f"the key {heard.idempotency_key!r} was used before with another path or body",
                heard.idempotency_key,
            )
        answer = in_order(operation, former.answer or {})
        headers = {"idempotency-replayed": "true"} | self._location(operation, answer)
        return _tagged(operation, Answered(operation.status, answer, headers, replayed=True))

    def _location(self, operation: Operation, answer: dict[str, Any]) -> dict[str, str]:
        """Where what was created can be read."""
        if operation.status != 201:
            return {}
        name = operation.located or answer["id"]
        return {"location": f"/{self._folding.sandbox.id}/v1{operation.path}/{name}"}

    def _inactive(self, platform: str | None) -> Refusal | None:
        assert platform is not None, "who has a callback is known"
        status = self._folding.state.registrations[platform].status
        if status == "active":
            return None
        detail = "answer the challenge at your callback first"
        return refuse_plainly("callback_unconfirmed", detail, status)

    def _call(self, platform: str | None, heard: Heard, page: Page) -> Call:
        sandbox = self._folding.sandbox
        return Call(
            sandbox=sandbox,
            state=self._folding.state,
            platform=platform or "",
            path=heard.path_values,
            page=page,
            now=sandbox.clock.now(),
            sign=self._sign,
            callbacks_anywhere=self._callbacks_anywhere,
            deliveries_of=self._deliveries_of,
            streams_of=self._streams_of,
            certificate=heard.certificate,
        )


def _tagged(operation: Operation, answered: Answered) -> Answered:
    if operation.has_tag:
        answered.headers["etag"] = tag_of(answered.body)
    return answered


def in_order(operation: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as the journal keeps it, with its fields where they stood when it was given."""
    return operation.answers.model_validate(answer).model_dump(mode="json", exclude_unset=True)


def _asked(operation: Operation, call: Call, message: Any, scenario: Scenario) -> Outcome:
    """The outcome under the policy that the request chose, and what it had decided at once."""
    chosen = replace(call, state=scenario.seen_by(call.state))
    outcome = operation.ask(chosen, message)
    if isinstance(outcome, Refusal):
        return outcome
    decided = scenario.decided(call.state, outcome.events, call.now, call.sign)
    if isinstance(decided, Refusal):
        return decided
    return Taken((*outcome.events, *decided), outcome.tell)
