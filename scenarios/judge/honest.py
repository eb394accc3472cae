"""Dossiers of a platform that does everything right: the examples from which requirements make
their guilty ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scenarios.judge.dossiers import (
    AuthorizationDossier,
    CaseDossier,
    FeedFacts,
    Grade,
    LineageFacts,
    MaterialFacts,
    Moment,
    NoticeDossier,
    Order,
    PayloadDossier,
    PayloadFacts,
    PaymentDossier,
    PersonDossier,
    RequestDossier,
    TransmissionDossier,
)
from scenarios.judge.leaks import Leak

_START = datetime(2023, 6, 1, 9, tzinfo=UTC)


def moment(sequence: int) -> Moment:
    """A moment in which one second passes from entry to entry."""
    at = _START + timedelta(seconds=sequence)
    return Moment(sequence, at, at)


def an_order(kind: str, *, told: int = 21, lifted: int | None = None) -> Order:
    """An order given at entry 20, of which the platform was told one second later."""
    return Order(
        kind=kind,
        given=moment(20),
        told_at=moment(told).wall_at,
        limit_s=5.0,
        lifted=moment(lifted) if lifted is not None else None,
    )


def some_payload_facts(**changes: Any) -> PayloadFacts:
    facts = PayloadFacts(
        at=moment(14),
        recipient="acquirer-sg",
        digest="ab" * 32,
        grade=Grade.DIGEST,
        transmission="trm-1",
        exact_amount=True,
    )
    return replace(facts, **changes)


def an_honest_payment(**changes: Any) -> PaymentDossier:
    """Asked at entry 10, under a declaration accepted at entry 3, left at entry 14, settled."""
    dossier = PaymentDossier(
        subject="payment pay-000001",
        story="ordinary_day",
        entries=(10, 14),
        id="pay-000001",
        platform_payment="P1",
        asked_at=moment(10).wall_at,
        outcome="accepted",
        final="settled",
        domestic=False,
        recipient="acquirer-sg",
        country="SG",
        recipient_listed=True,
        country_listed=True,
        accepted_at=moment(3),
        payloads=(some_payload_facts(),),
        left_at=moment(14),
    )
    return replace(dossier, **changes)


def a_domestic_payment(**changes: Any) -> PaymentDossier:
    """Settled at home; nothing left."""
    settled = an_honest_payment(
        domestic=True,
        recipient=None,
        country=None,
        accepted_at=None,
        payloads=(),
        left_at=None,
    )
    return replace(settled, **changes)


def a_refused_payment(**changes: Any) -> PaymentDossier:
    """Asked for, refused, and nothing left."""
    refused = an_honest_payment(outcome="refused", final="refused", payloads=(), left_at=None)
    return replace(refused, **changes)


def an_honest_payload(**changes: Any) -> PayloadDossier:
    """Arrived at entry 14 under transmission trm-1, accepted at entry 12, started at 13, ended at
    15."""
    dossier = PayloadDossier(
        subject="payload at entry 14",
        story="ordinary_day",
        entries=(14,),
        at=moment(14),
        recipient="acquirer-sg",
        digest="ab" * 32,
        size_bytes=420,
        grade=Grade.DIGEST,
        transmission="trm-1",
        transmission_accepted_at=moment(12),
        authorized_categories=frozenset({"E04", "M01", "M02", "M03"}),
        categories_seen=frozenset({"M02"}),
        started_at=moment(13),
        progressed_at=moment(15),
        ended_at=moment(15),
        payments=("pay-000001",),
        sources=frozenset({"P1"}),
        lineage=(a_lineage_entry(),),
    )
    return replace(dossier, **changes)


def a_lineage_entry(**changes: Any) -> LineageFacts:
    facts = LineageFacts(
        at=moment(17),
        source="P1",
        transmission="trm-1",
        recipient="acquirer-sg",
        country="SG",
        rule_version="2023.1",
    )
    return replace(facts, **changes)


def an_honest_transmission(**changes: Any) -> TransmissionDossier:
    """One payload of one record, fed and closed with the counts that arrived."""
    dossier = TransmissionDossier(
        subject="transmission trm-1",
        story="ordinary_day",
        entries=(12, 14),
        id="trm-1",
        authorization="aut-1",
        recipient="acquirer-sg",
        country="SG",
        announced_at=moment(12),
        accepted_at=moment(12),
        waited=False,
        payloads=(some_payload_facts(),),
        records_arrived=1,
        bytes_arrived=420,
        feed=(
            a_feed_event(
                "transmission.started",
                sequence=1,
                at=moment(13),
                records=0,
                size_bytes=0,
            ),
            a_feed_event("transmission.progressed", sequence=2, payload="ab" * 32),
            a_feed_event("transmission.ended", sequence=3),
        ),
        closed_at=moment(16),
        closed_outcome="completed",
        closed_records=1,
        closed_bytes=420,
        closed_payloads=("ab" * 32,),
    )
    return replace(dossier, **changes)


def a_feed_event(type: str, *, sequence: int, **changes: Any) -> FeedFacts:
    facts = FeedFacts(
        at=moment(15),
        type=type,
        sequence=sequence,
        records=1,
        size_bytes=420,
        payload=None,
    )
    return replace(facts, **changes)


def an_honest_authorization(**changes: Any) -> AuthorizationDossier:
    """Version 1, in force, well within its quota."""
    dossier = AuthorizationDossier(
        subject="authorization aut-1 version 1",
        story="ordinary_day",
        entries=(3,),
        id="aut-1",
        version=1,
        recipient="acquirer-sg",
        country="SG",
        categories=frozenset({"E04", "M01", "M02", "M03"}),
        granted_at=moment(3),
        told_at=moment(4).wall_at,
        quota_records=1000,
        records_left=200,
        payments_asked=200,
        announcements=200,
    )
    return replace(dossier, **changes)


def an_honest_person(**changes: Any) -> PersonDossier:
    """A payer known to two recipients under tokens that have nothing in common."""
    dossier = PersonDossier(
        subject="person per-0001",
        story="ordinary_day",
        entries=(14, 24),
        id="per-0001",
        recipients=frozenset({"acquirer-sg", "acquirer-th"}),
    )
    return replace(dossier, **changes)


def an_honest_notice(**changes: Any) -> NoticeDossier:
    """A stop, acknowledged at once, after which payments were asked for and none left."""
    dossier = NoticeDossier(
        subject="notice ntc-1",
        story="stopped_mid_transmission",
        entries=(20,),
        id="ntc-1",
        type="export.stopped",
        issued_at=moment(20),
        told_at=moment(21).wall_at,
        acknowledged_at=moment(21),
        asked_after=10,
        limit_s=5.0,
    )
    return replace(dossier, **changes)


def an_honest_request(**changes: Any) -> RequestDossier:
    """A signed announcement that was taken."""
    dossier = RequestDossier(
        subject="request at entry 12",
        story="ordinary_day",
        entries=(12,),
        at=moment(12),
        operation="announce",
        signed=True,
        refusal=None,
        creates=True,
    )
    return replace(dossier, **changes)


def an_honest_case(**changes: Any) -> CaseDossier:
    """Suspended at entry 20, all 17 materials in, lifted at entry 40; domestic payment went on
    throughout."""
    dossier = CaseDossier(
        subject="case cas-1",
        story="suspended_and_lifted",
        entries=(19,),
        id="cas-1",
        uscc="91990000MA00000001",
        opened_at=moment(19),
        suspended=an_order("suspended", lifted=40),
        deadline=moment(20).sandbox_at + timedelta(days=30),
        reinspection_asked=True,
        materials=tuple(a_material(number) for number in range(1, 18)),
        domestic_asked=5,
        asked_after_lift=5,
    )
    return replace(dossier, **changes)


def a_material(number: int, **changes: Any) -> MaterialFacts:
    facts = MaterialFacts(
        number=number,
        document_date=date(2023, 5, 20),
        handed_in_at=moment(30),
        sealed=True,
        uscc="91990000MA00000001",
    )
    return replace(facts, **changes)


def a_leak(**changes: Any) -> Leak:
    """A mobile number in full in the body."""
    leak = Leak(
        person="per-0001",
        kind="mobile",
        category="M03",
        form="plain",
        where="body",
        path=(),
        excerpt_masked="*******0123",
    )
    return replace(leak, **changes)
