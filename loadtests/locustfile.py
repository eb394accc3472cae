"""The Locust users of a load, and how several generator processes share one.

Locust waits for each answer before it sends the next message, so that a slow platform is spared.
Here every process has one user, and that user a pool of senders for each schedule, made beforehand.
A master tells each worker its part, waits until all of them have prepared it, lets them begin
together, and puts together what they have seen. Without a master one process does it all.

`reinspect load` starts it. Whoever starts it by hand (`locust -f loadtests/locustfile.py`, with or
without the web page) names the assignment that `reinspect load --prepare` wrote.
"""

import gc
import math
import os
import ssl
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.pool
import locust.runners
from locust import FastHttpUser, LoadTestShape, User, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner
from locust.stats import RequestStats, StatsEntry, bucket_response_time

from loadtests.assignment import (
    CLIENT_VARIABLE,
    VARIABLE,
    Assignment,
    NoAssignment,
    Part,
    as_bytes,
    from_bytes,
    read,
    write,
)
from loadtests.histogram import top_of
from loadtests.keep_alive import KeepAlive, waited_for
from loadtests.outgoing import Answer, Ask, Request, Send, Written, served_s
from loadtests.registered import TRANSMISSION
from loadtests.share import Gathering, Share
from loadtests.tally import Tally
from loadtests.target import Checkout

PATIENCE_S = 10.0
"""An answer that takes longer counts as none."""
CONNECTIONS_MAX = 2_000
TELL_EVERY_S = 1.0
TOGETHER_S = 0.2
"""From being told to begin to the first moment of the schedule, so that all processes are ready."""
OVERTIME_S = PATIENCE_S + 2
"""How long after the schedule the last answer may come; then what was seen is handed back."""
HEARTBEATS = 10
"""Seconds without a word after which a worker has vanished. Locust's own three are soon over on a
machine that is loaded on purpose."""
USAGE = 64
SHARE, READY, GO, DONE = "reinspect_share", "reinspect_ready", "reinspect_go", "reinspect_done"
REPORT = "reinspect"


class Worker:
    """Sends one part of the load; a process without a master has the only one."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.share: Share | None = None
        self._checkout: Checkout | None = None
        self._go = gevent.event.Event()
        self._taken = False
        self._id = ""

    def take(self, environment: Environment, msg: Any, **_: Any) -> None:
        """The part is told: everything in it is made before the clock starts."""
        told = msg.data
        assignment = from_bytes(told["assignment"], Assignment)
        self._go.clear()
        self._taken = False
        self._id = told["id"]
        # In a thread: who makes payments for seconds would otherwise miss its heartbeats.
        prepare = gevent.get_hub().threadpool.apply
        self.share = prepare(_prepared, (assignment, told["index"], told["count"]))
        self._checkout = assignment.checkout
        gc.collect()
        gc.freeze()  # What was prepared stays; to look through it again and again makes one late.
        self._send(READY, {"id": self._id})

    def go(self, environment: Environment, msg: Any, **_: Any) -> None:
        """All are ready."""
        gevent.sleep(TOGETHER_S)
        if self.share is not None:
            self.share.begin()
        self._go.set()

    def send_everything(self, ask: Ask, send: Send | None) -> None:
        """The whole part, once; whoever asks after that has nothing to do. Payments leave through
        `send`, where there is one."""
        self._go.wait()
        share = self.share
        if share is None or self._taken:
            raise StopUser
        self._taken = True

        def follow(schedule: Callable[[Ask, gevent.pool.Pool, Any], None]) -> None:
            senders = gevent.pool.Pool(share.senders)
            schedule(ask, senders, gevent.sleep)
            senders.join()
            share.end_one()

        def post(send: Send) -> None:
            share.post(send, gevent.sleep)
            share.end_one()

        paying = gevent.spawn(follow, share.pay) if send is None else gevent.spawn(post, send)
        feeding = [gevent.spawn(follow, share.transmit)] if share.sends_directly else []
        gevent.joinall([paying, *feeding])
        self._send(DONE, self.report())
        raise StopUser  # Otherwise Locust would start the task anew.

    def trusted(self) -> ssl.SSLContext:
        """Whom to believe over https."""
        assert self._checkout is not None, "nothing is sent before a part was taken"
        return self._checkout.trusted

    def report(self) -> dict[str, Any]:
        """What was seen and not told yet."""
        assert self.share is not None, "there is nothing to tell before a part was taken"
        return {"id": self._id, "part": as_bytes(self.share.told_since())}

    def tell(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        """Beside Locust's own report, every few seconds."""
        if self.share is not None and self._go.is_set():
            data[REPORT] = self.report()

    def _send(self, kind: str, data: dict[str, Any]) -> None:
        assert self.environment.runner is not None, "Locust runs"
        self.environment.runner.send_message(kind, data)


