"""The witness asks for patience: 429 with `Retry-After`, as RFC 6585 has it, and nothing was
heard."""

import json
import random
from typing import Annotated

from pydantic import Field

from simulator.faults import Answer, fault
from simulator.messages.base import Message
from simulator.messages.problem import Problem, ProblemError


class RateLimited(Message):
    """How long the client is asked to wait."""

    retry_after_s: Annotated[int, Field(ge=0, le=86_400)] = 1


@fault(
    id="rate_limited",
    title="Requests are refused with 429 and Retry-After",
    scopes=("regulator", "recipient"),
    moment="before",
    parameters=RateLimited,
)
def rate_limited(parameters: RateLimited, chance: random.Random) -> Answer:
    problem = Problem(
        type="urn:reinspect:problem:rate_limited",
        title="Too many requests",
        status=429,
        code="rate_limited",
        detail=f"wait {parameters.retry_after_s} s, then send the request again",
        errors=(
            ProblemError(
                pointer="",
                code="rate_limited",
                detail="too many requests have come",
                value="too early",
                expected="wait as long as Retry-After says",
            ),
        ),
    )
    return Answer(
        429,
        (("retry-after", str(parameters.retry_after_s)),),
        json.dumps(problem.model_dump(mode="json")).encode(),
        "application/problem+json",
    )
