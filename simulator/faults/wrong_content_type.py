"""The true answer comes under another media type, as from a proxy that knows better."""

import random
from typing import Annotated

from pydantic import StringConstraints

from simulator.faults import Relabel, fault
from simulator.messages.base import Message


class WrongContentType(Message):
    """What the answer says that it is."""

    content_type: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+(; ?[A-Za-z0-9=.-]+)*$")
    ] = "text/html; charset=utf-8"


@fault(
    id="wrong_content_type",
    title="The true answer comes under another media type",
    scopes=("regulator", "recipient"),
    moment="after",
    parameters=WrongContentType,
)
def wrong_content_type(parameters: WrongContentType, chance: random.Random) -> Relabel:
    return Relabel(parameters.content_type)
