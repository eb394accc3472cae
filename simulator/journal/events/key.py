"""A platform's signing keys are added and end; a passcode lets one that lost them come back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """A platform may sign with one more key."""

    platform: str
    key_id: str
    public_key: str
    via: str
    """`signature` of a former key, `passcode` issued anew, or `reset` of the sandbox."""
    at: datetime
    event: Literal["key_added"] = "key_added"


@dataclass(frozen=True, slots=True)
class KeyLimited:
    """A key has a successor, and ends when their overlap does."""

    platform: str
    key_id: str
    valid_until: datetime
    at: datetime
    event: Literal["key_limited"] = "key_limited"


@dataclass(frozen=True, slots=True)
class KeyRetired:
    """A key ended in good order."""

    platform: str
    key_id: str
    at: datetime
    event: Literal["key_retired"] = "key_retired"


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A key ended at once, because it was lost or in strange hands."""

    platform: str
    key_id: str
    reason: str
    at: datetime
    event: Literal["key_revoked"] = "key_revoked"


@dataclass(frozen=True, slots=True)
class PasscodeReissued:
    """The tester gave out a new passcode, which lets a registered platform come back once."""

    at: datetime
    event: Literal["passcode_reissued"] = "passcode_reissued"


KeyEvent = KeyAdded | KeyLimited | KeyRetired | KeyRevoked | PasscodeReissued
