"""One code path forgot to sign: every fifth request goes out unsigned."""

import itertools
from typing import Any

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps

EVERY = 5


@defect(
    id="skips_signature",
    title="Skips the signature",
    step="sign",
    meant_for="SEC-02",
)
def skips_signatures(honest: Steps) -> WrongStep:
    requests = itertools.count(1)

    def sign_most(**request: Any) -> dict[str, str]:
        return honest.sign(**request) if next(requests) % EVERY else dict(request["headers"])

    return sign_most
