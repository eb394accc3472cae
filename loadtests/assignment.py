"""What the generator is told before it starts, and what it hands back: two files, since it is a
process of its own.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from loadtests.account import Asked
from loadtests.registered import Standing
from loadtests.schedules import catalogue_of_schedules
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient

VARIABLE = "REINSPECT_LOAD"
"""Environment variable with the path of the assignment."""
CLIENT_VARIABLE = "REINSPECT_LOAD_CLIENT"
"""Environment variable with the client that puts messages on the wire."""

Client = Literal["fast", "raw"]


@dataclass(frozen=True, slots=True)
class Load:
    """How much to send, and when."""

    seed: int
    seconds: float
    rate: float
    """Payments a second, at the height of the schedule."""
    feed_rate: float
    """Transmissions a second, sent to the regulator directly."""
    senders: int
    """Payments, and transmissions, that may wait for an answer at the same time."""
    schedule: str
    batch: int = 1
    """Records of each transmission that is sent directly, fed in one body."""

    def arrivals(self, operation: str, rate: float) -> tuple[float, ...]:
        """When the messages of an operation are to leave."""
        schedule = catalogue_of_schedules()[self.schedule]
        return schedule.arrivals(rate=rate, seconds=self.seconds, seed=self.seed, name=operation)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything that the generator needs."""

    load: Load
    checkout: Checkout
    recipients: tuple[Recipient, ...]
    standing: Standing | None
    """`None` where nothing is sent to the regulator directly."""
    results: Path

    @property
    def started(self) -> Path:
        """Written when the clock starts."""
        return self.results.with_suffix(".started")


@dataclass(frozen=True, slots=True)
class Part:
    """What one process of the generator saw."""

    tallies: dict[str, Tally]
    asked: list[Asked]
    lasted_s: float
    """From the first moment of the schedule to the last answer."""
    busy: float
    """Share of one processor core that the process used meanwhile."""
    complete: bool
    """Its part of every schedule came to its end."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What all processes of the generator saw, together."""

    tallies: dict[str, Tally]
    asked: list[Asked]
    """The merchants' account, in the order in which the answers came."""
    lasted_s: float
    busy: dict[str, float]
    """Share of one processor core that each process of the generator used."""
    warned: bool
    """Locust found that it needed nearly a whole core."""
    complete: bool = True
    """Every schedule came to its end."""
    vanished: tuple[str, ...] = field(default=())
    """Processes that were heard of no more; what they had told until then is kept."""


class NoAssignment(Exception):
    """The generator was started without being told what to do."""


T = TypeVar("T")


def write(path: Path, value: Any) -> None:
    """Writes an assignment or what was generated; whoever waits for the file finds it whole."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(as_bytes(value))
    unfinished.replace(path)


def read(path: Path, kind: type[T]) -> T:
    """Reads it back; NoAssignment where the file is not what it should be."""
    try:
        return from_bytes(path.read_bytes(), kind)
    except (OSError, ValidationError) as error:
        raise NoAssignment(f"{path} cannot be read: {error}") from error


def as_bytes(value: Any) -> bytes:
    """The value as it travels between processes."""
    return TypeAdapter(type(value)).dump_json(value)


def from_bytes(data: bytes, kind: type[T]) -> T:
    """The value that `as_bytes` wrote."""
    return TypeAdapter(kind).validate_json(data)
