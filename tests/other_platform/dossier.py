"""The 17 materials of a rectification, handed in from the last to the first, and the request to
look again."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from threading import Event
from typing import Any, TypeVar

from tests.other_platform.watch import USCC, Watch
from tests.other_platform.wire import NoAnswer

TITLES = (
    "Closure of every point found",
    "Certificate of the social credit code",
    "Identity of the legal representative",
    "Identity of the handler",
    "Authorisation of the handler",
    "Commitment",
    "Declaration form",
    "Risk assessment of data export",
    "Contracts with the recipients",
    "Impact assessment",
    "Inventory and classification",
    "Whitelist and rule book",
    "Evaluation of de-identification",
    "Connection plan and joint test",
    "Notice and consent",
    "Management system and drills",
    "Traceability of past exports",
)
TRIES = 8
T = TypeVar("T")


def hand_in(watch: Watch, case: str) -> dict[str, Any]:
    """The case after its re-inspection was asked for."""
    yesterday = (_persist(watch.sandbox_now) - timedelta(days=1)).date()
    for number, title in reversed(list(enumerate(TITLES, start=1))):
        material = {
            "title": title,
            "document_date": yesterday.isoformat(),
            "digest": sha256(f"{title}, {USCC}".encode()).hexdigest(),
            "sealed": True,
            "uscc": USCC,
        }
        _persist(partial(watch.regulator.put, f"/cases/{case}/materials/{number}", material))
    key = f"look-again.{secrets.token_hex(8)}"
    return _persist(partial(watch.regulator.post, f"/cases/{case}/reinspection", key=key))


def _persist(ask: Callable[[], T]) -> T:
    for tries in range(1, TRIES):
        try:
            return ask()
        except NoAnswer as silence:
            Event().wait(max(0.1 * tries, silence.retry_after_s))
    return ask()
