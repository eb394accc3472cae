"""What leaves, column by column; the same table is what the platform declares.

A payload is a form: the batch, the names of the columns, and one `line` an order with its columns
between bars. Whatever no column names stays at home.
"""

import hashlib
import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

RULES = "bars-3"
"""Version of these rules, as lineage names it."""
BAR = "|"
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Order:
    """What a merchant handed in: the form as it came, which never leaves, and what became of it."""

    ref: str
    form: dict[str, str]
    taken_at: str
    state: str = "OPEN"
    """`OPEN`, `DONE` or `DECLINED`."""
    because: str = ""

    @property
    def route(self) -> tuple[str, str]:
        """Recipient and country."""
        return self.form.get("acquirer", ""), self.form.get("land", "")


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that may leave, and how it is made from an order and the recipient's key."""

    name: str
    category: str
    how: str
    make: Callable[[Order, bytes], str]


def plain(written: str) -> str:
    """An identifier in the one form that all its spellings share."""
    return "".join(c for c in unicodedata.normalize("NFKC", written) if c.isalnum()).upper()


def last_four(written: str) -> str:
    """Nothing of what is too short to spare four characters."""
    identifier = plain(written)
    return identifier[-4:] if len(identifier) >= 8 else ""


def token(written: str, key: bytes) -> str:
    """Tells two persons apart, to nobody but the holder of the key who they are."""
    identifier = plain(written)
    if not identifier:
        return ""
    digest = hmac.new(key, identifier.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def recipient_key(master: bytes, recipient: str) -> bytes:
    """Every recipient has its own, so that no two of them can compare tokens."""
    return hmac.new(master, f"recipient {recipient}".encode(), hashlib.sha256).digest()


def amount(order: Order) -> str:
    """Exact, with thousands apart: 1,234.56."""
    return f"{Decimal(order.form['total']):,f}"


def is_amount(total: str) -> bool:
    """Whether a merchant's total is one that can be settled."""
    return _AMOUNT.fullmatch(total) is not None and Decimal(total) > 0


def _legible(text: str) -> str:
    return text.replace(BAR, " ")


COLUMNS = (
    Column("ref", "E03", "none", lambda order, key: order.ref),
    Column("shop", "E04", "none", lambda order, key: _legible(order.form.get("shop_name", ""))),
    Column("mcc", "E04", "none", lambda order, key: _legible(order.form.get("shop_mcc", ""))),
    Column("ccy", "E05", "none", lambda order, key: _legible(order.form.get("ccy", ""))),
    Column("hour", "E07", "coarsened", lambda order, key: order.taken_at[:13]),
    Column("who", "M01", "keyed_token", lambda o, key: token(o.form.get("buyer_id", ""), key)),
    Column("id4", "M01", "last_four", lambda o, key: last_four(o.form.get("buyer_id", ""))),
    Column("amount", "M02", "none", lambda order, key: amount(order)),
    Column("tel4", "M03", "last_four", lambda o, key: last_four(o.form.get("buyer_phone", ""))),
)
INDISPENSABLE = "M02"
"""Without the amount a settlement says nothing."""


def permitted(categories: Collection[str]) -> tuple[str, ...]:
    """Of these categories, those of which anything would leave."""
    return tuple(sorted({c.category for c in COLUMNS if c.category in categories}))


def payload(batch: str, orders: Iterable[Order], categories: Collection[str], key: bytes) -> bytes:
    """The batch as it leaves, with columns of these categories only."""
    columns = [column for column in COLUMNS if column.category in categories]
    fields = [("batch", batch), ("columns", BAR.join(column.name for column in columns))]
    fields += [("line", BAR.join(c.make(order, key) for c in columns)) for order in orders]
    return urlencode(fields).encode()
