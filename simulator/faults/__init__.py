"""What can go wrong on the way, one fault a file; armed by a tester, seeded, and over by itself.

A fault is no secret: its arming, every message that it strikes and its reverting are in the
journal, so that "did not send" and "we cut the wire" are never confused. A message takes one blow
at most: ask for `after` only where `before` gave none, and put the blow's fault id into the record
of the message that it struck.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from simulator import catalogue
from simulator.acts import (
    Act,
    Alter,
    Answer,
    Backdate,
    Delay,
    Drop,
    Forgery,
    Hang,
    HoldBack,
    Impersonate,
    Lose,
    Relabel,
    Repeat,
    Reset,
    Respell,
    ShowExpired,
    Skew,
    Trickle,
    Truncate,
)
from simulator.clock import WallClock, wall_now
from simulator.journal.entry import Entry
from simulator.journal.records import Arrival, Delivery, Exchange, FaultSet, Record
from simulator.messages.base import Message

ALARM_S_MIN = 0.001
Scope = Literal["regulator", "recipient", "notices", "connection"]
"""A `connection` leads to regulator and recipients alike, and is made before that is known."""
Moment = Literal["before", "after", "deliver", "connect"]
"""`before` a request is heard; `after` it was processed, when its answer leaves; when a notice is
to `deliver`; when a client is to `connect`."""

__all__ = [
    "Act", "Alter", "Answer", "ArmedFaults", "Arming", "Backdate", "Blow", "Delay", "Drop", "Fault",
    "Forgery", "Hang", "HoldBack", "Impersonate", "Lose", "Moment", "NoParameters", "Relabel",
    "Repeat", "Reset", "Respell", "Scope", "ShowExpired", "Skew", "Trickle", "Truncate",
    "catalogue_of_faults", "fault",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong: where and when it strikes, what a tester may set, and what it does."""

    id: str
    title: str
    scopes: tuple[Scope, ...]
    moment: Moment
    """When it strikes, unless a tester chooses another of its moments."""
    parameters: type[Message]
    strike: Callable[[Any, random.Random], Act]
    """From its parameters and a seeded chance to what happens to one message."""
    or_at: tuple[Moment, ...] = ()
    """When else a tester may have it strike."""

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Every moment at which it may strike, its own first."""
        return (self.moment, *self.or_at)


class NoParameters(Message):
    """For faults with nothing to set."""


def fault(
    *,
    id: str,
    title: str,
    scopes: tuple[Scope, ...],
    moment: Moment,
    parameters: type[Message] = NoParameters,
    or_at: tuple[Moment, ...] = (),
) -> Callable[[Callable[[Any, random.Random], Act]], Fault]:
    """Makes the decorated function the one fault of its file."""

    def enter(strike: Callable[[Any, random.Random], Act]) -> Fault:
        return Fault(id, title, scopes, moment, parameters, strike, or_at)

    return enter


@cache
def catalogue_of_faults() -> dict[str, Fault]:
    """Every fault by id."""
    return catalogue.entries(sys.modules[__name__], Fault)


@dataclass(slots=True)
class Arming:
    """A fault that is armed: how often it may strike and until when."""

    id: str
    name: str
    scope: str
    operations: tuple[str, ...]
    probability: float
    times: int | None
    ttl_s: float | None
    parameters: dict[str, Any]
    armed_at: datetime
    """Wall time."""
    moment: Moment = "before"
    """Of an exchange, or `deliver`."""
    dealt_before: int = 0
    """Blows that a former process dealt, as far as its journal tells."""
    dealt: int = 0
    """Blows dealt since, whether or not the struck message is in the journal yet."""
    drawn: int = 0
    """Messages that were aimed at since; each has its own seeded chance."""
    recorded: set[str | int] = field(default_factory=set)
    """What of them is in the journal: sequence numbers of messages, attempts to deliver notices."""
    missed: int = 0
    """Blows at messages that will never be in the journal."""
    hanging: int = 0
    """Clients that are still kept waiting."""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ends_at(self) -> datetime | None:
        """Wall time at which it reverts by itself; `None` if only its blows or a tester end it."""
        return None if self.ttl_s is None else self.armed_at + timedelta(seconds=self.ttl_s)

    @property
    def struck(self) -> int:
        """All blows that it dealt."""
        return self.dealt_before + self.dealt

    def aims_at(self, scope: str, operation: str) -> bool:
        """Whether a message of this scope and operation may be struck."""
        if self.scope != scope or (self.operations and operation not in self.operations):
            return False
        return self.times is None or self.struck < self.times

    def is_spent(self) -> bool:
        """It struck as often as it may, all of it is in the journal, and nobody hangs any more."""
        if self.times is None or self.hanging:
            return False
        return min(self.struck, len(self.recorded) + self.missed) >= self.times


@dataclass(frozen=True, slots=True)
class Blow:
    """What a fault does to one message. `fault` is the id of the arming and belongs into the
    message's record."""

    fault: str
    name: str
    act: Act
    arming: Arming = field(repr=False, compare=False)
    settle: Callable[[], None] = field(repr=False, compare=False)

    @property
    def status(self) -> int | None:
        """What the sender sees: 0 for no answer, the fault's own status, or `None` for the true
        answer's."""
        match self.act:
            case Answer(status=status):
                return status
            case Hang() | Drop() | Reset() | Truncate() | Lose():
                return 0
            case _:
                return None

    async def wait(self) -> None:
        """Waits as long as a Delay says; at once for any other act."""
        if isinstance(self.act, Delay):
            await asyncio.sleep(self.act.delay_s)

    async def hang(self, client_gone: Awaitable[object]) -> None:
        """Returns when the client has given up or the fault is reverted."""
        ends: set[asyncio.Future[Any]] = {
            asyncio.ensure_future(client_gone),
            asyncio.ensure_future(self.over()),
        }
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            self.let_go()

    def let_go(self) -> None:
        """Says that the client is kept waiting no longer."""
        self.arming.hanging -= 1
        self.settle()

    def miss(self, *, is_gone: bool = True) -> None:
        """Says that no entry will tell of this blow, since the sender was gone before its message
        was whole, has sent none yet, or is one of too many; it counts all the same."""
        if is_gone:
            self.arming.hanging -= isinstance(self.act, Hang | Trickle)
        self.arming.missed += 1
        self.settle()

    async def over(self) -> None:
        """Returns when the fault is reverted, so that whoever holds a message back lets it go."""
        await self.arming.over.wait()


