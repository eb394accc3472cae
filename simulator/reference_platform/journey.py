"""How far one payment has come. Each stage is on disk before the next step begins, so a restart
goes on from there.

Whatever a step puts on the wire is computed from the journey alone: a repetition, even after a
crash, has the same bytes and the same idempotency key.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from simulator.clock import wall_now
from simulator.reference_platform.payment import Payment


class Stage(StrEnum):
    """The stages of a payment in their order; those below the gap leave the straight way."""

    TAKEN = "taken"
    CHOSEN = "chosen"
    ANNOUNCED = "announced"
    PERMITTED = "permitted"
    MONITORED = "monitored"
    PREPARED = "prepared"
    LEFT = "left"
    REPORTED = "reported"
    CLOSED = "closed"
    SETTLED = "settled"

    ABORTING = "aborting"
    """Permitted, but may not be sent any more: the transmission is to be closed with nothing in it.
    """
    REFUSED = "refused"


FINAL = frozenset({Stage.SETTLED, Stage.REFUSED})
PERMIT_UNUSED = frozenset({Stage.PERMITTED, Stage.MONITORED, Stage.PREPARED})
"""An accepted transmission is open, and nothing has been sent under it."""
GONE = frozenset({Stage.LEFT, Stage.REPORTED, Stage.CLOSED})
"""The payload has left and must be accounted for, whatever happens."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One payment with everything that its next step needs."""

    id: str
    payment: Payment
    taken_at: datetime
    order_token: str
    """Random; all that the recipient learns of the order. It is also the payload's idempotency key.
    """
    stage: Stage = Stage.TAKEN
    since: datetime | None = None
    """When this stage was reached."""
    reason: str | None = None
    """Why it waits, or was refused."""
    attempt: int = 1
    """Counts announcements: a new one gets new idempotency keys, a repeated one does not."""
    authorization: str | None = None
    authorization_version: int = 0
    categories: tuple[str, ...] = ()
    announcing: bool = False
    """The announcement may have been heard: it is repeated as it was, whatever has changed."""
    transmission: str | None = None
    feed_started: bool = False
    feeds_refused: int = 0
    """Feeds of this transmission that the regulator refused: the next is a new message."""
    payload: str | None = None
    in_doubt: bool = False
    """Sending began and no answer came: the payload may have arrived."""
    left_at: datetime | None = None
    confirmed: bool = False
    """The recipient has said that it took the payload."""
    refuse_with: str | None = None
    """The payment ends refused, for this reason, once its transmission is closed."""

    def to(self, stage: Stage, **changes: Any) -> "Journey":
        """The journey at another stage; what it waited for is forgotten unless `reason` is
        given.
        """
        return replace(self, stage=stage, since=wall_now(), **{"reason": None, **changes})

    def again(self, reason: str | None = None) -> "Journey":
        """Back to the start, under a new announcement; the order token stays, so nothing is settled
        twice.
        """
        return self.to(
            Stage.TAKEN,
            reason=reason,
            attempt=self.attempt + (self.stage is not Stage.TAKEN),
            authorization=None,
            authorization_version=0,
            announcing=False,
            transmission=None,
            feed_started=False,
            feeds_refused=0,
            in_doubt=False,
        )

    def key(self, step: str) -> str:
        """The idempotency key of a step: the same for every repetition of it."""
        return f"{step}-{self.id}-{self.attempt}"

    @property
    def is_final(self) -> bool:
        return self.stage in FINAL

    @property
    def has_left(self) -> bool:
        return self.stage in GONE


class Outlook(StrEnum):
    """What may be hoped for when something stands in the way of a payment."""

    PASSES = "passes"
    """It passes by itself: the same step is tried again."""
    CHANGES = "changes"
    """Something has changed, or may change: the payment starts anew on fresh knowledge."""
    FINAL = "final"
    """Waiting would not help: the payment is refused."""


class Hindrance(Exception):
    """Why a payment cannot go on now. `code` is the regulator's problem code where it refused,
    otherwise ours.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        outlook: Outlook = Outlook.CHANGES,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.outlook = outlook
        self.retry_after_s = retry_after_s
