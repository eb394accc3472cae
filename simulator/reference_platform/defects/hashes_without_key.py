"""A bare hash stands for the identifier, and anyone can enumerate what it stands for."""

import hashlib

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.desensitise import normalise
from simulator.reference_platform.steps import Steps


@defect(
    id="hashes_without_key",
    title="Hashes without a key",
    step="token",
    meant_for="DES-02",
)
def hashes_without_key(honest: Steps) -> WrongStep:
    def bare_hash(key: bytes, value: str) -> str:
        return hashlib.sha256(normalise(value).encode()).hexdigest()

    return bare_hash
