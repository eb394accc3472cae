"""What the generator is told before it starts, and what it hands back: two files, since it is a
process of its own.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from loadtests.registered import Standing
from loadtests.schedule import Manner, arrivals
from loadtests.tally import Tally
from loadtests.target import Checkout, Recipient

VARIABLE = "REINSPECT_LOAD"
"""Environment variable with the path of the assignment."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much to send, and when."""

    seed: int
    seconds: float
    rate: float
    """Payments a second."""
    feed_rate: float
    """Transmissions a second."""
    senders: int
    """Payments, and transmissions, that may wait for an answer at the same time."""
    manner: Manner

    def arrivals(self, operation: str, rate: float) -> tuple[float, ...]:
        """When the messages of an operation are to leave."""
        return arrivals(
            rate=rate,
            seconds=self.seconds,
            seed=self.seed,
            name=operation,
            manner=self.manner,
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everything that the generator needs."""

    load: Load
    checkout: Checkout
    recipients: tuple[Recipient, ...]
    standing: Standing
    processes: dict[str, int]
    """Process ids of the parties whose processor time is to be watched, by name."""
    results: Path


@dataclass(frozen=True, slots=True)
class Generated:
    """What the generator saw."""

    tallies: dict[str, Tally]
    accepted: list[dict[str, str]]
    """The names by which merchants can follow each accepted payment."""
    lasted_s: float
    """From the first moment of the schedule to the last answer."""
    busy: dict[str, float]
    """Share of one processor core that each process used meanwhile."""
    warned: bool
    """Locust found that it needed nearly a whole core."""
    complete: bool = field(default=True)
    """Both schedules came to their end."""


class NoAssignment(Exception):
    """The generator was started without being told what to do."""


T = TypeVar("T")


def write(path: Path, value: Any) -> None:
    """Writes an assignment or what was generated."""
    path.write_bytes(TypeAdapter(type(value)).dump_json(value))


def read(path: Path, kind: type[T]) -> T:
    """Reads it back; NoAssignment where the file is not what it should be."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise NoAssignment(f"{path} cannot be read: {error}") from error
