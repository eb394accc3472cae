"""What a fault can do to one message: the words between the faults that choose and the places that
carry out."""

from dataclasses import dataclass
from typing import Any, Literal

# On the way of a request and its answer.


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait; then go on as if nothing had been."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Give this answer instead of the true one."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing until the client gives up or the fault is reverted; then close the connection."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection in order (FIN), without a byte of an answer."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Tear the connection down (RST), without a byte of an answer."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """Send this share of the answer's body, though its headers promise all of it; then close the
    connection."""

    kept: float


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send the answer's body in so many parts over so many seconds."""

    over_s: float
    parts: int


@dataclass(frozen=True, slots=True)
class Relabel:
    """Send the true answer under another media type."""

    content_type: str


@dataclass(frozen=True, slots=True)
class Skew:
    """Send the true answer with a `Date` that is so many seconds off."""

    seconds: float


Freedom = Literal["order", "spaces", "escapes", "times", "numbers", "defaults", "texts", "extras"]
"""What a schema leaves open: the order of members, white space, escapes, the form of times and
numbers, members that equal their default, the length of texts, members that it does not name."""


@dataclass(frozen=True, slots=True)
class Respell:
    """Say the same in another way that the schema allows."""

    seed: int
    freedoms: tuple[Freedom, ...]


# Before a connection holds.


@dataclass(frozen=True, slots=True)
class ShowExpired:
    """Show the client a server's certificate whose time is over."""


# On the way of a notice.


@dataclass(frozen=True, slots=True)
class Lose:
    """The attempt to deliver a notice reaches nobody."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Deliver the notice this many times more."""

    times: int


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Keep the notice until the platform's next one has gone first, at most so long."""

    seconds_max: float


@dataclass(frozen=True, slots=True)
class Backdate:
    """Sign the notice well, but as if that had been done so long ago."""

    age_s: float


@dataclass(frozen=True, slots=True)
class Impersonate:
    """Sign the notice with a key that is not the regulator's, under the regulator's key id."""

    seed: int


@dataclass(frozen=True, slots=True)
class Alter:
    """Set these members of the notice's body after it was signed."""

    members: dict[str, Any]
    with_digest: bool
    """Whether `Content-Digest` is made to fit again, so that only the signature tells."""


Forgery = Backdate | Impersonate | Alter
"""What the platform gets is not what the regulator says; it has to refuse it."""

Act = (
    Delay
    | Answer
    | Hang
    | Drop
    | Reset
    | Truncate
    | Trickle
    | Relabel
    | Skew
    | Respell
    | ShowExpired
    | Lose
    | Repeat
    | HoldBack
    | Forgery
)
