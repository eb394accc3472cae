"""Every try has a key of its own, so that what is tried again takes effect twice."""

import uuid

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.steps import Steps


@defect(
    id="retries_with_new_key",
    title="Retries with a new idempotency key",
    step="key_to_send",
    meant_for="RES-01",
)
def a_new_key_each_time(honest: Steps) -> WrongStep:
    def new_key(key: str) -> str:
        return f"{key}-{uuid.uuid4().hex}"

    return new_key
