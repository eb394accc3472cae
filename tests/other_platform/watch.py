"""The platform's standing with the regulator: registered, declared, and told of every change.

Nothing is remembered of stops and suspensions. A notice only says that something has changed: all
permits are read anew before it is acknowledged, and before every sending the regulator is asked
again.
"""

import logging
import secrets
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.other_platform.batch import Permit
from tests.other_platform.ledger import Ledger
from tests.other_platform.payload import COLUMNS
from tests.other_platform.regulator import REGISTER, Refused, Regulator, public_half
from tests.other_platform.wire import NoAnswer

USCC = "92990000MA2PAY0TXP"
"""Of a region that does not exist: it cannot be a real company's."""
CONTRACTS = (("acquirer-sg", "SG"), ("acquirer-th", "TH"))
POLL_S = 0.05
POLLS_BETWEEN_LOOKS = 20
FRESH_S = 0.5
"""What took longer to be told may have changed meanwhile."""

log = logging.getLogger(__name__)


class Watch:
    """Asks for notices, many times a second, and knows the permits of the last look."""

    def __init__(self, ledger: Ledger, regulator_url: str, passcode: str) -> None:
        self._ledger, self._passcode = ledger, passcode
        if ledger.get("identity", "key") is None:
            fresh = Ed25519PrivateKey.generate().private_bytes_raw()
            ledger.keep("identity", "key", b64encode(fresh).decode())
        raw = b64decode(ledger.get("identity", "key"))
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.regulator = Regulator(regulator_url, self._key)
        self._permits: dict[tuple[str, str], Permit] = {}
        self._news = threading.Condition()
        self.news_count = 0
        self.on_news: Callable[[], None] = lambda: None
        """Called after every change."""
        self._recall_registration()

    @property
    def is_ready(self) -> bool:
        """Registered, and a permit known for every contract."""
        return all(contract in self._permits for contract in CONTRACTS)

    def permit(self, route: tuple[str, str]) -> Permit | None:
        """As of the last look."""
        return self._permits.get(route)

    def look(self) -> None:
        """Reads every permit; only what the regulator has signed counts."""
        found: dict[tuple[str, str], Permit] = {}
        query: str | None = "limit=200"
        while query is not None:
            told = self.regulator.get("/authorizations", query)
            for item in filter(self.regulator.has_signed, told["items"]):
                permit = _permit(item)
                found[permit.recipient, permit.country] = permit
            cursor = told.get("next_cursor")
            query = f"cursor={cursor}&limit=200" if cursor else None
        if found != self._permits:
            self._permits = found
            self._tell_news()

    def standing(self, permit: Permit) -> str:
        """What the regulator says of this version at this moment; `stale` or `gone` if it has
        another, or none."""
        asked_at = time.monotonic()
        try:
            told = self.regulator.get(f"/authorizations/{permit.id}")
        except Refused:
            return "gone"
        if time.monotonic() - asked_at > FRESH_S:
            raise NoAnswer("the permit was told too late to be relied upon")
        if not self.regulator.has_signed(told):
            return "gone"
        return str(told["status"]) if told["version"] == permit.version else "stale"

    def await_news(self, since: int, within_s: float) -> None:
        """Returns when there has been news since that count, or when the time is up."""
        with self._news:
            self._news.wait_for(lambda: self.news_count != since, within_s)

    def _tell_news(self) -> None:
        with self._news:
            self.news_count += 1
            self._news.notify_all()
        self.on_news()

    def run(self) -> None:
        """Watches until the process ends."""
        rounds = 0
        while True:
            pause_s = POLL_S
            try:
                self._attend(look=rounds % POLLS_BETWEEN_LOOKS == 0)
                rounds += 1
            except NoAnswer as silence:
                pause_s = max(POLL_S, silence.retry_after_s)
            except Refused as refused:
                log.warning("the regulator refused: %s", refused)
                pause_s = 10 * POLL_S
            except Exception:  # One bad round must not leave the platform deaf.
                log.exception("a round of the watch failed")
                pause_s = 10 * POLL_S
            threading.Event().wait(pause_s)

    def _attend(self, *, look: bool) -> None:
        if not self.regulator.key_id:
            self._register()
        self._hear()
        if look or not self.is_ready:
            self.look()
        for contract in CONTRACTS:
            if contract not in self._permits:
                self._declare(*contract)

    def _register(self) -> None:
        message = {
            "passcode": self._passcode,
            "uscc": USCC,
            "name": "Other Platform (synthetic)",
            "key": {"algorithm": "ed25519", "public_key": public_half(self._key)},
            "callback_url": None,
        }
        self._ledger.keep("identity", "registration", self.regulator.post(REGISTER, message))
        self._recall_registration()

    def _recall_registration(self) -> None:
        told = self._ledger.get("identity", "registration")
        if told is not None:
            self.regulator.key_id = told["key_id"]
            self.regulator.public_key = told["regulator_public_key"]

    def _hear(self) -> None:
        """Acts on news before it acknowledges any; what is not acknowledged is heard again."""
        heard = self._ledger.get("identity", "heard") or 0
        notices = self.regulator.get("/notices", f"after={heard}")["items"]
        if notices:
            self.look()
            self._tell_news()
        for notice in notices:
            self.regulator.post(f"/notices/{notice['id']}/acknowledgement")
            self._ledger.keep("identity", "heard", notice["sequence"])

    def _declare(self, recipient: str, country: str) -> None:
        """Declares once, and again only where an accepted declaration has come to nothing."""
        kept: dict[str, Any] | None = self._ledger.get("declaration", recipient)
        if kept is None or kept["status"] == "accepted":
            if kept is not None:  # The regulator has begun anew, and counts its notices from 1.
                self._ledger.keep("identity", "heard", 0)
            message = declaration(recipient, country, self.sandbox_now())
            kept = {"key": f"declare.{secrets.token_hex(8)}", "message": message, "id": ""}
            self._ledger.keep("declaration", recipient, kept | {"status": "new"})
        if kept["id"]:
            told = self.regulator.get(f"/declarations/{kept['id']}")
        else:
            told = self.regulator.post("/declarations", kept["message"], key=kept["key"])
        kept = kept | {"id": told["id"], "status": told["status"]}
        self._ledger.keep("declaration", recipient, kept)
        if told["status"] == "accepted":
            self.look()

    def sandbox_now(self) -> datetime:
        return datetime.fromisoformat(self.regulator.get("/time")["sandbox"])


def declaration(recipient: str, country: str, begins: datetime) -> dict[str, Any]:
    """What is declared is what the columns let out."""
    return {
        "purpose": "clearing of card payments abroad",
        "legal_basis": "PIPL art. 13(1)(2), art. 39: contract with the payer, separate consent",
        "recipient": recipient,
        "country": country,
        "fields": [
            {"name": column.name, "category": column.category, "desensitisation": column.how}
            for column in COLUMNS
        ],
        "records": 500_000,
        "persons": 200_000,
        "valid_from": begins.isoformat(),
        "valid_until": (begins + timedelta(days=365)).isoformat(),
    }


def _permit(told: dict[str, Any]) -> Permit:
    fields: Sequence[dict[str, str]] = told["fields"]
    return Permit(
        id=told["id"],
        version=told["version"],
        recipient=told["recipient"],
        country=told["country"],
        purpose=told["purpose"],
        status=told["status"],
        categories=tuple(sorted({field["category"] for field in fields})),
    )
