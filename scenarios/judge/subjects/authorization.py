"""One version of an authorization: what was asked and what left while it held, and after it
ended."""

from collections.abc import Iterator
from datetime import datetime

from scenarios.judge.assembly import Assembly, late_by
from scenarios.judge.dossiers import AuthorizationDossier, Moment, Order
from scenarios.judge.evidence import Version
from scenarios.judge.telling import told_at


def build(assembly: Assembly) -> Iterator[AuthorizationDossier]:
    """One dossier for each version that was granted."""
    for versions in assembly.evidence.versions.values():
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            yield _dossier(assembly, version, following)


def _dossier(
    assembly: Assembly, version: Version, following: Version | None
) -> AuthorizationDossier:
    grant = version.grant
    until = following.granted if following else None
    ended = _end(assembly, version)
    end_wall = ended.told_at if ended else (until.wall_at if until else None)
    announced = _announcements(assembly, version)
    after = _after_end(assembly, version, ended, until) if ended else []
    story = _story_at(assembly, version.granted)
    return AuthorizationDossier(
        subject=f"authorization {grant.id} version {grant.version}",
        story=story,
        entries=(version.granted.sequence, *(at.sequence for at in after)),
        blind=assembly.blind(version.granted, story),
        id=grant.id,
        version=grant.version,
        recipient=grant.recipient,
        country=grant.country,
        categories=version.categories,
        granted_at=version.granted,
        told_at=told_at(assembly.evidence, version.notice),
        quota_records=grant.quota_records,
        records_left=_records_left(assembly, version),
        payments_asked=_asked(assembly, version, version.granted.wall_at, end_wall),
        ended=ended,
        asked_after_end=(
            _asked(assembly, version, ended.told_at, until.wall_at if until else None)
            if ended and ended.told_at
            else 0
        ),
        left_late_s=tuple(seconds for at in after if (seconds := late_by(ended, at)) is not None),
        stale_late_s=_stale(assembly, version, until),
        announcements=announced,
    )


def _end(assembly: Assembly, version: Version) -> Order | None:
    """The revocation or expiry that ended it while the run was watching; a superseded version has
    none."""
    if version.end_kind == "superseded":
        return None
    last = _last_moment(assembly)
    return assembly.order_of_end(version, last) if last else None


def _last_moment(assembly: Assembly) -> Moment | None:
    ends = [end for _, end in assembly.evidence.stories.values() if end is not None]
    return max(ends, default=None)


def _after_end(
    assembly: Assembly, version: Version, ended: Order, until: Moment | None
) -> list[Moment]:
    """Arrivals of payloads at its recipient after the end and before the next grant."""
    if ended.told_at is None:
        return []
    others = [v for v in assembly.versions_for(version.grant.recipient) if v is not version]
    return [
        joined.at
        for joined in assembly.payloads()
        if joined.arrival.recipient == version.grant.recipient
        and ended.told_at < joined.at.wall_at
        and version.granted < joined.at
        and (until is None or joined.at < until)
        and not any(other.in_force(joined.at) for other in others)
    ]


def _records_left(assembly: Assembly, version: Version) -> int:
    return sum(
        max(1, len(joined.payments))
        for joined in assembly.payloads()
        if joined.repeats is None
        and joined.arrival.recipient == version.grant.recipient
        and version.in_force(joined.at)
    )


def _asked(
    assembly: Assembly, version: Version, start: datetime | None, end: datetime | None
) -> int:
    """Payments asked for its recipient and country between two wall times."""
    if start is None:
        return 0
    count = 0
    for id, seen in assembly.asked.items():
        payment, sent_at = assembly.payments[id], seen.record.sent_at
        concerns = (payment.recipient, payment.country) == (
            version.grant.recipient,
            version.grant.country,
        )
        if concerns and start <= sent_at and (end is None or sent_at < end):
            count += 1
    return count


def _announcements(assembly: Assembly, version: Version) -> int:
    return sum(
        1
        for sent in assembly.evidence.transmissions.values()
        if sent.event.authorization == version.grant.id
        and sent.event.authorization_version == version.grant.version
    )


def _stale(assembly: Assembly, version: Version, until: Moment | None) -> tuple[float, ...]:
    """Announcements that named an older version although this one had been told longer ago than the
    limit. A repetition must name what it named before, so that only first attempts count."""
    told = told_at(assembly.evidence, version.notice)
    if told is None or version.grant.version == 1:
        return ()
    late = []
    attempted: set[str | None] = set()
    for seen in assembly.evidence.exchanges:
        record = seen.record
        first = record.idempotency_key not in attempted
        attempted.add(record.idempotency_key)
        if until is not None and until < seen.at:
            break
        if not first or record.refusal != "authorization_stale" or seen.at < version.granted:
            continue
        if f'"{version.grant.id}"' in (record.body.text or ""):
            seconds = (seen.at.wall_at - told).total_seconds()
            if seconds > assembly.limits.revocation_s:
                late.append(round(seconds, 3))
    return tuple(late)


def _story_at(assembly: Assembly, at: Moment) -> str:
    """The story that was being played at `at`."""
    for story, (start, end) in assembly.evidence.stories.items():
        if start < at and (end is None or at < end):
            return story
    return "before the stories"
