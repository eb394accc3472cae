"""What a platform must keep to under load, as data: the table `[load]` of a target file, or a TOML
file of its own. Everything that is wrong with it is told at once, with field, value and remedy.

Conformance is no limit of a profile: a breach is one at any rate.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from simulator.catalogue import suggest


class LimitsUnreadable(Exception):
    """A profile that cannot be used; the message names every mistake in it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the platform, then those of whoever measures it. `None` is no limit."""

    p99_ms: float | None = 1_000.0
    """Of the answers to payments, from the intended moment of sending."""
    error_share_max: float = 0.0
    """Payments that were refused, failed, or accepted and never settled."""
    feed_lag_p99_ms: float | None = 5_000.0
    """From a payload's arrival until the feed told of it."""
    lineage_lag_p99_ms: float | None = 10_000.0
    """From a payload's arrival until its lineage was recorded."""
    settle_s: float = 30.0
    """How long after the load the last payment may be settled and the last transmission closed."""
    recover_s: float | None = 10.0
    """How long after the end of a fault the platform may need to work off what had to wait."""
    rate_min: float | None = None
    """Payments a second that must be carried conformantly."""

    late_share_max: float = 0.01
    """More late messages than this, and it was not the schedule that was sent."""
    generator_busy_max: float = 0.9
    """Of one core: a process of the generator that uses more may measure itself."""
    simulator_busy_max: float = 0.9
    """Of one core, since a simulator is one process."""
    simulator_lag_p99_ms: float = 250.0
    """How late the simulator's loop may be, and how long it may take to say so."""
    machine_busy_max: float | None = 0.97
    """Of all cores of the machine that generator and simulator run on."""


BETWEEN: dict[str, tuple[float, float]] = {
    "error_share_max": (0.0, 1.0),
    "late_share_max": (0.0, 1.0),
    "generator_busy_max": (0.05, 1.0),
    "simulator_busy_max": (0.05, 1.0),
    "machine_busy_max": (0.05, 1.0),
}
"""Where the limits of a limit are others than anything above zero."""
OPTIONAL = (
    "p99_ms",
    "feed_lag_p99_ms",
    "lineage_lag_p99_ms",
    "recover_s",
    "rate_min",
    "machine_busy_max",
)
"""`false` takes these limits away."""


def of_target(path: Path) -> Limits:
    """The limits of a target file's `[load]`."""
    return of_table(_parsed(path).get("load", {}), f"{path}: load.")


def of_profile(path: Path) -> Limits:
    """The limits of a file of their own."""
    return of_table(_parsed(path), f"{path}: ")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LimitsUnreadable(
            f"{path} cannot be read ({error.strerror}); check the path"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LimitsUnreadable(
            f"{path} is not TOML ({error}); write lines such as p99_ms = 800"
        ) from error


def of_table(table: Mapping[str, Any], where: str = "") -> Limits:
    """The limits that a table states, and the usual ones for the rest; LimitsUnreadable for
    everything that is wrong."""
    names = [field.name for field in fields(Limits)]
    wrong = []
    read: dict[str, float | None] = {}
    for name, value in table.items():
        must = _must(name, value, names)
        if must is not None:
            wrong.append(f"{where}{name} is {value!r}: {must}")
        else:
            read[name] = None if value is False else float(value)
    limits = Limits(**read)  # type: ignore[arg-type]  # Only known names and numbers are left.
    wrong += [f"{where}{contradiction}" for contradiction in contradictions(limits)]
    if wrong:
        raise LimitsUnreadable("\n".join(wrong))
    return limits


def _must(name: str, value: Any, names: list[str]) -> str | None:
    """What a value must be, where it is not that."""
    if name not in names:
        return f"there is no such limit; {suggest(name, names)}"
    if value is False and name in OPTIONAL:
        return None
    least, most = BETWEEN.get(name, (0.0, math.inf))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    inside = number and (least <= value <= most if name in BETWEEN else 0 < value < most)
    if inside:
        return None
    said = f"a number from {least:g} to {most:g}" if name in BETWEEN else "a number greater than 0"
    return f"write {said}" + (", or false for no limit" if name in OPTIONAL else "")


def contradictions(limits: Limits) -> list[str]:
    """Limits that cannot both be meant."""
    found = []
    feed, lineage = limits.feed_lag_p99_ms, limits.lineage_lag_p99_ms
    settle_ms = limits.settle_s * 1000
    for name, value in (("feed_lag_p99_ms", feed), ("lineage_lag_p99_ms", lineage)):
        if value is not None and value > settle_ms:
            found.append(
                f"{name} is {value:g} and settle_s is {limits.settle_s:g}: what may be told after "
                f"{value / 1000:g} s cannot be over after {limits.settle_s:g} s; raise settle_s or "
                f"lower {name}"
            )
    if limits.error_share_max >= 1.0:
        found.append(
            "error_share_max is 1: then a platform that refuses everything keeps to it; write less"
        )
    return found