class Master:
    """Tells the parts, and puts together what is told of them."""

    def __init__(self, environment: Environment, assignment: Assignment) -> None:
        self.environment = environment
        self.assignment = assignment
        self.gathering = Gathering({})
        self._ready: set[str] = set()
        self._going = False
        self._written = False
        self._warned = False
        self._over_at = math.inf
        self.local: Worker | None = None
        """The worker of this very process, where there is no other."""

    @property
    def processes(self) -> list[str]:
        """The processes that can send, by their ids."""
        runner = self.environment.runner
        if not isinstance(runner, MasterRunner):
            return ["local"]
        return [client.id for client in runner.clients.ready + runner.clients.running]

    def start(self, **_: Any) -> None:
        """A test starts: each process is told its part."""
        processes = self.processes
        names = [f"generator {number}" for number in range(1, len(processes) + 1)]
        self.gathering = Gathering(
            dict(zip(processes, names if len(names) > 1 else ["generator"], strict=True))
        )
        self._ready.clear()
        self._going = self._written = self._warned = False
        told = as_bytes(self.assignment)
        for index, id in enumerate(processes):
            part = {"assignment": told, "index": index, "count": len(processes), "id": id}
            self._send(SHARE, part, id)

    def hear_ready(self, environment: Environment, msg: Any, **_: Any) -> None:
        """When all have prepared their part, all begin."""
        self._ready.add(msg.data["id"])
        self._go_if_ready()

    def _go_if_ready(self) -> None:
        waiting = self.gathering.names.keys() - self._ready - self.gathering.vanished
        if waiting or self._going:
            return
        self._going = True
        self._over_at = time.monotonic() + self.assignment.load.seconds + OVERTIME_S
        self.assignment.started.write_text(repr(time.time() + TOGETHER_S))
        for id in self._ready - self.gathering.vanished:
            self._send(GO, {}, id)

    def hear_done(self, environment: Environment, msg: Any, **_: Any) -> None:
        """One part has come to its end."""
        self.hear(msg.data["id"], {REPORT: msg.data})

    def hear(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        """What a worker tells now and then is kept: it may be the last that is heard of it."""
        told = data.get(REPORT)
        if told is not None:
            self.gathering.take(told["id"], from_bytes(told["part"], Part))

    def warn(self, **_: Any) -> None:
        """Locust needs nearly a whole core."""
        self._warned = True

    def look(self) -> bool:
        """Whether it is all over; notices who has vanished, and writes when it is."""
        there = self._there()
        for id in self.gathering.names:
            if id not in there:
                self.gathering.miss(id)
        if not self.gathering.names:
            return False
        self._go_if_ready()
        over = self.gathering.is_over or time.monotonic() > self._over_at
        if over:
            self.write()
        return over

    def _there(self) -> set[str]:
        runner = self.environment.runner
        if not isinstance(runner, MasterRunner):
            return {"local"}
        missing = {client.id for client in runner.clients.missing}
        return set(runner.clients) - missing

    def write(self, **_: Any) -> None:
        """Hands back what was seen, however it ended."""
        if self.gathering.names and not self._written:
            self._written = True
            if self.local is not None and self.local.share is not None:
                self.hear("local", {REPORT: self.local.report()})
            for id in self.gathering.names.keys() - self._there():
                self.gathering.miss(id)
            write(self.assignment.results, self.gathering.generated(warned=self._warned))

    def _send(self, kind: str, data: dict[str, Any], id: str) -> None:
        runner = self.environment.runner
        assert runner is not None, "Locust runs"
        runner.send_message(kind, data, None if id == "local" else id)


def _prepared(assignment: Assignment, index: int, count: int) -> Share:
    """The part, with everything made that can be made before the clock starts."""
    share = Share(assignment, index, count)
    if Chosen is RawSender:
        share.write_out()
    return share


class OneUserEach(LoadTestShape):
    """As many users as processes, until everything was sent."""

    master: Master | None = None

    def tick(self) -> tuple[int, float] | None:
        """Locust asks every second; `None` ends the test."""
        if self.master is None or self.master.look():
            return None
        count = max(1, len(self.master.gathering.names or self.master.processes))
        return count, float(count)


class Sender(User):
    """What both kinds of user do: the part of their process, once."""

    abstract = True
    host = "http://127.0.0.1"  # Every request names its whole address; this only must not be empty.
    worker: Worker

    post: Send | None = None
    """Puts one on the wire and does not wait; `None` for a client that always waits."""

    def ask(self, operation: str, request: Request) -> Answer:
        """Puts one request on the wire, and waits for the answer."""
        raise NotImplementedError

    @task
    def send(self) -> None:
        """The whole part of this process."""
        self.worker.send_everything(self.ask, self.post)


class FastSender(Sender, FastHttpUser):
    """Sends through Locust's own client, which Locust's figures and web page know too."""

    abstract = True
    insecure = False
    max_redirects = 0
    network_timeout = PATIENCE_S
    connection_timeout = PATIENCE_S
    concurrency = CONNECTIONS_MAX  # Locust's own pool has ten connections.

    @staticmethod
    def ssl_context_factory() -> ssl.SSLContext:
        """Locust's client asks for it with its first connection over https."""
        return Sender.worker.trusted()

    def ask(self, operation: str, request: Request) -> Answer:
        """Locust's client reads the whole answer, cookies and redirects included."""
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
                error=None if error is None else in_our_words(error),
                served_s=served_s((response.headers or {}).get("server-timing")),
            )


