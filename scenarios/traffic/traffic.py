"""All the traffic of one run, from one seed: the same calls give the same bytes."""

import bisect
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from scenarios.traffic import synthetic
from scenarios.traffic.amounts import Amounts
from scenarios.traffic.awkward import write_awkwardly
from scenarios.traffic.counting import CONSONANTS, NINE, Draws, Spread, spelled, stream
from scenarios.traffic.merchants import HOME, MARKETS, Merchant, Merchants, market_of
from scenarios.traffic.payments import Payment
from scenarios.traffic.people import People, Person

NOTES = ("", "", "", "gift", "订单", "旅行", "order paid in the app", "tax included", "生日快乐")
USUAL_PEOPLE = 500
USUAL_MERCHANTS = 200
USUAL_DOMESTIC_MERCHANTS = 20


@dataclass(frozen=True, slots=True)
class Route:
    """Where the data of a payment may go: a recipient abroad and its country."""

    recipient: str
    country: str


class NobodyOpen(ValueError):
    """An hour in which every merchant is closed."""


class Traffic:
    """Makes people, merchants and payments.

    People and merchants are numbered: `people(20)` are the first twenty of `people(500)`. Payments
    go on counting from call to call, so that ids and amounts are unique in the run.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.uscc = synthetic.uscc(Spread(synthetic.USCCS, seed, "usccs")[0])
        """The unified social credit code of the platform under test."""
        self._people = People(seed)
        self._merchants = Merchants(seed, MARKETS, "merchant")
        self._domestic_merchants = Merchants(seed, (HOME,), "domestic")
        self.choices = Choices(seed)
        self._numbers = itertools.count(1)
        # Runs of different seeds may meet on one platform, and must not share payment ids there.
        tags = len(CONSONANTS) ** 5
        self.tag = spelled(stream(seed, "tag").randrange(tags), CONSONANTS, 5)

    def people(self, count: int) -> list[Person]:
        """The first `count` people."""
        return [self._people[number] for number in range(count)]

    def merchants(self, count: int) -> list[Merchant]:
        """The first `count` merchants abroad; their countries take turns."""
        return [self._merchants[number] for number in range(count)]

    def domestic_merchants(self, count: int) -> list[Merchant]:
        """The first `count` merchants in China."""
        return [self._domestic_merchants[number] for number in range(count)]

    def payments(
        self,
        count: int | None = None,
        *,
        merchants: Sequence[Merchant] | None = None,
        payers: Sequence[Person] | None = None,
        routes: Sequence[Route] = (),
        domestic_share: float = 0.0,
        at: datetime | None = None,
    ) -> Iterator[Payment]:
        """`count` payments, or without end; large merchants take more of them.

        Each goes to a route in the merchant's own country where `routes` has one, otherwise to any
        of them; without routes the platform chooses. With `at`, only merchants open at that moment
        take payments.
        """
        usual = self.merchants(USUAL_MERCHANTS) if merchants is None else merchants
        abroad = _Weighted(_open(usual, at))
        at_home = _Weighted(self.domestic_merchants(USUAL_DOMESTIC_MERCHANTS))
        choices = self.choices
        for number in self._next_numbers(count):
            domestic = bool(choices.domestic.share(number) < domestic_share)
            weighted = at_home if domestic else abroad
            merchant = weighted.at(choices.merchant.below(number, weighted.total))
            payer = self._payer(number, payers)
            near = () if domestic else routes_for(merchant, routes)
            route = near[choices.route.below(number, len(near))] if near else None
            yield self._make(number, merchant, payer, route, domestic)

    def payment(
        self,
        *,
        merchant: Merchant | None = None,
        payer: Person | None = None,
        route: Route | None = None,
        domestic: bool = False,
        note: str | None = None,
        extra: dict[str, str] | None = None,
    ) -> Payment:
        """The next payment; whatever is not given is drawn. A domestic payment has no route."""
        (number,) = self._next_numbers(1)
        if merchant is None:
            usual = _Weighted(
                self.domestic_merchants(USUAL_DOMESTIC_MERCHANTS)
                if domestic
                else self.merchants(USUAL_MERCHANTS)
            )
            merchant = usual.at(self.choices.merchant.below(number, usual.total))
        made = self._make(
            number,
            merchant,
            payer or self._payer(number, None),
            None if domestic else route,
            domestic,
        )
        return replace(made, note=made.note if note is None else note, extra=dict(extra or {}))

    def one_each(
        self, merchants: Sequence[Merchant], *, routes: Sequence[Route] = ()
    ) -> Iterator[Payment]:
        """One payment of every merchant, in their order."""
        for merchant in merchants:
            yield from self.payments(1, merchants=[merchant], routes=routes)

    def day(
        self,
        count: int,
        on: date,
        *,
        merchants: Sequence[Merchant] | None = None,
        routes: Sequence[Route] = (),
    ) -> Iterator[tuple[datetime, Payment]]:
        """`count` payments of one day in the order of their times, each while its merchant is open,
        most of them in the middle of its day. Times are UTC; the day is the merchant's own."""
        weighted = _Weighted(self.merchants(USUAL_MERCHANTS) if merchants is None else merchants)
        draws = stream(self.seed, "day", on.isoformat())
        visits: list[tuple[datetime, int, Merchant]] = []
        for turn in range(count):
            merchant = weighted.at(draws.randrange(weighted.total))
            visits.append((_time_of_visit(merchant, on, draws), turn, merchant))
        for moment, _, merchant in sorted(visits, key=lambda visit: visit[:2]):
            (payment,) = self.payments(1, merchants=[merchant], routes=routes)
            yield moment, payment

    def awkward(self, payment: Payment, form: str) -> Payment:
        """The payment with its identifiers written in one of `awkward.FORMS`; `planted` still knows
        the plain ones.

        `lower_case_x` needs an ID that ends in X, so the next person who has one becomes the payer.
        """
        if form == "lower_case_x":
            payment = replace(payment, payer=self._next_person_with_x(payment.payer))
        return write_awkwardly(payment, form)

    def _next_numbers(self, count: int | None) -> Iterator[int]:
        return self._numbers if count is None else itertools.islice(self._numbers, count)

    def _payer(self, number: int, payers: Sequence[Person] | None) -> Person:
        """One of `payers`, or of the usual ones."""
        if payers:
            return payers[self.choices.payer.below(number, len(payers))]
        return self._people[self.choices.payer.below(number, USUAL_PEOPLE)]

    def _make(
        self,
        number: int,
        merchant: Merchant,
        payer: Person,
        route: Route | None,
        domestic: bool,
    ) -> Payment:
        usual_amount = market_of(merchant.country).usual_amount
        return Payment(
            id=f"pay-{self.tag}-{spelled(number, NINE, 8)}",
            merchant=merchant,
            payer=payer,
            amount_minor=self.choices.amounts.of(number, usual_amount),
            currency=merchant.currency,
            recipient=route.recipient if route else None,
            country=route.country if route else None,
            domestic=domestic,
            note=NOTES[self.choices.note.below(number, len(NOTES))],
        )

    def _next_person_with_x(self, payer: Person) -> Person:
        numbers = itertools.count(int(payer.id.removeprefix("person-"), len(NINE)))
        return next(
            self._people[number]
            for number in numbers
            if self._people[number].resident_id.endswith("X")
        )


