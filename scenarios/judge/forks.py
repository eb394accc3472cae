"""Does a large piece of work on all cores.

The pieces depend on nothing but the work, and the results come back in their order; so how many
processes there are changes no byte of a judgement.
"""

import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass
from io import BytesIO
from operator import attrgetter, methodcaller
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_work: list[Callable[[Any], Any]] = []
"""What forks were made for, the latest last."""


def in_forks(
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    *,
    is_large: bool,
    results_are_large: bool = False,
) -> Iterator[Result]:
    """What `work` makes of each piece. A fork has everything that the work refers to, and a copy of
    what it touches; only pieces and results travel. Where little is to be done, it is done sooner
    here.

    This process works on the next piece that is free whenever it would wait, which spares one fork
    and its copy. Where results are large, it has enough to do with taking them in.
    """
    cores = os.cpu_count() or 1
    if not is_large or cores == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, pieces)
        return
    _work.append(work)
    forking = multiprocessing.get_context("fork")
    try:
        forks = cores if results_are_large else cores - 1
        with ProcessPoolExecutor(forks, mp_context=forking) as pool:
            there = [pool.submit(_in_fork, piece) for piece in pieces]
            here: dict[int, Result] = {}
            free = iter(() if results_are_large else range(len(pieces)))
            for at, result in enumerate(there):
                while at not in here and not result.done():
                    mine = next((one for one in free if there[one].cancel()), None)
                    if mine is None:
                        break
                    here[mine] = work(pieces[mine])
                yield here.pop(at) if at in here else pickle.loads(result.result())
    finally:
        _work.pop()


def _in_fork(piece: Any) -> bytes:
    packed = BytesIO()
    pickler = pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _reducers
    pickler.dump(_work[-1](piece))
    return packed.getvalue()


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How a value of each type travels. A dataclass does as the values that it is made of: that
    takes half the time of the state that slots are told by otherwise."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if issubclass(kind, type):
            raise KeyError(kind)  # A class travels by its name.
        reduce: Callable[[Any], Any] = methodcaller("__reduce_ex__", pickle.HIGHEST_PROTOCOL)
        if is_dataclass(kind):
            names = [one.name for one in fields(kind) if one.init and not one.kw_only]
            if len(names) == len(fields(kind)) > 1:
                values = attrgetter(*names)
                reduce = lambda one: (kind, values(one))  # noqa: E731
        self[kind] = reduce
        return reduce


_reducers = _Reducers()
