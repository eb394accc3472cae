"""The awkward ways in which merchants write identifiers: a platform must desensitise these too."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, get_args

from scenarios.traffic.payments import Payment
from scenarios.traffic.people import Person
from simulator.catalogue import suggest

Form = Literal[
    "country_code",
    "spaced_mobile",
    "spaced_card",
    "full_width",
    "lower_case_x",
    "in_note",
    "in_extra",
]
FORMS: tuple[Form, ...] = get_args(Form)

_TO_FULL_WIDTH = {ord(c): ord(c) - 0x20 + 0xFF00 for c in "0123456789X"}


class UnknownForm(LookupError):
    """A form that has no way of writing; the message lists the right ones."""


def write_awkwardly(payment: Payment, form: str) -> Payment:
    """The payment in this form; `plain` of its payer stays the same."""
    if form not in _WAYS:
        raise UnknownForm(f"there is no awkward form {form!r}; {suggest(form, _WAYS)}")
    return _WAYS[form](payment)


def _with_payer(change: Callable[[Person], Person]) -> Callable[[Payment], Payment]:
    return lambda payment: replace(payment, payer=change(payment.payer))


def _country_code(person: Person) -> Person:
    return replace(person, mobile=f"+86 {person.mobile}")


def _spaced_mobile(person: Person) -> Person:
    mobile = person.mobile
    return replace(person, mobile=f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}")


def _spaced_card(person: Person) -> Person:
    card = person.card
    return replace(person, card=" ".join(card[at : at + 4] for at in range(0, len(card), 4)))


def _full_width(person: Person) -> Person:
    return replace(
        person,
        resident_id=person.resident_id.translate(_TO_FULL_WIDTH),
        mobile=person.mobile.translate(_TO_FULL_WIDTH),
        card=person.card.translate(_TO_FULL_WIDTH),
    )


def _lower_case_x(person: Person) -> Person:
    return replace(person, resident_id=person.resident_id.lower())


def _in_note(payment: Payment) -> Payment:
    payer = payment.payer
    return replace(payment, note=f"请联系 {payer.mobile}, ID {payer.resident_id}, 谢谢")


def _in_extra(payment: Payment) -> Payment:
    payer = payment.payer
    hidden = {"buyer_ref": payer.resident_id, "memo": f"card {payer.card} / {payer.email}"}
    return replace(payment, extra=payment.extra | hidden)


_WAYS: dict[str, Callable[[Payment], Payment]] = {
    "country_code": _with_payer(_country_code),
    "spaced_mobile": _with_payer(_spaced_mobile),
    "spaced_card": _with_payer(_spaced_card),
    "full_width": _with_payer(_full_width),
    "lower_case_x": _with_payer(_lower_case_x),
    "in_note": _in_note,
    "in_extra": _in_extra,
}
