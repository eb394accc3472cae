"""What the figures were measured on, and how busy its processes were: a rate without its machine
says nothing.
"""

import os
import platform
import time
from collections.abc import Mapping

import psutil  # type: ignore[import-untyped]


def described() -> dict[str, str | int]:
    """The machine, as far as it matters to a rate."""
    return {
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": f"{os.getloadavg()[0]:.2f}",
    }


OTHERS = "other processes"
"""Whose work is not the load's, and disturbs it all the same."""


class Watch:
    """How much of one core each process uses from now on, and how much all others together."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(id) for name, id in processes.items()}
        self._began = time.perf_counter()
        self._used = {name: _used_s(process) for name, process in self._processes.items()}
        self._all = _all_used_s()

    def shares(self) -> dict[str, float]:
        """1.0 is a whole core; a process that has ended meanwhile is left out."""
        lasted_s = time.perf_counter() - self._began
        used = {name: _used_s(process) for name, process in self._processes.items()}
        shares = {
            name: (after - before) / lasted_s
            for name, before in self._used.items()
            if before is not None and (after := used[name]) is not None
        }
        everything = (_all_used_s() - self._all) / lasted_s
        return {**shares, OTHERS: max(0.0, everything - sum(shares.values()))}


def used_s(process: int) -> float:
    """Seconds of processor time that the process has used so far; it must be there."""
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


def _used_s(process: psutil.Process) -> float | None:
    """Seconds of processor time; `None` for a process that is no more."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return None
    return float(times.user + times.system)


def _all_used_s() -> float:
    """Seconds of processor time of the whole machine."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    return float(sum(times) - idle - getattr(times, "guest", 0.0))
