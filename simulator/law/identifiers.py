"""Check digits of the identifiers that the regulator reads: USCC, resident ID and bank card.

Every function takes the plain form: ASCII, no spaces, capital letters.
"""

from datetime import date

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015 leaves out I, O, S, V and Z, which are read as digits too easily."""
_DIGITS = frozenset("0123456789")
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"


def uscc_check(body: str) -> str:
    """Check character of 17 characters of a USCC: MOD 31 over powers of 3 (GB 32100-2015)."""
    total = sum(
        USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body)
    )
    return USCC_ALPHABET[-total % 31]


def is_uscc(value: str) -> bool:
    """Whether this is a well-formed USCC: a region of digits, right check."""
    return (
        len(value) == 18
        and set(value) <= set(USCC_ALPHABET)
        and set(value[2:8]) <= _DIGITS
        and value[17] == uscc_check(value[:17])
    )


def resident_id_check(body: str) -> str:
    """Check character of 17 digits of a resident ID: ISO 7064 MOD 11-2 (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def is_resident_id(value: str) -> bool:
    """Whether this is a well-formed 18-character resident ID, whatever its region."""
    if len(value) != 18 or not set(value[:17]) <= _DIGITS:
        return False
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    return value[17] == resident_id_check(value[:17])


def luhn_check(body: str) -> str:
    """Check digit that makes `body` valid under Luhn (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def is_card(value: str) -> bool:
    """Whether this is a well-formed card number: 13 to 19 digits, right check."""
    return 13 <= len(value) <= 19 and set(value) <= _DIGITS and value[-1] == luhn_check(value[:-1])
