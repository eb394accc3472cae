"""What all messages share: frozen, closed to unknown fields, aware times, canonical bytes."""

import json
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Message(BaseModel):
    """The base of every message on the wire."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Time = AwareDatetime
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 as 64 lower-case hexadecimal digits."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
RecipientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
CategoryCode = Annotated[str, StringConstraints(pattern=r"^[EMX][0-9]{2}$")]


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8 (RFC 8785 for the values
    used here)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
