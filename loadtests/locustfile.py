"""The Locust users of a load: the merchants, and a registered platform of its own sandbox.

Locust waits for each answer before it sends the next message, so that a slow platform is spared.
Here each class has one user, and that user a pool of senders which follow a schedule made
beforehand. Run it through `python -m loadtests.run`, which writes the assignment that this reads.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import gevent
import gevent.pool
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.exception import StopUser

from loadtests.assignment import VARIABLE, Assignment, Generated, NoAssignment, read, write
from loadtests.machine import Watch
from loadtests.merchants import PAYMENT, Merchants
from loadtests.open_loop import Send, send_all
from loadtests.outgoing import Answer, Request
from loadtests.registered import ANNOUNCE, CLOSE, FEED, TRANSMISSION, RegisteredPlatform
from loadtests.tally import Tally

PATIENCE_S = 10.0
"""An answer that takes longer counts as none."""
USAGE = 64


class Generator:
    """Everything that both users share; made before the clock starts."""

    def __init__(self, assignment: Assignment) -> None:
        load = assignment.load
        operations = (PAYMENT, ANNOUNCE, FEED, CLOSE, TRANSMISSION)
        self.assignment = assignment
        self.tallies = {operation: Tally() for operation in operations}
        self.payments = load.arrivals(PAYMENT, load.rate)
        self.transmissions = load.arrivals(TRANSMISSION, load.feed_rate)
        self.merchants = Merchants(
            assignment.checkout,
            assignment.recipients,
            seed=load.seed,
            count=len(self.payments),
            tallies=self.tallies,
            clock=time.perf_counter,
        )
        self.platform = RegisteredPlatform(
            assignment.standing, seed=load.seed, tallies=self.tallies, clock=time.perf_counter
        )
        self.warned = False
        self._ended = 0
        self._watch: Watch | None = None
        self._began = 0.0

    def begin(self) -> None:
        """The clock starts."""
        self._watch = Watch({**self.assignment.processes, "generator": os.getpid()})
        self._began = time.perf_counter()

    def end_one(self, environment: Environment) -> None:
        """One of the two schedules has come to its end; with the second everything is over."""
        self._ended += 1
        if self._ended == 2 and environment.runner is not None:
            self._write()
            environment.runner.quit()

    def break_off(self) -> None:
        """Time is up although a schedule goes on: what was seen is kept all the same."""
        if self._ended < 2:
            self._write()

    def _write(self) -> None:
        generated = Generated(
            tallies=self.tallies,
            accepted=self.merchants.accepted,
            lasted_s=time.perf_counter() - self._began,
            busy=self._watch.shares() if self._watch else {},
            warned=self.warned,
            complete=self._ended == 2,
        )
        write(self.assignment.results, generated)


class OpenLoopUser(FastHttpUser):
    """Sends by a schedule through a pool of senders."""

    abstract = True
    fixed_count = 1
    host = "http://127.0.0.1"  # Every request names its whole address; this only must not be empty.
    insecure = False
    max_redirects = 0
    network_timeout = PATIENCE_S
    connection_timeout = PATIENCE_S
    generator: ClassVar[Generator]

    def follow(self, arrivals: Sequence[float], send: Send, tally: Tally) -> None:
        """Sends everything, waits for the last answer, and tells the generator."""
        senders = gevent.pool.Pool(self.concurrency)
        send_all(
            arrivals,
            send,
            tally,
            senders=senders,
            clock=time.perf_counter,
            sleep=gevent.sleep,
        )
        senders.join()
        self.generator.end_one(self.environment)
        raise StopUser  # Otherwise Locust would start the task anew.

    def ask(self, operation: str, request: Request) -> Answer:
        """Puts one request on the wire."""
        with self.client.request(
            request.method,
            request.url,
            name=operation,
            data=request.body,  # type: ignore[arg-type]  # Bytes are taken as they are.
            headers=dict(request.headers),
            catch_response=True,
        ) as response:
            response.success()  # What is right and wrong is for the tallies to say.
            error = getattr(response, "error", None)
            return Answer(
                status=response.status_code or 0,
                body=response.content or b"",
                error=None if error is None else type(error).__name__,
            )


class MerchantUser(OpenLoopUser):
    """All merchants: payments to the platform under test."""

    @task
    def pay(self) -> None:
        """The whole schedule, once."""
        merchants = self.generator.merchants

        def send(number: int, intended: float) -> None:
            merchants.send(self.ask, number, intended)

        self.follow(self.generator.payments, send, self.generator.tallies[PAYMENT])


class RegisteredPlatformUser(OpenLoopUser):
    """A registered platform: announcements, feed and closings to the regulator."""

    @task
    def transmit(self) -> None:
        """The whole schedule, once."""
        platform = self.generator.platform

        def send(number: int, intended: float) -> None:
            platform.send(self.ask, number, intended)

        self.follow(self.generator.transmissions, send, self.generator.tallies[ANNOUNCE])


def prepare(**_: Any) -> None:
    """Makes every payment and both schedules, before anything is sent."""
    path = os.environ.get(VARIABLE)
    if path is None:
        print(
            f"{VARIABLE} is not set; start a load with `python -m loadtests.run`", file=sys.stderr
        )
        sys.exit(USAGE)
    try:
        assignment = read(Path(path), Assignment)
    except NoAssignment as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(USAGE)
    OpenLoopUser.concurrency = assignment.load.senders  # Locust's own pool has ten connections.
    OpenLoopUser.generator = Generator(assignment)


def begin(**_: Any) -> None:
    """The users are about to start."""
    OpenLoopUser.generator.begin()


def warn(**_: Any) -> None:
    """Locust needs nearly a whole core."""
    OpenLoopUser.generator.warned = True


def quit(**_: Any) -> None:
    """However it ended, there is something to hand back."""
    OpenLoopUser.generator.break_off()


hooks: Any = events  # Locust's own types end here.
hooks.init.add_listener(prepare)
hooks.test_start.add_listener(begin)
hooks.cpu_warning.add_listener(warn)
hooks.quitting.add_listener(quit)
