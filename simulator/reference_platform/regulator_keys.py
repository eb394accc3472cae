"""The keys that the regulator signs with: the first as the registration told it, each later one
because the one before vouches for it.

A key that is not known yet is asked for when something is signed with it, so that no notice of a
change needs to have arrived.
"""

import base64
import logging
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulator.messages.base import canonical
from simulator.messages.registration import Registration
from simulator.reference_platform.home import Home
from simulator.reference_platform.regulator_client import RegulatorClient

log = logging.getLogger(__name__)

FACT = "regulator_keys"


class RegulatorKeys:
    """Whom the platform believes, remembered over restarts."""

    def __init__(self, home: Home, regulator: RegulatorClient) -> None:
        self._home = home
        self._regulator = regulator
        self._keys: dict[str, Ed25519PublicKey] = {
            id: _key_of(public) for id, public in (home.fact(FACT) or {}).items()
        }

    def begin_with(self, registration: Registration) -> None:
        """Trusts the key that the registration tells, unless one is trusted already."""
        if not self._keys:
            self._trust(registration.regulator_key_id, registration.regulator_public_key)

    def forget(self) -> None:
        """For a regulator that does not know the platform any more: it may be another one."""
        self._keys.clear()
        self._home.remember(FACT, None)

    def named(self, key_id: str) -> Ed25519PublicKey | None:
        """The regulator's key of this id, as far as it is known."""
        return self._keys.get(key_id)

    def has_signed(self, message: bytes, signature: str) -> bool:
        """Whether one of the known keys made this signature, in base64."""
        for key in self._keys.values():
            try:
                key.verify(base64.b64decode(signature), message)
                return True
            except (InvalidSignature, ValueError):
                continue
        return False

    async def read(self) -> None:
        """Learns the keys that came since; one for which no known key vouches is not believed."""
        items = (await self._regulator.get("/keys"))["items"]
        for former, item in pairwise(items):
            vouching = self._keys.get(former["id"])
            if item["id"] not in self._keys and vouching is not None:
                if _vouches(vouching, item):
                    self._trust(item["id"], item["public_key"])
                else:
                    log.error("nobody vouches for the regulator's key %s", item["id"])

    def _trust(self, id: str, public_key: str) -> None:
        self._keys[id] = _key_of(public_key)
        kept = self._home.fact(FACT) or {}
        self._home.remember(FACT, {**kept, id: public_key})


def _vouches(former: Ed25519PublicKey, item: Mapping[str, Any]) -> bool:
    stated = canonical({name: item[name] for name in ("id", "public_key", "valid_from")})
    try:
        former.verify(base64.b64decode(item["vouched"] or ""), stated)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_of(public_key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
