"""Takes the wrappings off bytes whose format nobody told us, so that a secret cannot hide behind an
encoding.

A view is what stands behind some wrappings: compression, base64, base32, hex, or the escapes of
URLs, JSON, markup and mail, up to three of them in any order. All tokens of one view that wear the
same wrapping are unwrapped together into one new view, so that there are never more views than
orders of wrappings, however many tokens a body has. Nothing is parsed: a nested JSON string, a form
or a multipart body needs only its escapes removed for its text to be searched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scenarios.judge.texts import texts_of
from scenarios.judge.wrappings import WRAPPINGS, Allowance, View

INFLATED_BYTES_MAX = 32 * 1024 * 1024
"""How much decompression may bring forth from one body, in total."""


class PeelingStopped(Exception):
    """A body holds more compressed data than we are willing to inflate: what was not seen cannot be
    judged."""


@dataclass(frozen=True, slots=True)
class Peeled:
    """All views of some bytes, and what kept there from being more."""

    views: tuple[View, ...]
    stopped: PeelingStopped | None


@lru_cache(maxsize=4)
def peeled(data: bytes) -> Peeled:
    """What `peel` yields, kept for a moment: several questions are put to the same bytes in
    turn."""
    views = []
    try:
        for view in peel(data):
            views.append(view)  # noqa: PERF402 (what was seen before it stopped counts)
    except PeelingStopped as stopped:
        return Peeled(tuple(views), stopped)
    return Peeled(tuple(views), None)


def views_of(*places: bytes) -> Iterator[View]:
    """Every view of each place in turn, up to one that holds more than is inflated: the search for
    leaks says so."""
    for data in places:
        whole = peeled(data)
        yield from whole.views
        if whole.stopped is not None:
            return


def peel(data: bytes, depth: int = 3) -> Iterator[View]:
    """Every view of `data`, the body itself first and the deepest last.

    Raises PeelingStopped after the last view if the body would inflate beyond all reason.
    """
    allowance = Allowance(INFLATED_BYTES_MAX)
    level = [view_of((data,), ())]
    seen = {level[0].pieces}
    yield level[0]
    for _ in range(depth):
        deeper = []
        for outer in level:
            for name, unwrap in WRAPPINGS.items():
                pieces = tuple(filter(None, unwrap(outer, allowance)))
                if pieces and pieces not in seen:
                    seen.add(pieces)
                    view = view_of(pieces, (*outer.path, name))
                    deeper.append(view)
                    yield view
        level = deeper
        if allowance.spent:
            break  # Nothing deeper could acquit it.
    if allowance.spent:
        raise PeelingStopped(f"a body inflates to more than {INFLATED_BYTES_MAX} bytes")


def view_of(pieces: tuple[bytes, ...], path: tuple[str, ...]) -> View:
    """The view of those pieces, one below the other."""

    return View("\n".join(texts_of(pieces)), path, pieces)
