"""What holds against one platform now: stops, a suspension, or nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds against one platform now."""

    stopped: bool = False
    """The whole platform is stopped."""
    stopped_authorizations: frozenset[str] = frozenset()
    suspended_in: str | None = None
    """The case within which the whole platform is suspended."""
