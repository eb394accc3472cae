"""The merchants who are paid: six countries of South-East Asia, with their currencies, trades,
sizes and hours.

Domestic merchants are Chinese; a payment to one of them stays in the country.
"""

from dataclasses import dataclass

from faker import Faker

from scenarios.traffic.counting import NINE, spelled, stream


@dataclass(frozen=True, slots=True)
class Market:
    """A country that merchants are in. `hours_ahead` is its offset from UTC."""

    country: str
    currency: str
    locale: str
    """The Faker locale of its company names; English where Faker has none for the country."""
    hours_ahead: int
    cities: tuple[str, ...]
    usual_amount: int
    """The amount in the middle, in hundreds of minor units."""


MARKETS: tuple[Market, ...] = (
    Market("SG", "SGD", "en_GB", 8, ("Singapore",), 1_800),
    Market("MY", "MYR", "en_US", 8, ("Kuala Lumpur", "George Town", "Johor Bahru", "Ipoh"), 3_600),
    Market("TH", "THB", "th_TH", 7, ("Bangkok", "Chiang Mai", "Phuket", "Hat Yai"), 14_000),
    Market("ID", "IDR", "id_ID", 7, ("Jakarta", "Surabaya", "Bandung", "Medan"), 4_000_000),
    Market("VN", "VND", "vi_VN", 7, ("Hanoi", "Ho Chi Minh City", "Da Nang", "Hai Phong"), 60_000),
    Market("PH", "PHP", "en_PH", 8, ("Manila", "Cebu City", "Davao City", "Quezon City"), 22_000),
)
HOME = Market("CN", "CNY", "zh_CN", 8, ("上海", "杭州", "广州", "成都"), 2_600)
MINOR_DIGITS = {"SGD": 2, "MYR": 2, "THB": 2, "IDR": 2, "VND": 0, "PHP": 2, "CNY": 2}
"""Decimal places of each currency (ISO 4217)."""

# Merchant category code, first and last opening hour in local time.
_TRADES = (
    ("4722", 9, 20),  # travel agency
    ("5311", 10, 22),  # department store
    ("5411", 7, 23),  # grocery
    ("5651", 10, 22),  # clothing
    ("5732", 10, 21),  # electronics
    ("5812", 11, 23),  # restaurant
    ("5912", 8, 22),  # pharmacy
    ("5964", 0, 24),  # catalogue and on-line shop
    ("7011", 0, 24),  # hotel
    ("8062", 0, 24),  # hospital
)
_LARGEST = 400


@dataclass(frozen=True, slots=True)
class Merchant:
    """One merchant. `name` is unique in the run and may lawfully leave."""

    id: str
    name: str
    country: str
    currency: str
    mcc: str
    city: str
    weight: int = 1
    """How many payments it takes, compared with others."""
    opens_hour: int = 0
    closes_hour: int = 24
    """Local time; opens before it closes."""

    def open_at(self, utc_hour: int) -> bool:
        """Whether it takes payments in this hour of the day, UTC."""
        local = (utc_hour + market_of(self.country).hours_ahead) % 24
        return self.opens_hour <= local < self.closes_hour


_BY_COUNTRY = {market.country: market for market in (*MARKETS, HOME)}


def market_of(country: str) -> Market:
    """The market of a country; one without a market keeps UTC hours and Singapore's amounts."""
    return _BY_COUNTRY.get(country, Market(country, "SGD", "en_US", 0, (country,), 1_800))


class Merchants:
    """Makes the merchants of one seed; the countries take turns."""

    def __init__(self, seed: int, markets: tuple[Market, ...], prefix: str) -> None:
        self._seed, self._markets, self._prefix = seed, markets, prefix
        self._companies: dict[str, list[str]] = {}
        self._made: dict[int, Merchant] = {}

    def __getitem__(self, number: int) -> Merchant:
        if number not in self._made:
            self._made[number] = self._make(number)
        return self._made[number]

    def _make(self, number: int) -> Merchant:
        draws = stream(self._seed, self._prefix, number)
        market = self._markets[number % len(self._markets)]
        mcc, opens, closes = draws.choice(_TRADES)
        counted = spelled(number, NINE, 5)
        return Merchant(
            id=f"{self._prefix}-{market.country.lower()}-{counted}",
            name=f"{draws.choice(self._names(market))} No. {counted}",
            country=market.country,
            currency=market.currency,
            mcc=mcc,
            city=draws.choice(market.cities),
            # A few large merchants and many small ones.
            weight=min(_LARGEST, round(10 * draws.paretovariate(1.2))),
            opens_hour=opens,
            closes_hour=closes,
        )

    def _names(self, market: Market) -> list[str]:
        if market.locale not in self._companies:
            fake = Faker(market.locale, use_weighting=False)
            fake.seed_instance(f"{self._seed}/{market.country}")
            self._companies[market.locale] = [fake.company() for _ in range(500)]
        return self._companies[market.locale]
