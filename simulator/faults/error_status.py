"""The witness is up but unwell: it answers with an error status of the tester's choice and has
heard nothing, or, struck `after`, has done what was asked and says otherwise."""

import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Answer, fault
from simulator.messages.base import Message


class ErrorStatus(Message):
    """`retry_after_s` of `None` leaves the header out."""

    status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after_s: Annotated[int, Field(ge=0, le=86_400)] | None = 1
    body: Annotated[str, Field(max_length=10_000)] = "temporarily out of order\n"


@fault(
    id="error_status",
    title="Requests are answered with an error status, not heard or in spite of it",
    scopes=("regulator", "recipient"),
    moment="before",
    or_at=("after",),
    parameters=ErrorStatus,
)
def error_status(parameters: ErrorStatus, chance: random.Random) -> Answer:
    patience = parameters.retry_after_s
    headers = () if patience is None else (("retry-after", str(patience)),)
    return Answer(parameters.status, headers, parameters.body.encode())
