"""Somebody on the way alters a notice: a stop becomes a lift, and only who checks the signature
and the digest of the body notices."""

import random
from typing import Annotated, Any

from pydantic import Field

from simulator.faults import Alter, fault
from simulator.messages.base import Message

LIFT = {"type": "export.lifted", "data": {"authorization": None, "case": None, "altered": True}}
"""What an adversary would like to say; no true notice says it so."""


class Altered(Message):
    """`members` are set in the body after it was signed. With `with_digest` the header
    `Content-Digest` is made to fit the altered body, so that only the signature tells."""

    members: Annotated[dict[str, Any], Field(min_length=1, max_length=10)] = Field(
        default_factory=lambda: dict(LIFT)
    )
    with_digest: bool = False


@fault(
    id="notice_altered",
    title="The first attempt to deliver a notice has a body that was altered after signing",
    scopes=("notices",),
    moment="deliver",
    parameters=Altered,
)
def notice_altered(parameters: Altered, chance: random.Random) -> Alter:
    return Alter(parameters.members, parameters.with_digest)
