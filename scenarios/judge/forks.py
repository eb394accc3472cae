"""Does a large piece of work on all cores.

The pieces depend on nothing but the work, and the results come back in their order; so how many
processes there are changes no byte of a judgement.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_work: list[Callable[[Any], Any]] = []
"""What forks were made for, the latest last."""


def in_forks(
    work: Callable[[Piece], Result], pieces: Sequence[Piece], *, is_large: bool
) -> Iterator[Result]:
    """What `work` makes of each piece. A fork has everything that the work refers to without a
    copy; only pieces and results travel. Where little is to be done, it is done sooner here."""
    cores = os.cpu_count() or 1
    if not is_large or cores == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, pieces)
        return
    _work.append(work)
    forking = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(min(cores, len(pieces)), mp_context=forking) as pool:
            yield from pool.map(_in_fork, pieces)
    finally:
        _work.pop()


def _in_fork(piece: Any) -> Any:
    return _work[-1](piece)
