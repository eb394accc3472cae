"""Keys that are drawn from what a sandbox was made with, so that the same requests to the same
sandbox, made again elsewhere, get the same bytes.

Who knows id, seed and passcode can make the key. It protects nobody's data: it lets a platform
show that it checks signatures.
"""

import hmac
from contextlib import suppress
from itertools import count

from simulator.messages.suites import DEFAULT, PrivateKey, suites


def drawn(purpose: str, *, sandbox: str, seed: int, passcode: str) -> bytes:
    """32 bytes for `purpose`, the same for ever; another purpose gives other bytes."""
    message = f"reinspect/1/{purpose}/{sandbox}/{seed}".encode()
    return hmac.digest(passcode.encode("utf-8", "surrogatepass"), message, "sha256")


def regulator_key(*, sandbox: str, seed: int, passcode: str, suite: str = DEFAULT) -> PrivateKey:
    """What the regulator of a new sandbox signs with."""
    for attempt in count():
        purpose = f"regulator-key/{suite}/{attempt}"
        raw = drawn(purpose, sandbox=sandbox, seed=seed, passcode=passcode)
        with suppress(ValueError):  # Of 2^32 numbers one is too large for SM2.
            key: PrivateKey = suites()[suite].private_key(raw)
            return key
    raise AssertionError("there is always a next attempt")
