"""Joins the three accounts of a run once, so that every dossier is built from the same joins."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scenarios.judge.chance import Chance
from scenarios.judge.dossiers import Grade, Moment, Order, PayloadFacts
from scenarios.judge.evidence import Evidence, FaultWindow, Halt, Submitted, Version
from scenarios.judge.joining import Joined, Joiner
from scenarios.judge.leaks import Leak, PlantedIndex, Tries
from scenarios.judge.linkage import Linkage
from scenarios.judge.reading import Reader
from scenarios.judge.telling import told_at
from scenarios.traffic import Payment, Person, Secret, planted
from simulator.law.limits import Limits, tighten

EXPIRY_GRACE_S = 1.0
"""A payload may still be under way when its authorization expires: one second, so that a race is no
breach."""


Route = tuple[str | None, str | None]
"""Recipient and country."""


@dataclass(slots=True)
class Assembly:
    """The evidence with its joins; what the builders of dossiers draw on."""

    evidence: Evidence
    limits: Limits
    payments: dict[str, Payment]
    asked: dict[str, Submitted]
    joined: list[Joined]
    leaks: dict[int, tuple[Leak, ...]]
    """Leaks by the journal entry of the payload."""
    planted: PlantedIndex
    """Everything that the run planted."""
    linkage: Linkage
    """Tokens, and whom they are about."""
    carried: dict[str, list[Joined]] = field(default_factory=dict)
    """First arrivals (no retransmissions) by payment."""
    sent_under: dict[str, list[Joined]] = field(default_factory=dict)
    """First arrivals (no retransmissions) by transmission."""
    brought: dict[str, list[Joined]] = field(default_factory=dict)
    """Arrivals that brought something, by recipient."""
    asked_for: dict[Route, list[datetime]] = field(default_factory=dict)
    """When payments were asked for each recipient and country, in order of time."""
    versions: dict[str, list[Version]] = field(default_factory=dict)
    """Versions of authorizations by recipient."""

    def exempt(self, joined: Joined) -> bool:
        """Whether it brought nothing that could be monitored: a question without data."""
        nothing = not joined.payments and joined.asks_only
        return nothing and joined.at.sequence not in self.leaks

    def payloads(self) -> Iterator[Joined]:
        """The arrivals that brought something."""
        return (joined for joined in self.joined if not self.exempt(joined))

    def payloads_at(self, recipient: str) -> Iterable[Joined]:
        """The arrivals at one recipient that brought something."""
        return self.brought.get(recipient, ())

    def versions_for(self, recipient: str | None) -> list[Version]:
        return self.versions.get(recipient or "", [])

    def asked_between(self, route: Route, start: datetime, end: datetime | None) -> int:
        """Payments asked for a recipient and country, from one wall time to before another."""
        times = self.asked_for.get(route, [])
        last = len(times) if end is None else bisect_left(times, end)
        return max(0, last - bisect_left(times, start))

    def permit_at(self, at: Moment, recipient: str) -> frozenset[str] | None:
        """Categories that may go to `recipient` at `at`, stops aside; `None` when no authorization
        was in force. A version that was superseded within the revocation limit still counts: data
        may have been under way."""
        allowed: set[str] = set()
        found = False
        for version in self.versions_for(recipient):
            if version.in_force(at) or self.ended_just_now(version, at):
                allowed |= version.categories
                found = True
        return frozenset(allowed) if found else None

    def ended_just_now(self, version: Version, at: Moment) -> bool:
        """Whether data that arrives at `at` may have been under way when the version ended."""
        if not version.granted < at:
            return False
        if version.end_kind in ("superseded", "revoked") and version.ended is not None:
            told = told_at(self.evidence, version.end_notice) or version.ended.wall_at
            late = (at.wall_at - told).total_seconds()
            limit = self.limits.revocation_s + self.lag_s(told, at.wall_at)
            return version.ended < at and late <= limit
        expired = self.expired_at(version, at)
        grace = EXPIRY_GRACE_S + self.lag_s(expired, at.wall_at)
        return 0 <= (at.wall_at - expired).total_seconds() <= grace

    def lag_s(self, start: datetime, end: datetime) -> float:
        """By how much a starved machine may have lengthened what was witnessed between the two: the
        witness may have been behind at the end, and whoever had to react at the beginning."""
        starved = self.evidence.starved
        over = [one.lag_s for one in starved if one.since <= end and start <= one.until]
        return 2 * max(over, default=0.0)

    def starvation(
        self, told_at: datetime | None, limit_s: float, late_s: Iterable[float]
    ) -> str | None:
        """Why none of these delays is proved to be beyond the limit; `None` if one of them is, or
        if there is none."""
        if told_at is None:
            return None
        lags = []
        for late in late_s:
            lags.append(self.lag_s(told_at, told_at + timedelta(seconds=late)))
            if late - limit_s > lags[-1]:
                return None
        if not lags:
            return None
        return f"the machine was starved: what was witnessed may be {max(lags):.1f} s behind"

    def concerns(self, halt: Halt, recipient: str | None) -> bool:
        """Whether a stop or suspension covers sending to `recipient`."""
        if halt.authorization is None:
            return True
        versions = self.evidence.versions.get(halt.authorization, [])
        return any(version.grant.recipient == recipient for version in versions)

    def order_of_halt(self, halt: Halt) -> Order:
        return Order(
            kind=halt.kind,
            given=halt.given,
            told_at=told_at(self.evidence, halt.notice),
            limit_s=self.limits.stop_s,
            lifted=halt.lifted,
        )

    def order_of_end(self, version: Version, at: Moment) -> Order | None:
        """The revocation or expiry that had ended `version` at `at`; an expiry needs no notice."""
        if version.end_kind == "revoked" and version.ended is not None and version.ended < at:
            return Order(
                kind="revoked",
                given=version.ended,
                told_at=told_at(self.evidence, version.end_notice),
                limit_s=self.limits.revocation_s,
            )
        if at.sandbox_at > version.grant.valid_until:
            return Order(
                kind="expired",
                given=version.ended or version.granted,
                told_at=self.expired_at(version, at),
                limit_s=EXPIRY_GRACE_S,
            )
        return None

    def expired_at(self, version: Version, at: Moment) -> datetime:
        """Wall time of an expiry: as the regulator saw it pass, or counted back from `at`."""
        if version.end_kind == "expired" and version.ended is not None:
            return version.ended.wall_at
        return at.wall_at - (at.sandbox_at - version.grant.valid_until)

    def blind(self, start: Moment, story: str) -> frozenset[str]:
        """Witnesses that a fault may have blinded between `start` and the end of its story."""
        windows = self.evidence.faults.values()
        if not windows:
            return frozenset()
        end = self.evidence.story_end(story)
        over = [window.witnesses for window in windows if window.overlaps(start, end)]
        return frozenset().union(*over)

    def faults_at(self, wall_at: datetime) -> Iterator[FaultWindow]:
        """Faults in force at a wall time, which is all that a merchant's sighting has."""
        for window in self.evidence.faults.values():
            reverted = window.reverted
            if window.armed.wall_at <= wall_at and (reverted is None or wall_at < reverted.wall_at):
                yield window

    def facts_of(self, joined: Joined, *, exact: bool) -> PayloadFacts:
        return PayloadFacts(
            at=joined.at,
            recipient=joined.arrival.recipient,
            digest=joined.arrival.body.sha256,
            grade=joined.grade,
            transmission=joined.transmission,
            exact_amount=exact,
        )


