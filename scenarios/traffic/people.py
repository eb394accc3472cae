"""The Chinese payers: who they are, and what of them must never be seen abroad."""

from dataclasses import dataclass

from faker import Faker

from scenarios.traffic import synthetic
from scenarios.traffic.counting import NINE, Draws, Spread, spelled

_SIMPLE_HEX = "012345678abcdef"  # Without 9, so that no device id holds a 99.
_LETTERS_A_DRAW = 11
"""As many as 64 bits can spell."""
_SLOTS = 16
"""Draws that each person has."""
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ2345678"


@dataclass(frozen=True, slots=True)
class Person:
    """One payer. Every value is unique in the run and belongs to nobody."""

    id: str
    name: str
    resident_id: str
    mobile: str
    card: str
    email: str
    address: str
    device_id: str
    password: str
    """Planted to be found: authentication data (C3) that no merchant ever sends."""
    biometric: str
    """Planted like `password`: the text form of a template."""


class People:
    """Makes the people of one seed; a number gives the same person whoever was made before."""

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed, "people")
        self._draw_pools(seed)
        name_count = len(self._surnames) * len(self._given) ** 2
        self._names = Spread(name_count, seed, "names")
        self._resident_ids = Spread(synthetic.RESIDENT_IDS, seed, "resident ids")
        self._mobiles = Spread(synthetic.MOBILES, seed, "mobiles")
        self._cards = Spread(synthetic.CARDS, seed, "cards")
        self._handles = Spread(synthetic.HANDLES, seed, "e-mail addresses")
        self._devices = Spread(6**10, seed, "devices")
        self._canaries = Spread(len(_LETTERS) ** 4, seed, "canaries")
        self._addresses = Spread(synthetic.ADDRESSES, seed, "addresses")
        self._made: dict[int, Person] = {}

    def _draw_pools(self, seed: int) -> None:
        fake = Faker("zh_CN", use_weighting=False)
        fake.seed_instance(seed)
        surnames = dict.fromkeys(fake.last_name() for _ in range(4000))
        # Names of one length: none can be found inside another.
        self._surnames = [surname for surname in surnames if len(surname) == 1]
        self._given = list(dict.fromkeys(c for _ in range(2000) for c in fake.first_name()))
        self._romanised = [fake.romanized_name() for _ in range(500)]
        self._streets = [fake.street_name() for _ in range(500)]
        self._cities = list(dict.fromkeys(fake.city_name() for _ in range(500)))
        self._provinces = list(dict.fromkeys(fake.province() for _ in range(500)))

    def __getitem__(self, number: int) -> Person:
        if number not in self._made:
            self._made[number] = self._make(number)
        return self._made[number]

    def _make(self, number: int) -> Person:
        device = spelled(self._devices[number], "abcdef", 10)
        canary = spelled(self._canaries[number], _LETTERS, 4)
        return Person(
            id=f"person-{spelled(number, NINE, 8)}",
            name=self._name(self._names[number]),
            resident_id=synthetic.resident_id(self._resident_ids[number]),
            mobile=synthetic.mobile(self._mobiles[number]),
            card=synthetic.card(self._cards[number]),
            email=synthetic.email(self._one_of(self._romanised, number, 0), self._handles[number]),
            address=synthetic.address(
                self._one_of(self._provinces, number, 1),
                self._one_of(self._cities, number, 2),
                self._one_of(self._streets, number, 3),
                self._addresses[number],
            ),
            device_id=self._letters(_SIMPLE_HEX, 22, number, 4) + device,
            password="Pw" + self._letters(_LETTERS, 12, number, 6) + canary,
            biometric="Face" + self._letters(_LETTERS, 24, number, 8) + canary,
        )

    def _one_of(self, pool: list[str], number: int, slot: int) -> str:
        """What is drawn for this person in this slot."""
        return pool[self._draws.below(_SLOTS * number + slot, len(pool))]

    def _letters(self, alphabet: str, count: int, number: int, slot: int) -> str:
        """Letters drawn for this person; every eleven take up a slot."""
        drawn = ""
        for place in range(0, count, _LETTERS_A_DRAW):
            width = min(_LETTERS_A_DRAW, count - place)
            bits = self._draws[_SLOTS * number + slot + place // _LETTERS_A_DRAW]
            drawn += spelled(bits % len(alphabet) ** width, alphabet, width)
        return drawn

    def _name(self, number: int) -> str:
        rest, second = divmod(number, len(self._given))
        surname, first = divmod(rest, len(self._given))
        return self._surnames[surname] + self._given[first] + self._given[second]
