"""The regulator's own key: announced, then in force, until its successor is.

The key in force follows from the time alone, so no timer is needed: what was granted at a time was
signed by the key that was in force then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.clock import rfc3339
from simulator.journal.events import Event
from simulator.journal.events.regulator_key import RegulatorKeyAnnounced
from simulator.messages.base import canonical
from simulator.regulator.keeping import Keeping, Tidings
from simulator.regulator.refusal import Refusal, refuse_plainly

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

FIRST_ID = "regulator"
"""The `keyid` of the key that a sandbox is opened with."""

PublicKeyOf = Callable[[int], str]
"""The public half, in base64, of the regulator's key of a number."""


@dataclass(frozen=True, slots=True)
class RegulatorKey:
    """One key of the regulator; `number` finds its private half."""

    id: str
    number: int
    public_key: str
    valid_from: datetime
    vouched: str | None = None


def in_force(state: "RegulatorState", now: datetime) -> RegulatorKey:
    """The key that signs at sandbox time `now`."""
    return [key for key in state.regulator_keys.values() if key.valid_from <= now][-1]


def announce(
    state: "RegulatorState",
    public_key_of: PublicKeyOf,
    sign: Callable[[bytes], str],
    in_s: float,
    now: datetime,
) -> tuple[Event, ...] | Refusal:
    """A successor, which signs from `in_s` seconds of sandbox time on; the last key vouches for it,
    so `sign` is that key's."""
    last = list(state.regulator_keys.values())[-1]
    if last.valid_from > now:
        return refuse_plainly(
            "already_decided",
            f"{last.id} is announced for {rfc3339(last.valid_from)}; wait until it is in force",
            last.id,
        )
    number = last.number + 1
    successor = RegulatorKey(
        id=f"{FIRST_ID}-{number}",
        number=number,
        public_key=public_key_of(number),
        valid_from=now + timedelta(seconds=in_s),
    )
    vouched = sign(statement_of(successor))
    return (
        RegulatorKeyAnnounced(
            key_id=successor.id,
            number=number,
            public_key=successor.public_key,
            valid_from=successor.valid_from,
            vouched=vouched,
            at=now,
        ),
    )


def statement_of(key: RegulatorKey) -> bytes:
    """What the former key signs to vouch for this one."""
    return canonical(
        {
            "id": key.id,
            "public_key": key.public_key,
            "valid_from": rfc3339(key.valid_from),
        }
    )


def evolve(_: None, event: RegulatorKeyAnnounced) -> RegulatorKey:
    """A key is announced once and stays as it is."""
    return RegulatorKey(
        event.key_id, event.number, event.public_key, event.valid_from, event.vouched
    )


def _keep(state: "RegulatorState", event: RegulatorKeyAnnounced) -> None:
    state.regulator_keys[event.key_id] = evolve(None, event)


def _tell(state: "RegulatorState", event: RegulatorKeyAnnounced) -> Iterator[Tidings]:
    told = {
        "key": event.key_id,
        "public_key": event.public_key,
        "valid_from": rfc3339(event.valid_from),
        "vouched": event.vouched,
    }
    for platform in state.registrations:
        yield Tidings(platform, "regulator.rekeyed", event.key_id, told)


KEPT = Keeping(
    kept_in="regulator_keys",
    folds={RegulatorKeyAnnounced: _keep},
    tells={RegulatorKeyAnnounced: _tell},
)
