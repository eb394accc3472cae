"""One version of an authorization: what was asked and what left while it held, and after it
ended."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from scenarios.judge.assembly import Assembly, late_by
from scenarios.judge.dossiers import AuthorizationDossier, Moment, Order
from scenarios.judge.evidence import Seen, Version
from scenarios.judge.telling import told_at


def build(assembly: Assembly) -> Iterator[AuthorizationDossier]:
    """One dossier for each version that was granted."""
    announced = Counter(
        (sent.event.authorization, sent.event.authorization_version)
        for sent in assembly.evidence.transmissions.values()
    )
    refused = list(_refused_as_stale(assembly.evidence.exchanges))
    for versions in assembly.evidence.versions.values():
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            named = announced[version.grant.id, version.grant.version]
            yield _dossier(assembly, version, following, named, refused)


def _dossier(
    assembly: Assembly,
    version: Version,
    following: Version | None,
    announced: int,
    refused: list[Seen],
) -> AuthorizationDossier:
    grant = version.grant
    until = following.granted if following else None
    ended = _end(assembly, version)
    end_wall = ended.told_at if ended else (until.wall_at if until else None)
    after = _after_end(assembly, version, ended, until) if ended else []
    story = _story_at(assembly, version.granted)
    left_late = tuple(late for at in after if (late := late_by(ended, at)) is not None)
    stale_late = _stale(assembly, version, until, refused)
    told = told_at(assembly.evidence, version.notice)
    return AuthorizationDossier(
        subject=f"authorization {grant.id} version {grant.version}",
        story=story,
        entries=(version.granted.sequence, *(at.sequence for at in after)),
        blind=assembly.blind(version.granted, story),
        watched=assembly.evidence.watched(version.granted, story),
        id=grant.id,
        version=grant.version,
        recipient=grant.recipient,
        country=grant.country,
        categories=version.categories,
        granted_at=version.granted,
        told_at=told,
        quota_records=grant.quota_records,
        records_left=_records_left(assembly, version),
        payments_asked=_asked(assembly, version, version.granted.wall_at, end_wall),
        ended=ended,
        asked_after_end=(
            _asked(assembly, version, ended.told_at, until.wall_at if until else None)
            if ended and ended.told_at
            else 0
        ),
        left_late_s=left_late,
        stale_late_s=stale_late,
        left_starved=assembly.starvation(ended.told_at, ended.limit_s, left_late)
        if ended
        else None,
        stale_starved=assembly.starvation(told, assembly.limits.revocation_s, stale_late),
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
        for joined in assembly.payloads_at(version.grant.recipient)
        if ended.told_at < joined.at.wall_at
        and version.granted < joined.at
        and (until is None or joined.at < until)
        and not any(other.in_force(joined.at) for other in others)
    ]


def _records_left(assembly: Assembly, version: Version) -> int:
    return sum(
        max(1, len(joined.payments))
        for joined in assembly.payloads_at(version.grant.recipient)
        if joined.repeats is None and version.in_force(joined.at)
    )


def _asked(
    assembly: Assembly, version: Version, start: datetime | None, end: datetime | None
) -> int:
    """Payments asked for its recipient and country between two wall times."""
    if start is None:
        return 0
    return assembly.asked_between((version.grant.recipient, version.grant.country), start, end)


def _refused_as_stale(exchanges: Iterable[Seen]) -> Iterator[Seen]:
    """Announcements that named an older version. A repetition must name what it named before, so
    that only first attempts count."""
    attempted: set[str | None] = set()
    for seen in exchanges:
        key = seen.record.idempotency_key
        if seen.record.refusal == "authorization_stale" and key not in attempted:
            yield seen
        attempted.add(key)


def _stale(
    assembly: Assembly, version: Version, until: Moment | None, refused: list[Seen]
) -> tuple[float, ...]:
    """Seconds of the announcements that named an older version although this one had been told
    longer ago than the limit."""
    told = told_at(assembly.evidence, version.notice)
    if told is None or version.grant.version == 1:
        return ()
    late = []
    for seen in refused:
        if seen.at < version.granted or (until is not None and until < seen.at):
            continue
        if f'"{version.grant.id}"' in seen.record.text:
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
