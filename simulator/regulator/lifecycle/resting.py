"""What rests on a contract or a certification: it is closed when that ends, halted while suspended.

Whoever exports under a standard contract or a certificate may do so as long as it is in force
(Order 13 art. 8; Order 20: suspend its use, then revoke).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.journal.events.authorization import AuthorizationRevoked
from simulator.journal.events.order import ExportLifted, ExportStopped
from simulator.regulator.lifecycle.authorization import Authorization
from simulator.regulator.lifecycle.holding import Orders

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState


def certification_of(state: "RegulatorState", authorization: str | None) -> str | None:
    """The certification on which an authorization rests; `None` where it rests on none."""
    held = state.authorizations.get(authorization or "")
    declaration = None if held is None else state.declarations.get(held.granted.declaration)
    return None if declaration is None else declaration.received.certification


def on(state: "RegulatorState", ids: set[str]) -> Iterator[Authorization]:
    """Authorizations that are not revoked, of declarations that name one of these."""
    for declaration in state.declarations.values():
        received = declaration.received
        if received.contract in ids or received.certification in ids:
            held = state.authorizations.get(declaration.authorization or "")
            if held is not None and held.revoked_at is None:
                yield held


def close(
    state: "RegulatorState", ids: set[str], reason: str, now: datetime
) -> tuple[AuthorizationRevoked, ...]:
    """It ended: only a new declaration opens the way again."""
    return tuple(AuthorizationRevoked(held.id, reason, now) for held in on(state, ids))


def halt(
    state: "RegulatorState", ids: set[str], reason: str, now: datetime
) -> tuple[ExportStopped, ...]:
    """It may not be used for now."""
    return tuple(ExportStopped(held.platform, held.id, reason, now) for held in on(state, ids))


def resume(state: "RegulatorState", ids: set[str], now: datetime) -> tuple[ExportLifted, ...]:
    """It may be used again; what a tester stopped meanwhile for another reason is lifted with it,
    as every lift does."""
    return tuple(
        ExportLifted(held.platform, held.id, None, now)
        for held in on(state, ids)
        if held.id in state.stops.get(held.platform, Orders()).stopped_authorizations
    )
