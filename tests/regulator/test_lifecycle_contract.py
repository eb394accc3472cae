"""A standard contract: filed in time or late, checked, returned, supplemented, replaced, ended."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from simulator.journal.events.contract import (
    ContractEnded,
    ContractFiled,
    ContractLapsed,
    ContractReceived,
    ContractReturned,
)
from simulator.law import contract_filing
from simulator.messages.contract import ContractMaterials, ContractRequest, ContractSupplement
from simulator.regulator.lifecycle import contract, notice, timers
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import (
    NOW,
    PAYLOAD,
    changed,
    complaints,
    fold,
    refused,
    registered,
    sign,
)

ALL = ContractMaterials.model_validate(dict.fromkeys(contract_filing.MATERIALS, PAYLOAD))
REQUEST = ContractRequest(
    recipient="acquirer-sg",
    country="SG",
    effective_on=date(2023, 6, 1),
    pipia_on=date(2023, 5, 20),
    materials=ALL,
)


def china(month: int, day: int, hour: int = 12) -> datetime:
    """This hour of a day of 2023 in China."""
    return datetime(2023, month, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def under(manner: str) -> RegulatorState:
    state = registered()
    state.policy = Policy(contracts=manner, after_s=60)
    return state


def hand_in(state: RegulatorState, now: datetime = NOW, **fields: Any) -> tuple[Any, ...]:
    return fold(state, contract.hand_in(state, "reg-1", changed(REQUEST, **fields), now))


def run_timers(state: RegulatorState, until: datetime) -> list[Any]:
    """What falls due up to then, each at its own time."""
    happened: list[Any] = []
    for due in timers.due(state, until):
        happened += fold(state, timers.run(state, due, due.at, sign))
    return happened


def test_a_complete_filing_gets_its_number_at_once_where_the_policy_says_so() -> None:
    state = registered()
    received, filed = hand_in(state)

    assert isinstance(received, ContractReceived)
    assert received.file_by == date(2023, 6, 15)
    assert filed == ContractFiled("con-1", "SC2023000001", NOW)
    assert state.contracts["con-1"].status == "filed"
    assert not state.contracts["con-1"].filed_late


@pytest.mark.parametrize(
    ("handed_in", "late"), [(china(6, 15, 23), False), (china(6, 16, 0), True)]
)
def test_ten_working_days_from_its_effect_it_is_late_and_taken_all_the_same(
    handed_in: datetime, late: bool
) -> None:
    state = registered()
    hand_in(state, handed_in)

    assert state.contracts["con-1"].filed_late is late
    assert state.contracts["con-1"].status == "filed"


def test_the_check_takes_fifteen_working_days_of_the_calendar() -> None:
    """The Dragon Boat holiday lies between, and the Sunday after it is worked."""
    state = under("statutory")
    hand_in(state, china(6, 1))
    at = china(6, 25, 17)

    assert run_timers(state, at - timedelta(seconds=1)) == []
    assert run_timers(state, at) == [ContractFiled("con-1", "SC2023000001", at)]


@pytest.mark.parametrize("manner", ["after", "manual"])
def test_a_check_that_waits_changes_nothing_until_it_is_decided(manner: str) -> None:
    state = under(manner)
    hand_in(state)

    assert state.contracts["con-1"].status == "received"
    assert state.undecided == {"con-1": NOW + timedelta(seconds=60) if manner == "after" else None}
    again = refused(contract.supplement(state, "reg-1", "con-1", _supplement(), NOW))
    assert again.code == "contract_closed"


def _supplement(**materials: str) -> ContractSupplement:
    return ContractSupplement(materials=ContractMaterials(**materials))


def test_what_is_missing_is_named_whole_and_supplemented_in_time() -> None:
    state = registered()
    partial = {"standard_contract": PAYLOAD, "uscc_copy": PAYLOAD}
    _, returned = hand_in(state, materials=partial, pipia_on=date(2023, 6, 2))

    assert isinstance(returned, ContractReturned)
    assert [reason.partition(" (")[0] for reason in returned.reasons] == [
        "the report of the personal information protection impact assessment",
        "a copy of the legal representative's identity document",
        "a copy of the handler's identity document",
        "the authorisation letter of the handler",
        "the commitment letter",
        "the impact assessment of 2023-06-02 was completed after the contract took effect on"
        " 2023-06-01",
    ]
    assert returned.supplement_by == datetime(2023, 6, 15, 16, tzinfo=UTC)

    rest = ContractSupplement(pipia_on=date(2023, 6, 1), materials=ALL)
    last = returned.supplement_by - timedelta(seconds=1)
    fold(state, contract.supplement(state, "reg-1", "con-1", rest, last))
    assert state.contracts["con-1"].status == "filed"
    assert state.contracts["con-1"].reasons == ()


def test_a_filing_that_is_not_supplemented_in_time_lapses() -> None:
    state = registered()
    hand_in(state, materials={})
    by = state.contracts["con-1"].supplement_by
    assert by is not None

    late = refused(contract.supplement(state, "reg-1", "con-1", _supplement(), by))
    assert late.code == "contract_closed"
    assert run_timers(state, by) == [ContractLapsed("con-1", by)]
    assert refused(contract.end(state, "reg-1", "con-1", by)).code == "contract_closed"
    assert run_timers(state, by + timedelta(days=1)) == []


def test_a_tester_returns_what_is_complete_and_files_what_is_not() -> None:
    state = under("manual")
    hand_in(state)
    hand_in(state, materials={})
    fold(state, contract.decide(state, "con-1", False, "the seal is missing", NOW))
    fold(state, contract.decide(state, "con-2", True, "", NOW))

    assert state.contracts["con-1"].reasons == ("the seal is missing",)
    assert [held.status for held in state.contracts.values()] == ["returned", "filed"]
    assert refused(contract.decide(state, "con-2", True, "", NOW)).code == "already_decided"


def test_a_change_is_filed_anew_and_takes_the_place_of_the_former() -> None:
    """Order 13 art. 8; until the new one is filed, the former stands."""
    state = under("manual")
    hand_in(state)
    fold(state, contract.decide(state, "con-1", True, "", NOW))
    hand_in(state, replaces="con-1")
    assert state.contracts["con-1"].status == "filed"
    filed = fold(state, contract.decide(state, "con-2", True, "", NOW))

    assert filed == (
        ContractFiled("con-2", "SC2023000002", NOW),
        ContractEnded("con-1", "con-2 takes its place", NOW),
    )


def test_a_contract_ends_after_its_last_day_in_china() -> None:
    state = registered()
    hand_in(state, ends_on=date(2023, 6, 30))
    at = datetime(2023, 6, 30, 16, tzinfo=UTC)

    assert run_timers(state, at - timedelta(seconds=1)) == []
    assert run_timers(state, at) == [ContractEnded("con-1", "its last day was 2023-06-30", at)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"effective_on": date(2023, 6, 2)}, [("contract_not_in_effect", "/effective_on")]),
        ({"ends_on": date(2023, 5, 31)}, [("period_invalid", "/ends_on")]),
        ({"replaces": "con-9"}, [("contract_unknown", "/replaces")]),
    ],
)
def test_what_cannot_be_received_is_refused_by_its_pointer(
    fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    state = registered()

    outcome = contract.hand_in(state, "reg-1", changed(REQUEST, **fields), NOW)
    assert complaints(outcome) == expected


def test_contracts_are_filed_from_june_2023_on() -> None:
    state = registered()
    early = changed(REQUEST, effective_on=date(2023, 5, 31))
    outcome = contract.hand_in(state, "reg-1", early, china(5, 31))

    assert [error.expected for error in refused(outcome).errors] == [
        "wait until 2023-06-01, from when contracts are filed"
    ]
    assert refused(outcome).code == "route_not_open"
    fold(state, contract.hand_in(state, "reg-1", early, china(6, 1, 0)))


def test_a_contract_of_another_platform_is_not_there() -> None:
    state = registered()
    hand_in(state)

    for outcome in (
        contract.end(state, "reg-2", "con-1", NOW),
        contract.supplement(state, "reg-2", "con-1", _supplement(), NOW),
    ):
        assert refused(outcome).code == "not_found"


def test_the_platform_is_told_of_what_it_did_not_read_in_an_answer() -> None:
    state = under("manual")
    events = hand_in(state, materials={})
    assert notice.issue_for(state, events, NOW) == ()
    events = fold(state, contract.decide(state, "con-1", None, "", NOW))
    [told] = notice.issue_for(state, events, NOW)

    assert (told.type, told.subject, told.data["status"]) == (
        "contract.decided",
        "con-1",
        "returned",
    )
    assert len(told.data["reasons"]) == len(contract_filing.MATERIALS)


def test_the_fold_of_what_was_recorded_is_the_live_state() -> None:
    state = registered()
    recorded = [*hand_in(state, materials={})]
    rest = ContractSupplement(materials=ALL)
    recorded += fold(state, contract.supplement(state, "reg-1", "con-1", rest, NOW))
    recorded += hand_in(state, replaces="con-1")
    recorded += fold(state, contract.end(state, "reg-1", "con-2", NOW))

    anew = registered()
    anew.fold_all(recorded)
    assert anew == state
