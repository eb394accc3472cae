"""Identifiers that look real, pass their check digits, and cannot be anybody's.

- resident ID: a region that exists, a birth date between 1880 and 1889; nobody so old is alive
- mobile: segment 154, which no network was ever given
- card: starts with 620000, an issuer number that no bank was given
- USCC: region 990000, which no place has
- e-mail: domains that RFC 2606 reserves for examples
- address: a district called 示例区 ("example district"), which no city has

`number` is any number below the range of its kind; different numbers give different identifiers.
"""

from datetime import date, timedelta

from scenarios.traffic.counting import CONSONANTS, NINE, spelled
from simulator.law.identifiers import USCC_ALPHABET, luhn_check, resident_id_check, uscc_check

MOBILE_SEGMENT = "154"
CARD_ISSUER = "620000"
USCC_REGION = "990000"
EXAMPLE_DISTRICT = "示例区"
EMAIL_DOMAINS = ("example.com", "example.net", "example.org")
FIRST_BIRTH, LAST_BIRTH = date(1880, 1, 1), date(1889, 12, 31)

# Counties that have kept their code since there are codes; none of them ends in a 9.
REGIONS = (
    "110101", "110102", "110105", "120101", "120102", "140121", "140122", "150121", "150122",
    "210224", "310101", "310104", "330122", "330127", "340121", "350121", "360121", "430121",
    "510121", "520203", "530124", "540121", "620121", "620122", "640121", "640122", "650121",
)  # fmt: skip

_BIRTHS = (LAST_BIRTH - FIRST_BIRTH).days + 1
_SEQUENCES = 9**3 - 1  # 000 is never given.
RESIDENT_IDS = len(REGIONS) * _BIRTHS * _SEQUENCES
MOBILES = 9**8
CARDS = 9**9
ADDRESSES = 9**8
HANDLES = len(CONSONANTS) ** 6
USCCS = len(USCC_ALPHABET) ** 5


def resident_id(number: int) -> str:
    """An 18-character resident ID (GB 11643-1999)."""
    rest, sequence = divmod(number, _SEQUENCES)
    rest, days = divmod(rest, _BIRTHS)
    birth = FIRST_BIRTH + timedelta(days=days)
    body = f"{REGIONS[rest]}{birth:%Y%m%d}{spelled(sequence + 1, NINE, 3)}"
    return body + resident_id_check(body)


def mobile(number: int) -> str:
    """An 11-digit mainland mobile number."""
    return MOBILE_SEGMENT + spelled(number, NINE, 8)


def card(number: int) -> str:
    """A 16-digit card number."""
    body = CARD_ISSUER + spelled(number, NINE, 9)
    return body + luhn_check(body)


def email(romanised_name: str, number: int) -> str:
    """An address under an example domain; `romanised_name` is for the reader, the letters after it
    are unique."""
    mailbox = ".".join(romanised_name.lower().split())
    domain = EMAIL_DOMAINS[number % len(EMAIL_DOMAINS)]
    return f"{mailbox}.{spelled(number, CONSONANTS, 6)}@{domain}"


def address(province: str, city: str, street: str, number: int) -> str:
    """A street address in a district that no city has; house and room together are unique."""
    house_and_room = spelled(number, NINE, 8)
    return (
        f"{province}{city}市{EXAMPLE_DISTRICT}{street}{house_and_room[:4]}号{house_and_room[4:]}室"
    )


def uscc(number: int) -> str:
    """An 18-character unified social credit code of a company (GB 32100-2015)."""
    body = f"91{USCC_REGION}MA5" + spelled(number, USCC_ALPHABET, 5)
    body += _organisation_check(body[8:])
    return body + uscc_check(body)


def _organisation_check(body: str) -> str:
    """Check character of the eight characters of an organisation code (GB 11714-1997)."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = (int(character, 36) for character in body)
    check = -sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    return "X" if check == 10 else str(check)
