"""A copy shares with its original what never changes, and nothing else."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from simulator.sharing import copied


@dataclass(frozen=True)
class Frozen:
    """What nobody changes."""

    items: tuple[int, ...] = (1, 2)


@dataclass
class Open:
    """What anybody may change."""

    frozen: Frozen = Frozen()
    by_name: dict[str, list[Frozen]] = field(default_factory=dict)
    recent: deque[set[int]] = field(default_factory=deque)


def test_containers_are_copied_however_deep_and_frozen_things_are_shared() -> None:
    original = Open(by_name={"a": [Frozen((3,))]}, recent=deque([{1}]))

    twin = copied(original)

    assert twin == original
    assert twin.frozen is original.frozen
    assert twin.by_name["a"][0] is original.by_name["a"][0]
    twin.by_name["a"].append(Frozen())
    twin.recent[0].add(2)
    assert original == Open(by_name={"a": [Frozen((3,))]}, recent=deque([{1}]))


def test_what_is_neither_frozen_nor_a_container_is_refused() -> None:
    """Rather than shared by mistake."""
    with pytest.raises(TypeError, match="nobody has said how a object is copied"):
        copied({"a": object()})