def late_by(order: Order | None, at: Moment) -> float | None:
    """Seconds since the platform was told, where that is beyond the order's limit; otherwise
    `None`."""
    if order is None or order.told_at is None or (order.lifted is not None and order.lifted < at):
        return None
    late = (at.wall_at - order.told_at).total_seconds()
    return round(late, 3) if late > order.limit_s else None


def doubt_of(joins: Iterable[Joined]) -> str | None:
    """Why a dossier that rests on these joins may be about something else."""
    for joined in joins:
        if joined.grade is Grade.AMBIGUOUS:
            return f"entry {joined.at.sequence} fits several open transmissions"
    return None


def assemble(evidence: Evidence) -> Assembly:
    """The whole run, joined."""
    payments = evidence.payments
    sources = {
        submitted.platform_payment: id
        for id, submitted in evidence.asked.items()
        if submitted.platform_payment
    }
    index = planted_index(payments.values())
    readings = Reader(evidence, payments, sources, index).read_all()
    joined = []
    found = {}
    tries, linkage = Tries(planted=index.planted), Linkage()
    for one, reading in Joiner(evidence, sources).join_all(readings):
        joined.append(one)
        persons = frozenset(payments[payment].payer.id for payment in one.payments)
        linkage.take(one.arrival.recipient, persons, reading.tokens)
        tries.about += reading.about
        tries.windows += reading.windows
        if reading.leaks:
            found[one.at.sequence] = reading.leaks
    evidence.arrivals.clear()  # They were many, and have been read.
    assembly = Assembly(
        evidence=evidence,
        limits=tighten(Limits(), evidence.run.get("limits", {})),
        payments=payments,
        asked=evidence.asked,
        joined=joined,
        leaks=_beyond_chance(found, tries),
        planted=index,
        linkage=linkage,
    )
    _file(assembly)
    return assembly