def in_our_words(error: Exception) -> str:
    """What to call an error of Locust's client, whose own names say nothing to others."""
    if type(error).__name__ != "RetriesExceeded":
        return type(error).__name__
    redirected = "Redirection limit" in str(error)
    return "a redirection" if redirected else f"no answer in {PATIENCE_S:g} s"


class RawSender(Sender):
    """Sends through plain sockets that are kept open, at a fraction of the processor time."""

    abstract = True

    def on_start(self) -> None:
        """Before the first message."""
        self.wire = KeepAlive(PATIENCE_S)
        self.figures = Figures(self.environment.stats)
        self._telling = gevent.spawn(self._tell_every, TELL_EVERY_S)

    def on_stop(self) -> None:
        """After the last."""
        self._telling.kill()
        self._tell()
        self.wire.close()

    def ask(self, operation: str, request: Request) -> Answer:
        """Others may send meanwhile."""
        return waited_for(self.wire.send, request)

    def post(self, operation: str, written: Written, heard: Callable[[Answer], None]) -> None:
        """The tallies know what it was for."""
        self.wire.send(written, heard)

    def _tell_every(self, seconds: float) -> None:
        while True:
            gevent.sleep(seconds)
            self._tell()

    def _tell(self) -> None:
        if self.worker.share is not None:
            self.figures.tell(self.worker.share.tallies)


class Figures:
    """Locust's own figures, from the tallies and told together: to tell a request by itself takes
    longer than to send it. So Locust's page, too, counts from the intended moment."""

    def __init__(self, stats: RequestStats) -> None:
        self._stats = stats
        self._told: dict[str, tuple[Counter[int], int]] = {}
        """Of each operation: right answers by bucket, and wrong ones, as they were told last."""

    def tell(self, tallies: Mapping[str, Tally]) -> None:
        """What came since it was told last."""
        for operation, tally in tallies.items():
            if operation == TRANSMISSION:
                continue  # That is several requests, each of which is told.
            right, wrong = Counter(tally.latency.buckets), tally.failed
            before, wrong_before = self._told.get(operation, (Counter(), 0))
            self._told[operation] = right, wrong
            if right != before or wrong != wrong_before:
                entry = StatsEntry(self._stats, operation, "HTTP")
                fill(entry, right - before, wrong - wrong_before, time.time())
                self._stats.get(operation, "HTTP").extend(entry)
                self._stats.total.extend(entry)


def fill(entry: StatsEntry, buckets: Counter[int], wrong: int, now: float) -> None:
    """An empty entry, as if each of these answers had been logged at this time."""
    entry.num_requests = entry.num_reqs_per_sec[int(now)] = buckets.total() + wrong
    entry.num_failures = entry.num_fail_per_sec[int(now)] = wrong
    entry.num_none_requests = wrong  # A wrong answer has no latency.
    entry.last_request_timestamp = now
    for bucket, count in buckets.items():
        duration_ms = round(top_of(bucket) / 1000)
        entry.total_response_time += duration_ms * count
        entry.min_response_time = min(duration_ms, entry.min_response_time or duration_ms)
        entry.max_response_time = max(duration_ms, entry.max_response_time)
        entry.response_times[bucket_response_time(duration_ms)] += count


Chosen: Any = RawSender if os.environ.get(CLIENT_VARIABLE) == "raw" else FastSender


class GeneratorUser(Chosen):  # type: ignore[misc]
    """The user of this process. It has one name whatever it sends through, since a master must know
    the users of all its workers, and each machine may choose."""

    abstract = False


def prepare(environment: Environment, **_: Any) -> None:
    """Finds out what this process is: the master, one of its workers, or both in one."""
    runner: Any = environment.runner
    if not isinstance(runner, WorkerRunner):
        master = Master(environment, _assignment())
        OneUserEach.master = master
        hooks.test_start.add_listener(master.start)
        hooks.worker_report.add_listener(master.hear)
        hooks.cpu_warning.add_listener(master.warn)
        hooks.quitting.add_listener(master.write)
        runner.register_message(READY, master.hear_ready)
        runner.register_message(DONE, master.hear_done)
    if not isinstance(runner, MasterRunner):
        worker = Sender.worker = Worker(environment)
        if OneUserEach.master is not None:
            OneUserEach.master.local = worker
        hooks.report_to_master.add_listener(worker.tell)
        runner.register_message(SHARE, worker.take, concurrent=True)
        runner.register_message(GO, worker.go, concurrent=True)


def _assignment() -> Assignment:
    path = os.environ.get(VARIABLE)
    if path is None:
        sys.exit(
            _wrong(f"{VARIABLE} is not set; `reinspect load --prepare` says what to set it to")
        )
    try:
        return read(Path(path), Assignment)
    except NoAssignment as mistake:
        sys.exit(_wrong(str(mistake)))


def _wrong(message: str) -> int:
    print(message, file=sys.stderr)
    return USAGE


locust.runners.HEARTBEAT_LIVENESS = HEARTBEATS
hooks: Any = events  # Locust's own types end here.
hooks.init.add_listener(prepare)
