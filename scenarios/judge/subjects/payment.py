"""What a merchant asked for, and what became of it at home and abroad."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

from scenarios.judge.assembly import Assembly, late_by, unlisted_values
from scenarios.judge.dossiers import Moment, Order, PaymentDossier
from scenarios.judge.evidence import Seen, Submitted
from scenarios.judge.joining import Joined
from scenarios.judge.leaks import Leak
from scenarios.judge.subjects.leaving import leavings
from scenarios.traffic import Payment, Person, plain

PART = 5_000
"""As many payments are a part."""


def parts(assembly: Assembly) -> list[Callable[[], Iterator[PaymentDossier]]]:
    """One dossier for each payment that a merchant asked for."""
    run, ids = _Run(assembly), list(assembly.asked)
    return [partial(_build, run, ids[start : start + PART]) for start in range(0, len(ids), PART)]


def _build(run: "_Run", ids: Sequence[str]) -> Iterator[PaymentDossier]:
    assembly = run.assembly
    for id in ids:
        payment, submitted = assembly.payments[id], assembly.asked[id]
        joins = assembly.carried.get(id, ())
        if not joins and payment.recipient:
            # For an unlisted recipient, any payload that reached it in the story.
            joins = run.unlisted.get((payment.recipient, submitted.story), ())
        yield _dossier(run, payment, submitted, joins)


def _dossier(
    run: "_Run", payment: Payment, submitted: Submitted, joins: Sequence[Joined]
) -> PaymentDossier:
    assembly, evidence = run.assembly, run.assembly.evidence
    story, recipient = submitted.story, payment.recipient
    entries = tuple([joined.at.sequence for joined in joins])
    leaving = run.leaving_of(story, entries)
    while_ = _suspension(assembly, submitted)
    late = _late(while_, joins) if while_ else []
    return PaymentDossier(
        subject=f"payment {payment.id}",
        story=story,
        entries=(submitted.at.sequence, *entries),
        blind=leaving.blind if joins else assembly.blind(submitted.at, story),
        watched=leaving.watched and evidence.watched(submitted.at, story),
        doubt=leaving.doubt,
        id=payment.id,
        platform_payment=submitted.platform_payment,
        asked_at=submitted.sent_at,
        outcome=submitted.outcome,
        final=evidence.followed.get(payment.id, "unknown"),
        domestic=payment.domestic,
        recipient=recipient,
        country=payment.country,
        recipient_listed=recipient in run.first_accepted,
        country_listed=(recipient, payment.country) in run.declared,
        unlisted_fields=len(unlisted_values(payment)),
        awkward=_awkward(payment),
        amount_authorized=leaving.amount_authorized,
        asked_under=_cut_off(assembly, submitted),
        asked_while=while_,
        left_under_order_s=next(iter(late), None),
        left_starved=assembly.starvation(while_.told_at, while_.limit_s, late) if while_ else None,
        asked_before_restart=any(
            submitted.answered_at < at.wall_at for at in run.restarts.get(story, ())
        ),
        accepted_at=(
            leaving.accepted_at if leaving.version_known else run.first_accepted.get(recipient)
        ),
        payloads=tuple([facts[payment.id in exact] for exact, facts in leaving.payloads]),
        left_at=leaving.left_at,
        permitted=leaving.permitted,
        monitored=leaving.monitored,
        leaks=tuple(run.leaks.get(payment.payer.id, ())),
    )


class _Run:
    """What is the same for many payments, found once."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.leaks = _leaks_by_person(assembly)
        self.declared = _declared(assembly)
        self.first_accepted: dict[str | None, Moment] = {}
        """When a declaration for each recipient was first accepted."""
        for (recipient, _), at in self.declared.items():
            self.first_accepted[recipient] = min(self.first_accepted.get(recipient, at), at)
        self.leaving_of = leavings(assembly)
        self.restarts = _restarts(assembly.evidence.actions)
        self.unlisted = _at_unlisted(assembly)


def _restarts(actions: Iterable[Seen]) -> dict[str, list[Moment]]:
    """When the platform was restarted, by story. One that could not be restarted proves nothing."""
    found: dict[str, list[Moment]] = {}
    begun: Seen | None = None
    for seen in actions:
        facts = seen.record.facts
        if facts.get("action") == "restart":
            begun = seen
        elif facts.get("taken") == "restart":
            if begun is not None and facts.get("ok"):
                found.setdefault(begun.story, []).append(begun.at)
            begun = None
    return found


def _at_unlisted(assembly: Assembly) -> dict[tuple[str, str], list[Joined]]:
    """What reached recipients without any authorization, by recipient and story."""
    found: dict[tuple[str, str], list[Joined]] = {}
    for joined in assembly.joined:
        recipient = joined.arrival.recipient
        if not assembly.versions_for(recipient):
            found.setdefault((recipient, joined.seen.story), []).append(joined)
    return found


def _declared(assembly: Assembly) -> dict[tuple[str, str], Moment]:
    """When each recipient and country was first accepted."""
    found: dict[tuple[str, str], Moment] = {}
    for declared in assembly.evidence.declarations.values():
        if declared.accepted is not None:
            key = (declared.event.recipient, declared.event.country)
            found[key] = min(found.get(key, declared.accepted), declared.accepted)
    return found


def _suspension(assembly: Assembly, submitted: Submitted) -> Order | None:
    """The suspension of which the platform had been told, and that was not lifted, when it was
    asked."""
    for halt in assembly.evidence.halts:
        if halt.kind != "suspended":
            continue
        order = assembly.order_of_halt(halt)
        lifted_before = halt.lifted is not None and halt.lifted.wall_at <= submitted.sent_at
        if order.told_at is not None and order.told_at <= submitted.sent_at and not lifted_before:
            return order
    return None


def _late(suspension: Order, joins: Iterable[Joined]) -> list[float]:
    """By how much each payload left beyond the limit and before the lift."""
    return [s for joined in joins if (s := late_by(suspension, joined.at)) is not None]


def _cut_off(assembly: Assembly, submitted: Submitted) -> frozenset[str]:
    """What was out of reach when it was asked: the whole regulator, one operation of it, or the
    recipients."""
    cut: set[str] = set()
    for window in assembly.evidence.faults.values():
        began_before = window.armed.wall_at <= submitted.sent_at
        still_on = window.reverted is None or submitted.sent_at < window.reverted.wall_at
        if began_before and still_on:
            cut |= set(window.operations) or window.witnesses
    return frozenset(cut)


def _awkward(payment: Payment) -> bool:
    """Whether an identifier is written otherwise than plainly, or stands where no category expects
    it."""
    written_plainly, payer = _plainly(payment.payer)
    aside = "".join([payment.note, *payment.extra.values()])
    hidden = payer.resident_id in aside or payer.mobile in aside or payer.card in aside
    return hidden or not written_plainly


@lru_cache(maxsize=100_000)
def _plainly(payer: Person) -> tuple[bool, Person]:
    """Whether every identifier is written plainly, and the payer with all of them written so."""
    plainly = plain(payer)
    written = (
        unicodedata.normalize("NFC", value)
        for value in (payer.resident_id, payer.mobile, payer.card)
    )
    return tuple(written) == (plainly.resident_id, plainly.mobile, plainly.card), plainly


def _leaks_by_person(assembly: Assembly) -> dict[str, list[Leak]]:
    found: dict[str, list[Leak]] = {}
    for leaks in assembly.leaks.values():
        for leak in leaks:
            found.setdefault(leak.person, []).append(leak)
    return found
