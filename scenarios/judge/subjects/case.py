"""A case: what was suspended, what left all the same, what was handed in, and what went on
afterwards."""

from collections.abc import Iterator

from scenarios.judge.assembly import Assembly, late_by
from scenarios.judge.dossiers import CaseDossier, MaterialFacts, Order
from scenarios.judge.evidence import CaseTrack, Halt


def build(assembly: Assembly) -> Iterator[CaseDossier]:
    """One dossier for each case that was opened."""
    halts = {halt.case: halt for halt in assembly.evidence.halts if halt.case is not None}
    for id, track in assembly.evidence.cases.items():
        yield _dossier(assembly, id, track, halts.get(id))


def _dossier(assembly: Assembly, id: str, track: CaseTrack, halt: Halt | None) -> CaseDossier:
    order = assembly.order_of_halt(halt) if halt else None
    late = [
        seconds
        for joined in assembly.payloads()
        if halt is not None
        and halt.holds(joined.at)
        and (seconds := late_by(order, joined.at)) is not None
    ]
    domestic, failed, refused = _domestic(assembly, order)
    after, held = _after_lift(assembly, order, track.story)
    return CaseDossier(
        subject=f"case {id}",
        story=track.story,
        entries=(track.opened.sequence,),
        blind=assembly.blind(track.opened, track.story),
        watched=assembly.evidence.watched(track.opened, track.story),
        id=id,
        uscc=assembly.evidence.platforms[track.platform].uscc,
        opened_at=track.opened,
        suspended=order,
        deadline=halt.deadline if halt else None,
        reinspection_asked=track.reinspected,
        materials=tuple(
            MaterialFacts(
                number=number,
                document_date=event.document_date,
                handed_in_at=at,
                sealed=event.sealed,
                uscc=event.uscc,
            )
            for number, (at, event) in sorted(track.materials.items())
        ),
        left_late_s=tuple(late),
        left_starved=assembly.starvation(order.told_at, order.limit_s, late) if order else None,
        domestic_asked=domestic,
        domestic_failed=failed,
        domestic_refused=refused,
        asked_after_lift=after,
        held_after_lift=held,
    )


def _domestic(assembly: Assembly, order: Order | None) -> tuple[int, tuple[str, ...], bool]:
    """Domestic payments asked between being told and the lift: how many, which were not settled,
    and whether any of these was not merely pending."""
    if order is None or order.told_at is None:
        return 0, (), False
    asked, failed, refused = 0, [], False
    for id, submitted in assembly.asked.items():
        sent_at = submitted.sent_at
        lifted = order.lifted is not None and order.lifted.wall_at <= sent_at
        if not assembly.payments[id].domestic or sent_at < order.told_at or lifted:
            continue
        asked += 1
        followed = assembly.evidence.followed.get(id)
        taken = submitted.outcome == "accepted"
        if not taken or (followed is not None and followed != "settled"):
            failed.append(id)
            refused |= not taken or followed is None or followed != "pending"
    return asked, tuple(failed), refused


def _after_lift(assembly: Assembly, order: Order | None, story: str) -> tuple[int, tuple[str, ...]]:
    """Lawful payments of the same story asked after the lift: how many, and which never left."""
    if order is None or order.lifted is None:
        return 0, ()
    asked, held = 0, []
    for id, submitted in assembly.asked.items():
        payment, sent_at = assembly.payments[id], submitted.sent_at
        if payment.domestic or submitted.story != story or sent_at <= order.lifted.wall_at:
            continue
        listed = any(
            (version.grant.recipient, version.grant.country) == (payment.recipient, payment.country)
            for version in assembly.evidence.all_versions()
        )
        if not listed or any(True for _ in assembly.faults_at(sent_at)):
            continue
        asked += 1
        if id not in assembly.carried:
            held.append(id)
    return asked, tuple(held)
