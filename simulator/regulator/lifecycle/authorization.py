"""A whitelist entry: granted, granted anew, used, revoked, expired; and whether it stands now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from simulator.journal.events import Event
from simulator.journal.events.authorization import (
    AuthorizationEvent,
    AuthorizationExpired,
    AuthorizationGranted,
    AuthorizationRevoked,
)
from simulator.journal.events.declaration import DeclaredFieldSeen
from simulator.messages import authorization as wire
from simulator.messages.base import canonical
from simulator.messages.declaration import DeclaredField
from simulator.messages.problem import ProblemError
from simulator.regulator.drawing import BEGIN, Drawing, Step
from simulator.regulator.keeping import Keeping, Tidings, Timer
from simulator.regulator.lifecycle import papers
from simulator.regulator.lifecycle.holding import Orders
from simulator.regulator.lifecycle.moment import Sign
from simulator.regulator.refusal import Refusal, not_found, refuse, refuse_all, wrong

if TYPE_CHECKING:
    from simulator.regulator.state import RegulatorState

NOT_SIGNED = {"signature", "status", "used_records"}
"""What the signature does not cover: itself, and what changes while a version holds."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """The current version and what has become of it."""

    granted: AuthorizationGranted
    used_records: int = 0
    """Announced records of this version's transmissions that were not refused."""
    revoked_at: datetime | None = None
    expired_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.granted.id

    @property
    def platform(self) -> str:
        return self.granted.platform

    @property
    def left_records(self) -> int:
        """What the quota still allows."""
        return self.granted.quota_records - self.used_records


def standing(
    state: "RegulatorState", authorization: Authorization, now: datetime
) -> wire.AuthorizationStatus:
    """Whether data may leave under it now, and if not, the reason that is hardest to undo."""
    if authorization.revoked_at is not None:
        return "revoked"
    if authorization.expired_at is not None or now >= authorization.granted.valid_until:
        return "expired"
    orders = state.stops.get(authorization.platform, Orders())
    if orders.suspended_in is not None:
        return "suspended"
    if orders.stopped or authorization.id in orders.stopped_authorizations:
        return "stopped"
    declaration = state.declarations.get(authorization.granted.declaration)
    if declaration is not None and papers.lost_by(state, declaration.received) is not None:
        return "stopped"
    return "active"


def grant(
    state: "RegulatorState",
    platform: str,
    *,
    authorization: str | None,
    recipient: str | None,
    country: str | None,
    categories: Sequence[str] | None,
    quota_records: int,
    valid_for_s: float,
    now: datetime,
    sign: Sign,
) -> tuple[Event, ...] | Refusal:
    """A new version, narrowed to `categories` if given; used records count from zero again.

    It never outlives the result that it stands on. Without `authorization`, that of the newest
    accepted declaration for recipient and country.
    """
    found = _to_renew(state, platform, authorization, recipient, country)
    if isinstance(found, Refusal):
        return found
    former = found.granted
    errors = _grant_errors(
        former, state, recipient, country, categories, quota_records, valid_for_s
    )
    if errors:
        return refuse_all(errors)
    declaration = state.declarations[former.declaration]
    declared = declaration.received.fields
    valid_until = now + timedelta(seconds=valid_for_s)
    kept = (
        declared if categories is None else tuple(f for f in declared if f.category in categories)
    )
    version = replace(
        former,
        version=former.version + 1,
        fields=kept,
        quota_records=quota_records,
        valid_from=now,
        valid_until=min(valid_until, declaration.valid_until or valid_until),
        signature="",
        at=now,
    )
    return (signed(version, sign),)


def revoke(
    state: "RegulatorState", id: str, reason: str, now: datetime
) -> tuple[Event, ...] | Refusal:
    """Final for this version; only a new grant brings the authorization back."""
    authorization = state.authorizations.get(id)
    if authorization is None:
        return not_found("authorization", id)
    if authorization.revoked_at is not None:
        return refuse("authorization_revoked", "/authorization", id, "not be revoked already")
    return (AuthorizationRevoked(id, reason, now),)


def revoke_all(
    state: "RegulatorState", platform: str, reason: str, now: datetime
) -> tuple[Event, ...]:
    """Every authorization of the platform that is not revoked yet."""
    return tuple(
        AuthorizationRevoked(authorization.id, reason, now)
        for authorization in state.authorizations.values()
        if authorization.platform == platform and authorization.revoked_at is None
    )


def expire(state: "RegulatorState", id: str, now: datetime) -> tuple[Event, ...] | Refusal:
    """The period has ended; nothing for what is dead already or was granted anew in time."""
    authorization = state.authorizations.get(id)
    if authorization is None:
        return not_found("authorization", id)
    dead = authorization.revoked_at is not None or authorization.expired_at is not None
    if dead or now < authorization.granted.valid_until:
        return ()
    return (AuthorizationExpired(id, now),)


def signed(version: AuthorizationGranted, sign: Sign) -> AuthorizationGranted:
    """The version with the regulator's signature over what the platform will read of it."""
    told = as_message(version, status="active", used_records=0)
    return replace(
        version, signature=sign(canonical(told.model_dump(mode="json", exclude=NOT_SIGNED)))
    )


def as_message(
    granted: AuthorizationGranted, *, status: wire.AuthorizationStatus, used_records: int
) -> wire.Authorization:
    """The version as the wire says it; what is signed is exactly what is sent."""
    return wire.Authorization(
        id=granted.id,
        version=granted.version,
        declaration=granted.declaration,
        fields=tuple(map(field_as_message, granted.fields)),
        purpose=granted.purpose,
        recipient=granted.recipient,
        country=granted.country,
        quota_records=granted.quota_records,
        valid_from=granted.valid_from,
        valid_until=granted.valid_until,
        granted_at=granted.at,
        signature=granted.signature,
        status=status,
        used_records=used_records,
    )


