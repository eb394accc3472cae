"""What was acknowledged is there after a kill, whenever the kill came."""

import random
from pathlib import Path

from .soak import soak_one


def test_25_kills_lose_no_acknowledged_message_and_tear_no_entry(tmp_path: Path) -> None:
    outcome = soak_one(tmp_path, kills=25, chance=random.Random(20230601))

    assert outcome.kills == 25
    assert outcome.acknowledged > 250
    assert outcome.entries >= outcome.acknowledged
    assert outcome.resent > 0