class Choices:
    """What is drawn for each payment, by its number."""

    def __init__(self, seed: int) -> None:
        self.domestic = Draws(seed, "domestic payments")
        self.merchant = Draws(seed, "merchants of payments")
        self.payer = Draws(seed, "payers of payments")
        self.route = Draws(seed, "routes of payments")
        self.note = Draws(seed, "notes of payments")
        self.amounts = Amounts(seed)


class _Weighted:
    """Merchants by their weights."""

    def __init__(self, merchants: Sequence[Merchant]) -> None:
        self._merchants = merchants
        self._summed = list(itertools.accumulate(merchant.weight for merchant in merchants))
        self.total = self._summed[-1]

    def at(self, place: int) -> Merchant:
        """The merchant at a place below `total`; a large one takes up more places."""
        return self._merchants[bisect.bisect_right(self._summed, place)]


def _open(merchants: Sequence[Merchant], at: datetime | None) -> Sequence[Merchant]:
    """The merchants open at this moment; `None` means all of them."""
    if at is None:
        return merchants
    moment = at.astimezone(UTC)
    found = [merchant for merchant in merchants if merchant.open_at(moment.hour)]
    if not found:
        raise NobodyOpen(f"none of {len(merchants)} merchants is open at {moment.isoformat()}")
    return found


def routes_for(merchant: Merchant, routes: Sequence[Route]) -> Sequence[Route]:
    """Those in the merchant's own country, or all where there is none."""
    return [route for route in routes if route.country == merchant.country] or routes


def _time_of_visit(merchant: Merchant, on: date, draws: random.Random) -> datetime:
    local_hour = draws.triangular(merchant.opens_hour, merchant.closes_hour)
    hours = min(local_hour, merchant.closes_hour - 0.001) - market_of(merchant.country).hours_ahead
    return datetime.combine(on, time(), UTC) + timedelta(hours=hours)
