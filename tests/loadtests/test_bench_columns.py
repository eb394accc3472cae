"""A speed counts only where what was made is what was asked for."""

from typing import Any

import pytest

from loadtests import bench_columns
from loadtests.bench_columns import NotTheSame, made
from scenarios.traffic.columns import PaymentColumns, payment_columns


def test_columns_are_measured_together_with_what_is_made_one_by_one() -> None:
    one = made(1_000, seed=3)

    assert min(one.seconds, one.processor_s, one.one_by_one_per_s, one.memory_mib) > 0


def test_columns_of_other_payments_are_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    def later(*arguments: Any, **named: Any) -> PaymentColumns:
        return payment_columns(*arguments, first=2, **named)

    monkeypatch.setattr(bench_columns, "payment_columns", later)

    with pytest.raises(NotTheSame, match="of seed 3"):
        made(1_000, seed=3)