def _beyond_chance(found: dict[int, tuple[Leak, ...]], tries: Tries) -> dict[int, tuple[Leak, ...]]:
    """Without what chance explains."""
    chance = Chance(tries, (leak for leaks in found.values() for leak in leaks))
    proved = {
        entry: tuple(leak for leak in leaks if not chance.explains(leak))
        for entry, leaks in found.items()
    }
    return {entry: leaks for entry, leaks in proved.items() if leaks}


def _file(assembly: Assembly) -> None:
    """Lay out what the builders look up again and again."""
    for one in assembly.payloads():
        assembly.brought.setdefault(one.arrival.recipient, []).append(one)
        if one.repeats is None:
            _file_by_payment(assembly.carried, one)
            if one.transmission is not None:
                assembly.sent_under.setdefault(one.transmission, []).append(one)
    for id, submitted in assembly.asked.items():
        route = assembly.payments[id].recipient, assembly.payments[id].country
        assembly.asked_for.setdefault(route, []).append(submitted.sent_at)
    for times in assembly.asked_for.values():
        times.sort()
    for version in assembly.evidence.all_versions():
        assembly.versions.setdefault(version.grant.recipient, []).append(version)


def _file_by_payment(carried: dict[str, list[Joined]], one: Joined) -> None:
    """Most payments are carried once, so that those of one payload share the list of it alone."""
    alone = [one]
    for payment in one.payments:
        earlier = carried.setdefault(payment, alone)
        if len(earlier) > 1:
            earlier.append(one)
        elif earlier is not alone:
            carried[payment] = [*earlier, one]


def planted_index(payments: Iterable[Payment]) -> PlantedIndex:
    """Everything that the run planted: each payer's secrets, and the values of fields that no
    category knows."""
    secrets = {}
    payers: set[Person] = set()
    for payment in payments:
        if payment.payer not in payers:
            payers.add(payment.payer)
            for secret in planted(payment):
                secrets[secret.kind, secret.value] = secret
        for value in unlisted_values(payment):
            unlisted = Secret("unlisted_field", value, "-", payment.payer.id)
            secrets[unlisted.kind, value] = unlisted
    return PlantedIndex(secrets.values())


def unlisted_values(payment: Payment) -> list[str]:
    """Values of the fields that no category knows, but for those that hide an identifier: what they
    hide is looked for by itself."""
    if not payment.extra:
        return []
    known = planted(payment)
    values = payment.extra.values()
    return [value for value in values if not any(secret.value in value for secret in known)]
