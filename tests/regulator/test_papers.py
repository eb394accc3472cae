"""What rests on a contract or a certificate goes with it, and no lift or grant brings it back."""

from datetime import UTC, datetime

import pytest

from simulator.journal.events.authorization import AuthorizationGranted
from simulator.journal.events.contract import ContractEnded
from simulator.regulator.lifecycle import authorization, certification, contract, declaration, order
from simulator.regulator.lifecycle.policy import Policy
from simulator.regulator.refusal import Refusal
from simulator.regulator.state import RegulatorState
from tests.regulator.lawful import DECLARED, changed, complaints, fold, granted_anew, sign
from tests.regulator.lawful import NOW as IN_2023
from tests.regulator.test_lifecycle_certification import NOW, ask, decide
from tests.regulator.test_lifecycle_certification import under as certified_under
from tests.regulator.test_lifecycle_contract import hand_in
from tests.regulator.test_lifecycle_contract import under as filed_under

REQUEST = changed(DECLARED, sensitive_persons=10, valid_until=datetime(2027, 1, 1, tzinfo=UTC))


def on_a_contract() -> RegulatorState:
    """aut-1 rests on con-1."""
    state = filed_under("immediate")
    hand_in(state)
    request = changed(REQUEST, mechanism="standard_contract", contract="con-1")
    fold(state, declaration.submit(state, "reg-1", request, IN_2023, sign))
    return state


def on_a_certificate() -> RegulatorState:
    """aut-1 rests on cer-1, which is suspended."""
    state = certified_under("immediate")
    ask(state)
    request = changed(REQUEST, mechanism="certification", certification="cer-1")
    fold(state, declaration.submit(state, "reg-1", request, NOW, sign))
    decide(state, accept=False)
    return state


def standing(state: RegulatorState) -> str:
    return authorization.standing(state, state.authorizations["aut-1"], NOW)


def test_a_lift_of_everything_gives_back_no_certificate() -> None:
    state = on_a_certificate()

    fold(state, order.lift(state, "reg-1", "aut-1", NOW))

    assert standing(state) == "stopped"
    fold(state, certification.decide(state, "cer-1", True, "", NOW))
    assert standing(state) == "active"


@pytest.mark.parametrize("ended", ["contract", "certificate"])
def test_nothing_is_granted_anew_on_papers_that_ended(ended: str) -> None:
    if ended == "contract":
        state = on_a_contract()
        fold(state, contract.end(state, "reg-1", "con-1", NOW))
    else:
        state = on_a_certificate()
        decide(state, accept=False)

    assert complaints(granted_anew(state, now=NOW)) == [
        ("declaration_not_in_force", "/authorization")
    ]


def test_what_takes_the_place_of_a_contract_carries_on() -> None:
    state = on_a_contract()
    hand_in(state, replaces="con-1")

    assert state.contracts["con-1"].status == "ended"
    assert standing(state) == "active"
    anew = granted_anew(state, now=NOW)
    assert not isinstance(anew, Refusal)
    assert [type(event) for event in anew] == [AuthorizationGranted]


def test_a_replacement_that_is_taken_back_before_it_is_filed_leaves_the_former_in_force() -> None:
    state = on_a_contract()
    state.policy = Policy(contracts="manual")
    hand_in(state, replaces="con-1")

    ended = fold(state, contract.end(state, "reg-1", "con-2", IN_2023))

    assert [type(event) for event in ended] == [ContractEnded]
    assert state.contracts["con-1"].status == "filed"
    assert standing(state) == "active"
