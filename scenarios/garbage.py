"""Cyclic garbage is looked for seldom: a process of ours holds much that lives long and little that
is cyclic, and looking through it took a tenth of its time."""

import gc

THRESHOLDS = (20_000, 20, 50)
"""Python's own are 700, 10, 10."""


def look_seldom() -> None:
    """From here on, in this process."""
    gc.set_threshold(*THRESHOLDS)
