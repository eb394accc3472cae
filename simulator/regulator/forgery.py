"""What an adversary on the way makes of a signed notice."""

import hashlib
import json
from datetime import datetime, timedelta

from simulator.faults import Alter, Backdate, Forgery, Impersonate
from simulator.messages.signature import content_digest
from simulator.messages.suites import PrivateKey, Suite, suite_of


def created_at(sent_at: datetime, forgery: Forgery | None) -> datetime:
    """When the signature says that it was made."""
    match forgery:
        case Backdate(age_s=age_s):
            return sent_at - timedelta(seconds=age_s)
        case _:
            return sent_at


def signing_key(key: PrivateKey, forgery: Forgery | None) -> PrivateKey:
    """Whose key signs; the same seed makes the same stranger."""
    match forgery:
        case Impersonate(seed=seed):
            stranger = hashlib.sha256(f"stranger/{seed}".encode()).digest()
            other: PrivateKey = suite_of(key).private_key(stranger)
            return other
        case _:
            return key


def altered(
    body: bytes, headers: dict[str, str], forgery: Forgery | None, *, suite: Suite
) -> tuple[bytes, dict[str, str]]:
    """Body and headers as they arrive."""
    match forgery:
        case Alter(members=members, with_digest=with_digest):
            changed = json.dumps({**json.loads(body), **members}, ensure_ascii=False).encode()
            if with_digest:
                fitting = content_digest(suite, changed)
                headers = {
                    name: fitting if name.lower() == "content-digest" else value
                    for name, value in headers.items()
                }
            return changed, headers
        case _:
            return body, headers
