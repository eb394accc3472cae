"""All the traffic of one run, from one seed: the same calls give the same bytes."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from scenarios.traffic import synthetic
from scenarios.traffic.amounts import Amounts
from scenarios.traffic.awkward import write_awkwardly
from scenarios.traffic.counting import CONSONANTS, NINE, Spread, spelled, stream
from scenarios.traffic.merchants import HOME, MARKETS, Merchant, Merchants, market_of
from scenarios.traffic.payments import Payment
from scenarios.traffic.people import People, Person

_NOTES = ("", "", "", "gift", "订单", "旅行", "order paid in the app", "tax included", "生日快乐")
_USUAL_PEOPLE = 500
_USUAL_MERCHANTS = 200
_USUAL_DOMESTIC_MERCHANTS = 20


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
        self._amounts = Amounts()
        self._numbers = itertools.count(1)
        # Runs of different seeds may meet on one platform, and must not share payment ids there.
        tags = len(CONSONANTS) ** 5
        self._tag = spelled(stream(seed, "tag").randrange(tags), CONSONANTS, 5)

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
        usual = self.merchants(_USUAL_MERCHANTS) if merchants is None else merchants
        abroad = _Choice(_open(usual, at))
        at_home = _Choice(self.domestic_merchants(_USUAL_DOMESTIC_MERCHANTS))
        for number in self._next_numbers(count):
            draws = stream(self.seed, "payment", number)
            domestic = draws.random() < domestic_share
            merchant = (at_home if domestic else abroad).drawn(draws)
            payer = draws.choice(payers) if payers else self._any_payer(draws)
            route = None if domestic else _route_for(merchant, routes, draws)
            yield self._make(number, draws, merchant, payer, route, domestic)

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
        draws = stream(self.seed, "payment", number)
        if merchant is None:
            usual = (
                self.domestic_merchants(_USUAL_DOMESTIC_MERCHANTS)
                if domestic
                else self.merchants(_USUAL_MERCHANTS)
            )
            merchant = _Choice(usual).drawn(draws)
        made = self._make(
            number,
            draws,
            merchant,
            payer or self._any_payer(draws),
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
        choice = _Choice(self.merchants(_USUAL_MERCHANTS) if merchants is None else merchants)
        draws = stream(self.seed, "day", on.isoformat())
        visits: list[tuple[datetime, int, Merchant]] = []
        for turn in range(count):
            merchant = choice.drawn(draws)
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

    def _any_payer(self, draws: random.Random) -> Person:
        return self._people[draws.randrange(_USUAL_PEOPLE)]

    def _make(
        self,
        number: int,
        draws: random.Random,
        merchant: Merchant,
        payer: Person,
        route: Route | None,
        domestic: bool,
    ) -> Payment:
        return Payment(
            id=f"pay-{self._tag}-{spelled(number, NINE, 8)}",
            merchant=merchant,
            payer=payer,
            amount_minor=self._amounts.near(market_of(merchant.country).usual_amount, draws),
            currency=merchant.currency,
            recipient=route.recipient if route else None,
            country=route.country if route else None,
            domestic=domestic,
            note=draws.choice(_NOTES),
        )

    def _next_person_with_x(self, payer: Person) -> Person:
        numbers = itertools.count(int(payer.id.removeprefix("person-"), len(NINE)))
        return next(
            self._people[number]
            for number in numbers
            if self._people[number].resident_id.endswith("X")
        )


class _Choice:
    """Draws merchants by their weights."""

    def __init__(self, merchants: Sequence[Merchant]) -> None:
        self._merchants = merchants
        self._summed = list(itertools.accumulate(merchant.weight for merchant in merchants))

    def drawn(self, draws: random.Random) -> Merchant:
        return draws.choices(self._merchants, cum_weights=self._summed)[0]


def _open(merchants: Sequence[Merchant], at: datetime | None) -> Sequence[Merchant]:
    """The merchants open at this moment; `None` means all of them."""
    if at is None:
        return merchants
    moment = at.astimezone(UTC)
    found = [merchant for merchant in merchants if merchant.open_at(moment.hour)]
    if not found:
        raise NobodyOpen(f"none of {len(merchants)} merchants is open at {moment.isoformat()}")
    return found


def _route_for(merchant: Merchant, routes: Sequence[Route], draws: random.Random) -> Route | None:
    near = [route for route in routes if route.country == merchant.country]
    return draws.choice(near or routes) if routes else None


def _time_of_visit(merchant: Merchant, on: date, draws: random.Random) -> datetime:
    local_hour = draws.triangular(merchant.opens_hour, merchant.closes_hour)
    hours = min(local_hour, merchant.closes_hour - 0.001) - market_of(merchant.country).hours_ahead
    return datetime.combine(on, time(), UTC) + timedelta(hours=hours)
