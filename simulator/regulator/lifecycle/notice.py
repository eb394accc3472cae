"""What the platform is told: which decisions make a notice, what it says, and that it was heard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.notice import (
    NoticeAcknowledged,
    NoticeEvent,
    NoticeGivenUp,
    NoticeIssued,
    NoticeOverdue,
    NoticeRedelivered,
)
from simulator.messages.tidings import TIDINGS
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import (
    Keeping,
    Tidings,
    answers,
    tells,
    tells_unless_answered,
    the_id,
)
from simulator.regulator.refusal import Refusal, not_found, refuse_plainly

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

Status = Literal["pending", "overdue", "dead", "redelivering", "acknowledged"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, and what has become of it."""

    issued: NoticeIssued
    acknowledged_at: datetime | None = None
    via: str | None = None
    """`callback` or `interface`."""
    overdue_at: datetime | None = None
    """When the limit of its acknowledgement had passed; it stays, whatever comes after."""
    given_up: NoticeGivenUp | None = None
    """While it is a dead letter."""
    round: int = 1
    """Counts the rounds of attempts: a redelivery begins a new one."""
    attempts_before: int = 0
    """Attempts of the rounds before this one."""

    @property
    def id(self) -> str:
        return self.issued.id

    @property
    def platform(self) -> str:
        return self.issued.platform

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be brought."""
        return self.acknowledged_at is None and self.given_up is None

    @property
    def status(self) -> Status:
        """Where it stands; `redelivering` outranks `overdue`, which `overdue_at` still tells."""
        if self.acknowledged_at is not None:
            return "acknowledged"
        if self.given_up is not None:
            return "dead"
        if self.round > 1:
            return "redelivering"
        return "pending" if self.overdue_at is None else "overdue"


def issue_for(
    state: "RegulatorState", events: Iterable[Event], now: datetime
) -> tuple[NoticeIssued, ...]:
    """The notices of `events`, whether these are folded into `state` already or not.

    What the platform reads in the answer to its own request is not told again: a declaration or
    transmission that is decided at once makes no notice.
    """
    ids = state.new_ids("ntc")
    told: dict[str, int] = {}
    notices = []
    for tidings in _tidings(state, tuple(events)):
        platform = tidings.platform
        TIDINGS[tidings.type].data.model_validate(tidings.data)
        told[platform] = told.get(platform, len(state.notices_of(platform))) + 1
        notices.append(
            NoticeIssued(
                id=next(ids),
                platform=platform,
                sequence=told[platform],
                type=tidings.type,
                subject=tidings.subject,
                at=now,
                data=tidings.data,
            )
        )
    return tuple(notices)


def acknowledge(
    state: "RegulatorState", platform: str, id: str, via: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """The platform has heard it; hearing twice changes nothing."""
    notice = state.notices.get(id)
    if notice is None or notice.platform != platform:
        return not_found("notice", id)
    return () if notice.acknowledged_at is not None else (NoticeAcknowledged(id, via, now),)


def pass_limit(
    state: "RegulatorState", id: str, limit_s: float, now: datetime
) -> tuple[Event, ...]:
    """The limit of its acknowledgement has passed; it passes once, and not for what was heard."""
    notice = state.notices[id]
    if notice.acknowledged_at is not None or notice.overdue_at is not None:
        return ()
    return (NoticeOverdue(id, limit_s, now),)


def give_up(
    state: "RegulatorState", id: str, attempts: int, reason: str, now: datetime
) -> tuple[Event, ...]:
    """The last attempt of a round failed; what was heard meanwhile is no dead letter."""
    return (NoticeGivenUp(id, attempts, reason, now),) if state.notices[id].is_pending else ()


def redeliver(
    state: "RegulatorState", platform: str | None, id: str, by: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """A dead letter comes back to life; `platform` is who asks, `None` for a tester."""
    notice = state.notices.get(id)
    if notice is None or platform not in (None, notice.platform):
        return not_found("notice", id)
    if state.registrations[notice.platform].callback_url is None:
        return refuse_plainly("callback_missing", f"read {id} with GET /notices", id)
    if notice.acknowledged_at is not None:
        heard_at = rfc3339(notice.acknowledged_at)
        detail = f"{id} was acknowledged at {heard_at}"
        return refuse_plainly("notice_acknowledged", detail, notice.status)
    if notice.given_up is None:
        detail = f"{id} is not given up yet; wait for it"
        return refuse_plainly("delivery_under_way", detail, notice.status)
    return (NoticeRedelivered(id, by, now),)


def evolve(notice: Notice | None, event: NoticeEvent) -> Notice:
    """The notice after `event`; `None` before the first."""
    if isinstance(event, NoticeIssued):
        return Notice(event)
    assert notice is not None, "something happened to a notice before it was issued"
    match event:
        case NoticeAcknowledged():
            return replace(notice, acknowledged_at=event.at, via=event.via)
        case NoticeOverdue():
            return replace(notice, overdue_at=event.at)
        case NoticeGivenUp():
            return replace(notice, given_up=event)
        case NoticeRedelivered():
            assert notice.given_up is not None, "only a dead letter is redelivered"
            attempts = notice.given_up.attempts
            return replace(notice, given_up=None, round=notice.round + 1, attempts_before=attempts)


DRAWN = Drawing(
    id="notice",
    title=(
        "A notice is brought until the platform has heard it or the attempts are used up. For a"
        " platform that polls nothing is given up."
    ),
    evolve=evolve,
    state_of=lambda notice: notice.status,
    steps=(
        Step(BEGIN, NoticeIssued, "pending"),
        Step("pending", NoticeAcknowledged, "acknowledged"),
        Step("pending", NoticeOverdue, "overdue"),
        Step("pending", NoticeGivenUp, "dead"),
        Step("overdue", NoticeAcknowledged, "acknowledged"),
        Step("overdue", NoticeGivenUp, "dead"),
        Step("dead", NoticeRedelivered, "redelivering"),
        Step("dead", NoticeAcknowledged, "acknowledged"),
        Step("redelivering", NoticeAcknowledged, "acknowledged"),
        Step("redelivering", NoticeGivenUp, "dead"),
    ),
)


def _keep(state: "RegulatorState", event: NoticeEvent) -> None:
    state.notices[event.id] = evolve(state.notices.get(event.id), event)
    if isinstance(event, NoticeIssued):
        state.unacknowledged[event.id] = None
        state.notices_by_platform.setdefault(event.platform, []).append(event.id)
    elif isinstance(event, NoticeAcknowledged):
        state.unacknowledged.pop(event.id, None)


KEPT = Keeping(kept_in="notices", prefix="ntc", folds=dict.fromkeys(get_args(NoticeEvent), _keep))


def _tidings(state: "RegulatorState", events: tuple[Event, ...]) -> Iterator[Tidings]:
    """What the platform reads in the answer to its own request is not told again."""
    answered = {answers()[type(event)](event) for event in events if type(event) in answers()}
    for event in events:
        kind = type(event)
        if kind in tells():
            yield from tells()[kind](state, event)
        elif kind in tells_unless_answered() and the_id(event) not in answered:
            yield from tells_unless_answered()[kind](state, event)
