"""The interface for platforms, one file a resource: what is read, who is asked, what is answered.

The folder is the list. A resource decides nothing: its operations turn a message into a question to
a lifecycle, and the events that come back into an answer. The office runs them; the OpenAPI
document is made from them.
"""

import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel

from simulator import catalogue
from simulator.journal.events import Event
from simulator.journal.records import Delivery
from simulator.messages.base import Message
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from simulator.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for: `limit` items after the one that `cursor` counts."""

    cursor: int = 0
    limit: int = 50
    of: str = ""
    """The operation that lists; a cursor is good for no other."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation is asked with, once it is known who asks."""

    sandbox: Sandbox
    state: RegulatorState
    platform: str
    """Registration id of the sender; empty where nobody is registered yet."""
    path: dict[str, str]
    """The parts of the path that name something."""
    page: Page
    now: datetime
    """Sandbox time."""
    sign: Callable[[bytes], str]
    """The regulator's signature in base64."""
    callbacks_anywhere: bool
    """Whether notices may be delivered to other hosts than this one."""
    deliveries_of: Callable[[str], Sequence[Delivery]]
    """Every attempt to bring a notice."""
    streams_of: Callable[[str], int]
    """How many streams a platform holds open."""
    certificate: str | None = None
    """The common name of the sender's certificate; `None` where TLS is not mutual."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken: what the regulator decided, and what to tell when it is folded."""

    events: tuple[Event, ...]
    tell: Callable[[], Message | None]
    """`None` where what is to be told comes bit by bit."""


Outcome = Taken | Refusal


class Reader(Protocol):
    """Turns the bytes of a body into a message, or names everything that is wrong with them."""

    @property
    def content(self) -> dict[str, Any]:
        """What OpenAPI says of the body: a schema and an example for each media type."""
        ...

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The messages that `content` refers to."""
        ...

    def read(self, media_type: str, body: bytes) -> Any | Refusal: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    title: str
    answers: type[Message]
    example: dict[str, Any]
    """An answer, as documentation."""
    ask: Callable[[Call, Any], Outcome]
    body: Reader | None = None
    status: int = 200
    lists: Literal["no", "pages", "records", "notices", "alerts"] = "no"
    idempotency: Literal["none", "optional", "required"] = "none"
    is_signed: bool = True
    needs_confirmed_callback: bool = False
    """Refused until the platform's callback has answered its challenge."""
    refuses: tuple[str, ...] = ()
    """The codes that its lifecycle may refuse with."""
    located: str | None = None
    """What stands in the `Location` of the answer instead of its id."""
    links: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    """Operations that follow: the parameter that takes the answer's `id`, or runtime expressions of
    OpenAPI by parameter; a name that begins with a slash stands in the next body."""
    changes: str | None = None
    """The operation that reads what this one changes: `If-Match` is held against its answer, and
    both answers are the same representation."""
    is_volatile: bool = False
    """The answer is another one each time, so that it has no entity tag."""

    is_stream: bool = False
    """Answers with server-sent events as long as the sender listens; each holds one `answers`."""

    @property
    def has_tag(self) -> bool:
        """Whether the answer represents something that can be read again."""
        reads = self.method == "GET" or self.status == 201 or self.changes is not None
        return reads and not self.is_volatile


@dataclass(frozen=True, slots=True)
class Resource:
    """What one file of this folder holds."""

    id: str
    title: str
    operations: tuple[Operation, ...]


@cache
def resources() -> dict[str, Resource]:
    """Every resource by id."""
    return catalogue.entries(sys.modules[__name__], Resource)


def operations() -> list[Operation]:
    """Every operation of every resource."""
    return [operation for resource in resources().values() for operation in resource.operations]


@cache
def operation_of(id: str) -> Operation:
    """The operation of this id; KeyError where a resource names one that is not there."""
    return {operation.id: operation for operation in operations()}[id]


class Numbered(Protocol):
    """An aggregate whose id ends in its number, as `dcl-17`."""

    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=Numbered)


def page_of(items: Sequence[N], page: Page) -> tuple[list[N], str | None]:
    """One page of `items`, which are in the order of their numbers, and the cursor of the next."""
    rest = [item for item in items if number_of(item.id) > page.cursor]
    shown = rest[: page.limit]
    more = len(rest) > len(shown)
    return shown, cursor_of(page, number_of(shown[-1].id)) if more else None


def cursor_of(page: Page, number: int) -> str:
    """The cursor of what follows `number`, which nobody needs to read but the list itself."""
    return urlsafe_b64encode(f"{page.of}/{number}".encode()).decode().rstrip("=")


def number_in(cursor: str, of: str) -> int | None:
    """The number that a cursor of this list counts; `None` where it is none of this list."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return None
    list_id, _, number = text.partition("/")
    counts = list_id == of and number.isascii() and number.isdecimal() and len(number) <= 15
    return int(number) if counts else None


def number_of(id: str) -> int:
    """17 of `dcl-17`."""
    return int(id.rpartition("-")[2])
