"""A notice: how it was brought, whether it was acknowledged, and what left in spite of it."""

from collections.abc import Iterator

from scenarios.judge.assembly import Assembly, late_by
from scenarios.judge.dossiers import NoticeDossier
from scenarios.judge.evidence import Halt, Notice
from scenarios.judge.telling import told_at


def build(assembly: Assembly) -> Iterator[NoticeDossier]:
    """One dossier for each notice that was issued."""
    stops = {halt.notice: halt for halt in assembly.evidence.halts if halt.kind == "stopped"}
    for id, notice in assembly.evidence.notices.items():
        yield _dossier(assembly, id, notice, stops.get(id))


def _dossier(assembly: Assembly, id: str, notice: Notice, stop: Halt | None) -> NoticeDossier:
    late = _late(assembly, stop) if stop else []
    told, limit_s = told_at(assembly.evidence, id), assembly.limits.stop_s
    return NoticeDossier(
        subject=f"notice {id}",
        story=notice.story,
        entries=(notice.issued.sequence, *(entry for entry, _ in late)),
        blind=assembly.blind(notice.issued, notice.story),
        watched=assembly.evidence.watched(notice.issued, notice.story),
        id=id,
        type=notice.event.type,
        issued_at=notice.issued,
        told_at=told,
        acknowledged_at=notice.acknowledged,
        asked_after=_asked(assembly, stop) if stop else 0,
        limit_s=limit_s,
        left_late_s=tuple(seconds for _, seconds in late),
        left_starved=assembly.starvation(told, limit_s, (seconds for _, seconds in late)),
    )


def _late(assembly: Assembly, stop: Halt) -> list[tuple[int, float]]:
    """Entry and delay of each payload in the stop's scope that arrived beyond the limit."""
    order = assembly.order_of_halt(stop)
    late = []
    for joined in assembly.payloads():
        if stop.holds(joined.at) and assembly.concerns(stop, joined.arrival.recipient):
            seconds = late_by(order, joined.at)
            if seconds is not None:
                late.append((joined.at.sequence, seconds))
    return late


def _asked(assembly: Assembly, stop: Halt) -> int:
    """Payments that would have to leave in its scope, asked while it held."""
    until = stop.lifted.wall_at if stop.lifted else None
    return sum(
        1
        for id, submitted in assembly.asked.items()
        if not assembly.payments[id].domestic
        and assembly.concerns(stop, assembly.payments[id].recipient)
        and stop.given.wall_at <= submitted.sent_at
        and (until is None or submitted.sent_at < until)
    )
