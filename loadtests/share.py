"""The part of a load that one process sends: every so manieth message of each schedule, so that all
parts together are exactly the load, however many processes there are.

It knows nothing of Locust: who puts messages on the wire, and who may wait, is given.
"""

import time
from collections.abc import Callable

from loadtests.assignment import Assignment, Generated, Part
from loadtests.merchants import PAYMENT, Merchants
from loadtests.open_loop import Clock, Senders, Unwaited, send_all
from loadtests.outgoing import Ask, Send
from loadtests.registered import ANNOUNCE, OPERATIONS, TRANSMISSION, RegisteredPlatform
from loadtests.tally import Tally, merged

Sleep = Callable[[float], object]


class Share:
    """Prepared whole before the clock starts."""

    def __init__(
        self,
        assignment: Assignment,
        index: int,
        count: int,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        """Part `index` of `count`."""
        load = assignment.load
        names = (PAYMENT, *(OPERATIONS if assignment.standing else ()))
        self.tallies = {name: Tally() for name in names}
        self.senders = -(-load.senders // count)
        """Messages of each schedule that may wait for an answer at the same time."""
        self._clock = clock
        self._began = 0.0
        self._used = 0.0
        self._told = 0
        payments = load.arrivals(PAYMENT, load.rate)
        self._payments = payments[index::count]
        self._merchants = Merchants(
            assignment.checkout,
            assignment.recipients,
            seed=load.seed,
            numbers=[number + 1 for number in range(index, len(payments), count)],  # 0: the probe.
            tally=self.tallies[PAYMENT],
            clock=clock,
        )
        self._transmissions: tuple[float, ...] = ()
        if assignment.standing is not None:
            self._transmissions = load.arrivals(TRANSMISSION, load.feed_rate)[index::count]
            self._platform = RegisteredPlatform(
                assignment.standing,
                seed=load.seed,
                tallies=self.tallies,
                clock=clock,
                name=f"load-{index}-of-{count}",
                batch=load.batch,
            )

        self._unfinished = 1 + self.sends_directly

    @property
    def sends_directly(self) -> bool:
        """Whether anything goes to the regulator without the platform."""
        return bool(self._transmissions)

    def begin(self) -> None:
        """The clock starts."""
        self._began, self._used = self._clock(), time.process_time()
        for tally in self.tallies.values():
            tally.started = self._began

    def pay(self, ask: Ask, senders: Senders, sleep: Sleep) -> None:
        """Sends all payments by their schedule; returns when the last was given to a sender."""

        def send(place: int, intended: float) -> None:
            self._merchants.send(ask, place, intended)

        self._follow(self._payments, send, self.tallies[PAYMENT], senders, sleep)

    def write_out(self) -> None:
        """Prepares the bytes of every payment, for `post`."""
        self._merchants.write_out()

    def post(self, send: Send, sleep: Sleep) -> None:
        """Sends all payments by their schedule through what does not wait for answers; returns when
        the last has come."""
        senders = Unwaited(self.senders, clock=self._clock, sleep=sleep)

        def begin(place: int, intended: float) -> None:
            self._merchants.post(send, place, intended, senders.end)

        self._follow(self._payments, begin, self.tallies[PAYMENT], senders, senders.sleep)
        senders.join()

    def transmit(self, ask: Ask, senders: Senders, sleep: Sleep) -> None:
        """Sends all transmissions to the regulator by their schedule."""

        def send(number: int, intended: float) -> None:
            self._platform.send(ask, number, intended)

        self._follow(self._transmissions, send, self.tallies[ANNOUNCE], senders, sleep)

    def _follow(
        self,
        arrivals: tuple[float, ...],
        send: Callable[[int, float], None],
        tally: Tally,
        senders: Senders,
        sleep: Sleep,
    ) -> None:
        send_all(arrivals, send, tally, senders=senders, clock=self._clock, sleep=sleep)

    def end_one(self) -> None:
        """One of the schedules has come to its end, its last answer included."""
        self._unfinished -= 1

    @property
    def is_complete(self) -> bool:
        """All of its schedules have come to their end."""
        return self._unfinished == 0

    def told_since(self) -> Part:
        """What it has seen until now; of the merchants' account only what was not told before."""
        asked = self._merchants.asked[self._told :]
        self._told += len(asked)
        lasted_s = self._clock() - self._began if self._began else 0.0
        used = time.process_time() - self._used if self._began else 0.0
        return Part(
            tallies=self.tallies,
            asked=asked,
            lasted_s=lasted_s,
            busy=used / lasted_s if lasted_s else 0.0,
            complete=self.is_complete,
        )


class Gathering:
    """What the parts have told so far, at whoever puts them together."""

    def __init__(self, parts: dict[str, str]) -> None:
        """`parts` are the processes by their id, with the name that figures give them."""
        self.names = parts
        self._latest: dict[str, Part] = {}
        self._asked: list[Part] = []
        self.vanished: set[str] = set()

    def take(self, id: str, part: Part) -> None:
        """What one process tells now; whoever is not among the parts is not heard."""
        if id in self.names:
            self._latest[id] = part
            self._asked.append(part)
            self.vanished.discard(id)

    def miss(self, id: str) -> None:
        """One process is heard of no more."""
        if id in self.names and not self._is_complete(id):
            self.vanished.add(id)

    def _is_complete(self, id: str) -> bool:
        return id in self._latest and self._latest[id].complete

    @property
    def is_over(self) -> bool:
        """Nobody has anything to tell any more."""
        return all(id in self.vanished or self._is_complete(id) for id in self.names)

    def generated(self, *, warned: bool) -> Generated:
        """Everything together; what was told by who vanished later is in it, and marked."""
        parts = list(self._latest.values())
        return Generated(
            tallies=merged(part.tallies for part in parts),
            asked=sorted(
                (one for part in self._asked for one in part.asked), key=lambda one: one.answered_at
            ),
            lasted_s=max((part.lasted_s for part in parts), default=0.0),
            busy={self.names[id]: part.busy for id, part in self._latest.items()},
            warned=warned,
            complete=all(self._is_complete(id) for id in self.names),
            vanished=tuple(sorted(self.names[id] for id in self.vanished)),
        )