@dataclass(frozen=True, slots=True)
class KnownFaults:
    """What a journal tells of faults: how many were ever armed, and which still are."""

    count: int
    armed: tuple[Arming, ...]


class ArmedFaults:
    """The armed faults of one sandbox; a fold over its journal, so that a restart forgets none.

    `follow` its `fold`, and everything that happens to a fault goes through the journal: `arm` and
    `revert` append.
    """

    def __init__(
        self, *, seed: int, append: Callable[[Record], Entry], wall: WallClock = wall_now
    ) -> None:
        self._seed = seed
        self._append = append
        self._wall = wall
        self._armed: dict[str, Arming] = {}
        self._count = 0
        self._alarm: asyncio.TimerHandle | None = None

    def __iter__(self) -> Iterator[Arming]:
        """The armings in force, in the order of arming."""
        self.revert_what_is_over()
        return iter(list(self._armed.values()))

    def __len__(self) -> int:
        """How many armings are in force, as far as anybody looked."""
        return len(self._armed)

    def arm(
        self,
        name: str,
        *,
        scope: str,
        operations: tuple[str, ...] = (),
        probability: float = 1.0,
        times: int | None = None,
        ttl_s: float | None = None,
        parameters: dict[str, Any] | None = None,
        moment: Moment | None = None,
    ) -> tuple[Arming, Entry]:
        """Arms the fault called `name`, whose parameters must be valid; it is in force at once.
        `moment` is one of the fault's; `None` is its first."""
        fault = catalogue.find(catalogue_of_faults(), name, what="fault")
        if scope not in fault.scopes:
            raise ValueError(f"{name} strikes {' or '.join(fault.scopes)}, never {scope!r}")
        when = moment or fault.moment
        if when not in fault.moments:
            raise ValueError(f"{name} strikes {' or '.join(fault.moments)}, never {moment!r}")
        own = fault.parameters.model_validate(parameters or {}).model_dump(mode="json")
        limits = {"probability": probability, "times": times, "ttl_s": ttl_s}
        id = f"flt-{self._count + 1}"
        told = {**own, **limits}
        entry = self._append(FaultSet(id, name, "armed", scope, operations, told, when))
        return self._armed[id], entry

    def strike_once(
        self, name: str, *, scope: str, operation: str, parameters: dict[str, Any]
    ) -> Blow:
        """Arms the fault for this one message and deals the blow at once: no other can take it."""
        arming, _ = self.arm(
            name, scope=scope, operations=(operation,), times=1, parameters=parameters
        )
        arming.drawn += 1
        chance = random.Random(f"{self._seed}/{arming.id}/1")
        return self._blow(arming, chance)

    def revert(self, id: str) -> Entry:
        """Ends the arming `id`; KeyError if it is not in force."""
        arming = self._armed[id]
        return self._append(
            FaultSet(
                id, arming.name, "reverted", arming.scope, arming.operations, struck=arming.struck
            )
        )

    async def strike(self, scope: str, operation: str, moment: Moment) -> Blow | None:
        """The blow for one message, or `None`.

        `operation` is the operation id for the regulator, the recipient's id for a recipient, the
        type for a notice. Where several armed faults aim at the message, the one armed first that
        hits it wins.
        """
        return self.strike_now(scope, operation, moment)

    def strike_now(self, scope: str, operation: str, moment: Moment) -> Blow | None:
        """As `strike`, for who cannot wait."""
        self.revert_what_is_over()
        for arming in self._armed.values():
            if arming.moment != moment or not arming.aims_at(scope, operation):
                continue
            arming.drawn += 1
            aimed = arming.dealt_before + arming.drawn
            chance = random.Random(f"{self._seed}/{arming.id}/{aimed}")
            if chance.random() < arming.probability:
                return self._blow(arming, chance)
        return None

    def _blow(self, arming: Arming, chance: random.Random) -> Blow:
        fault = catalogue_of_faults()[arming.name]
        act = fault.strike(fault.parameters.model_validate(arming.parameters), chance)
        arming.dealt += 1
        arming.hanging += isinstance(act, Hang | Trickle)
        return Blow(arming.id, arming.name, act, arming, self.revert_what_is_over)

    def revert_what_is_over(self) -> None:
        """Reverts every arming whose time has passed or whose blows are all dealt."""
        now = self._wall()
        for arming in list(self._armed.values()):
            ends_at = arming.ends_at
            if arming.is_spent() or (ends_at is not None and ends_at <= now):
                self.revert(arming.id)

    def copied(self) -> "KnownFaults":
        """What the journal tells of them, for those of a copy: as after a restart, blows that are
        not in the journal yet were never dealt."""
        return KnownFaults(
            self._count,
            tuple(
                replace(
                    arming,
                    dealt_before=len(arming.recorded),
                    recorded=set(arming.recorded),
                    dealt=0,
                    drawn=0,
                    missed=0,
                    hanging=0,
                    over=asyncio.Event(),
                )
                for arming in self._armed.values()
            ),
        )

    def know(self, known: "KnownFaults") -> None:
        """Takes them for its own, before anything else happened."""
        self._count = known.count
        self._armed = {arming.id: arming for arming in known.armed}
        if known.armed:
            self._set_alarm()

    def fold(self, entry: Entry) -> None:
        """Takes in one entry of the sandbox's journal, fresh or recovered."""
        if entry.kind == FaultSet.kind:
            record = entry.record
            assert isinstance(record, FaultSet)
            if record.state == "armed":
                self._fold_armed(record, entry.wall_at)
            else:
                self._armed.pop(record.fault).over.set()
        elif self._armed and entry.kind in (Exchange.kind, Arrival.kind, Delivery.kind):
            self._fold_struck(entry)

    def _fold_armed(self, record: FaultSet, wall_at: datetime) -> None:
        parameters = dict(record.parameters)
        arming = Arming(
            id=record.fault,
            name=record.name,
            scope=record.scope,
            operations=record.operations,
            probability=parameters.pop("probability"),
            times=parameters.pop("times"),
            ttl_s=parameters.pop("ttl_s"),
            parameters=parameters,
            armed_at=wall_at,
            moment=record.moment or catalogue_of_faults()[record.name].moment,
        )
        self._armed[arming.id] = arming
        self._count += 1
        if arming.ends_at is not None:
            self._set_alarm()

    def _fold_struck(self, entry: Entry) -> None:
        """Counts a struck message; a fault that is spent reverts after the entry, never within its
        fold."""
        record = entry.record
        assert isinstance(record, Exchange | Arrival | Delivery)
        if record.fault not in self._armed:
            return
        arming = self._armed[record.fault]
        if isinstance(record, Delivery):
            arming.recorded.add(f"{record.notice} {record.attempt}")
        else:
            arming.recorded.add(entry.sequence)
        if not arming.drawn:  # Nothing was struck in this process, so a former one did.
            arming.dealt_before = len(arming.recorded)
        if arming.is_spent():
            self._set_alarm()

    def _set_alarm(self) -> None:
        """Looks again when the next arming may be over, so that it reverts even while nothing is
        sent; without a running loop the next message will do it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        waits_s = [self._may_be_over_in_s(arming) for arming in self._armed.values()]
        if soonest_s := min((wait_s for wait_s in waits_s if wait_s is not None), default=None):
            self._alarm = loop.call_later(soonest_s, self._look_again)

    def _may_be_over_in_s(self, arming: Arming) -> float | None:
        if arming.is_spent():
            return ALARM_S_MIN
        if arming.ends_at is None:
            return None
        return max(ALARM_S_MIN, (arming.ends_at - self._wall()).total_seconds())

    def _look_again(self) -> None:
        """The loop's clock is not the wall's: it may call a moment too early, and is set again."""
        self.revert_what_is_over()
        self._set_alarm()

    def close(self) -> None:
        """The sandbox is going: nobody is kept waiting, and nothing is written any more."""
        if self._alarm is not None:
            self._alarm.cancel()
        for arming in self._armed.values():
            arming.over.set()
        self._armed.clear()