def field_as_message(field: DeclaredFieldSeen) -> DeclaredField:
    """A declared field as the wire says it."""
    return DeclaredField.model_validate(
        {
            "name": field.name,
            "category": field.category,
            "desensitisation": field.desensitisation,
        }
    )


def evolve(
    authorization: Authorization | None,
    event: AuthorizationEvent,
) -> Authorization:
    """The authorization after `event`; a grant starts it anew."""
    if isinstance(event, AuthorizationGranted):
        return Authorization(event)
    assert authorization is not None, "ended before it was granted"
    if isinstance(event, AuthorizationRevoked):
        return replace(authorization, revoked_at=event.at)
    return replace(authorization, expired_at=event.at)


def _life(authorization: Authorization) -> str:
    """What became of it by itself; stops and suspensions of the platform come on top."""
    if authorization.revoked_at is not None:
        return "revoked"
    return "active" if authorization.expired_at is None else "expired"


DRAWN = Drawing(
    id="authorization",
    title="A grant is a new version and brings it back; stops and suspensions come on top.",
    evolve=evolve,
    state_of=_life,
    steps=(
        Step(BEGIN, AuthorizationGranted, "active"),
        Step("active", AuthorizationGranted, "active"),
        Step("active", AuthorizationRevoked, "revoked"),
        Step("active", AuthorizationExpired, "expired"),
        Step("expired", AuthorizationRevoked, "revoked"),
        Step("expired", AuthorizationGranted, "active"),
        Step("revoked", AuthorizationGranted, "active"),
    ),
)


def _keep(state: "RegulatorState", event: AuthorizationEvent) -> None:
    state.authorizations[event.id] = evolve(state.authorizations.get(event.id), event)


def _ending(state: "RegulatorState") -> Iterator[tuple[datetime, str]]:
    for held in state.authorizations.values():
        if held.revoked_at is None and held.expired_at is None:
            yield held.granted.valid_until, held.id


def _tell_granted(_: "RegulatorState", event: AuthorizationGranted) -> Iterator[Tidings]:
    data = {"authorization": event.id, "version": event.version}
    yield Tidings(event.platform, "authorization.granted", event.id, data)


def _tell_revoked(state: "RegulatorState", event: AuthorizationRevoked) -> Iterator[Tidings]:
    revoked = state.authorizations[event.id].granted
    data = {"authorization": event.id, "version": revoked.version}
    yield Tidings(revoked.platform, "authorization.revoked", event.id, data)


KEPT = Keeping(
    kept_in="authorizations",
    prefix="aut",
    folds=dict.fromkeys(get_args(AuthorizationEvent), _keep),
    timers=(Timer("expire", _ending, lambda state, id, at: expire(state, id, at.now)),),
    tells={AuthorizationRevoked: _tell_revoked},
    tells_unless_answered={AuthorizationGranted: _tell_granted},
)


def use(authorization: Authorization, version: int, records: int) -> Authorization:
    """The quota after `records` were taken from it, or given back when negative, under `version`.

    What a former version took is not owed to the current one.
    """
    if version != authorization.granted.version:
        return authorization
    return replace(authorization, used_records=authorization.used_records + records)


def _to_renew(
    state: "RegulatorState",
    platform: str,
    authorization: str | None,
    recipient: str | None,
    country: str | None,
) -> Authorization | Refusal:
    if authorization is not None:
        found = state.authorizations.get(authorization)
        if found is None or found.platform != platform:
            return not_found("authorization", authorization, "/authorization")
        return found
    for declaration in reversed(state.declarations.values()):
        received = declaration.received
        if (received.platform, received.recipient, received.country) == (
            platform,
            recipient,
            country,
        ) and declaration.authorization is not None:
            return state.authorizations[declaration.authorization]
    must = f"be, with country {country!r}, in an accepted declaration of {platform}"
    return refuse("declaration_unknown", "/recipient", recipient, must)


def _grant_errors(
    former: AuthorizationGranted,
    state: "RegulatorState",
    recipient: str | None,
    country: str | None,
    categories: Sequence[str] | None,
    quota_records: int,
    valid_for_s: float,
) -> list[ProblemError]:
    errors = []
    if recipient not in (None, former.recipient):
        must = f"be {former.recipient!r}, the recipient of {former.id}"
        errors.append(wrong("recipient_mismatch", "/recipient", recipient, must))
    if country not in (None, former.country):
        must = f"be {former.country!r}, the country of {former.id}"
        errors.append(wrong("country_mismatch", "/country", country, must))
    declaration = state.declarations[former.declaration]
    if not declaration.in_force:
        must = f"stand on a declaration in force ({declaration.id} is {declaration.status})"
        errors.append(wrong("declaration_not_in_force", "/authorization", former.id, must))
    lost = papers.lost_by(state, declaration.received)
    if lost is not None:
        must = f"rest on papers in force ({lost})"
        errors.append(wrong("declaration_not_in_force", "/authorization", former.id, must))
    declared = {f.category for f in declaration.received.fields}
    for place, category in enumerate(categories or ()):
        if category not in declared:
            must = f"be declared in {former.declaration}"
            errors.append(wrong("category_outside", f"/categories/{place}", category, must))
    if quota_records < 0:
        errors.append(wrong("body_invalid", "/quota_records", quota_records, "not be negative"))
    if not valid_for_s > 0:
        errors.append(wrong("body_invalid", "/valid_for_s", valid_for_s, "be above 0"))
    return errors
