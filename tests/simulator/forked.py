"""Simulators in processes of their own, forked from one that has loaded the code: a start costs
little, and a kill is a kill.

`tests/scenarios` and `tests/other_platform` have them started from nothing, by the command.
"""

import multiprocessing
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from scenarios.cli import main
from simulator.serve import serve

from .parties import TOKEN, Served

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])
END_S_MAX = 120


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended, and what it said that nobody had read."""

    code: int | None
    """`None` if it goes on all the same."""
    out: str
    err: str


@dataclass(kw_only=True)
class Forked(Served):
    """The process of a simulator, and the reading ends of its two streams."""

    process: ForkServerProcess
    out: Connection
    err: Connection

    def listens(self) -> bool:
        """Waits until the simulator says where it is; false where it ended before."""
        with open(self.out.fileno(), closefd=False) as said:
            self.announcement = said.readline()
        return bool(self.announcement)

    def ended(self) -> Ended:
        """Waits for its end."""
        self.process.join(END_S_MAX)
        return Ended(self.process.exitcode, _rest(self.out), _rest(self.err))

    def terminate(self) -> None:
        """As a service manager asks it to end."""
        self.process.terminate()

    def kill(self) -> None:
        """As the out-of-memory killer would; killing twice changes nothing."""
        self.process.kill()
        self.process.join()
        self.out.close()
        self.err.close()
        self.http.close()


def _rest(stream: Connection) -> str:
    with open(stream.fileno(), closefd=False) as said:
        return said.read()


def _fork(what: Callable[..., Any], *arguments: Any) -> Forked:
    out, tells = _CONTEXT.Pipe(duplex=False)
    err, complains = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=what, args=(tells, complains, *arguments), daemon=True)
    process.start()
    tells.close()
    complains.close()
    return Forked("", process=process, out=out, err=err)


def _say_into(tells: Connection, complains: Connection) -> None:
    for stream, number in ((tells, 1), (complains, 2)):
        os.dup2(stream.fileno(), number)
        stream.close()


def _serve(
    tells: Connection,
    complains: Connection,
    state: Path,
    token: str | None,
    port: int,
    demo: bool,
    file_bytes_max: int | None,
) -> None:
    _say_into(tells, complains)
    if file_bytes_max is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, resource.RLIM_INFINITY))
    serve(port, state, token, demo=demo)


def _command(tells: Connection, complains: Connection, words: list[str]) -> None:
    _say_into(tells, complains)
    raise SystemExit(main(words))


def spawn(
    state: Path,
    *,
    token: str | None = TOKEN,
    port: int = 0,
    demo: bool = False,
    file_bytes_max: int | None = None,
) -> Forked:
    """A simulator that is still starting. With `file_bytes_max` none of its files may grow beyond
    a size, as on a disk that is full; that needs no rights."""
    return _fork(_serve, state, token, port, demo, file_bytes_max)


def start(state: Path, **options: Any) -> Forked:
    """Returns when the simulator listens; `options` are those of `spawn`."""
    return _listening(spawn(state, **options))


def _listening(starting: Forked) -> Forked:
    if not starting.listens():
        raise AssertionError(f"the simulator did not start: {starting.ended()}")
    return starting


@contextmanager
def served(state: Path, **options: Any) -> Iterator[Forked]:
    """A simulator that ends with the block, however that ends; `options` are those of `spawn`."""
    running = start(state, **options)
    try:
        yield running
    finally:
        running.kill()


@contextmanager
def command(*words: str) -> Iterator[Forked]:
    """`reinspect` with these words, which serve, until the end of the block."""
    running = _listening(_fork(_command, list(words)))
    try:
        yield running
    finally:
        running.kill()
