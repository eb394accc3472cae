"""Commands about what may leave: declarations, contracts, certificates, counted persons."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st
from hypothesis.stateful import rule

from simulator.law import contract_filing
from simulator.law.working_days import china_date
from simulator.messages.certification import (
    CertificationRequest,
    CertifiedRecipient,
    RectificationRequest,
)
from simulator.messages.contract import ContractMaterials, ContractRequest, ContractSupplement
from simulator.messages.declaration import (
    ChangeReport,
    DeclarationRequest,
    ReevaluationRequest,
    SupplementRequest,
)
from simulator.messages.headcount import HandlerRequest, HeadcountRequest
from simulator.regulator.lifecycle import (
    assessment,
    certification,
    contract,
    declaration,
    headcount,
    route,
    validity,
)
from simulator.regulator.lifecycle.assessment import StepName, Taking
from simulator.regulator.state import RegulatorState
from tests.regulator.acting import SMALL, Acting, Outcome
from tests.regulator.lawful import DECLARED, PAYLOAD, PURPOSE, changed, sign

Command = Callable[[RegulatorState, str, datetime], Outcome]

LONG: DeclarationRequest = changed(
    DECLARED, self_assessed_on=None, records=20, valid_until=datetime(2040, 1, 1, tzinfo=UTC)
)
ANSWER = SupplementRequest.model_validate(
    {"items": ({"number": 1, "title": "T", "digest": PAYLOAD},)}
)
DOUBT = ReevaluationRequest(reason="doubt")
MOVED = ChangeReport(changes=("scope",), description="more fields")


def _step(name: StepName) -> Command:
    taking = Taking(name, "by hand", ("contract",), 5)
    return lambda state, id, now: assessment.take(state, id, taking, now)


COMMANDS: dict[str, Command] = {
    **{name: _step(name) for name in get_args(StepName)},
    "accept": lambda s, id, now: assessment.decide(s, id, True, "", now, sign),
    "refuse": lambda s, id, now: assessment.decide(s, id, False, "no", now, sign),
    "terminate_export": lambda s, id, now: validity.terminate_export(s, id, "", now),
    "submit": lambda s, id, now: declaration.submit(s, "reg-1", LONG, now, sign),
    "declare_again": lambda s, id, now: declaration.submit(
        s, "reg-1", changed(LONG, replaces=id), now, sign
    ),
    "amend": lambda s, id, now: declaration.amend(s, "reg-1", id, LONG, now, sign),
    "withdraw": lambda s, id, now: declaration.withdraw(s, "reg-1", id, now),
    "supplement": lambda s, id, now: declaration.supplement(s, "reg-1", id, ANSWER, now),
    "ask_reevaluation": lambda s, id, now: declaration.ask_reevaluation(s, "reg-1", id, DOUBT, now),
    "ask_extension": lambda s, id, now: validity.ask_extension(s, "reg-1", id, now, sign),
    "report_change": lambda s, id, now: validity.report_change(s, "reg-1", id, MOVED, now),
}
"""About one declaration."""
WAYS = st.sampled_from(
    [None, None, "exempt", "security_assessment", "standard_contract", "certification"]
)
MATERIALS = ContractMaterials.model_validate(dict.fromkeys(contract_filing.MATERIALS, PAYLOAD))
SOME = ContractMaterials(standard_contract=PAYLOAD)
CERTIFIED = CertificationRequest(
    recipients=(CertifiedRecipient(recipient="acquirer-sg", country="SG"),),
    purpose=PURPOSE,
    categories=("M01", "M02"),
    persons=500,
    sensitive_persons=500,
)
RECTIFIED = RectificationRequest(statement="the key is rotated")
WORDS = st.sampled_from([True, True, False, None])
PERSONS = st.lists(st.integers(1, 6), max_size=5)


class Declaring(Acting):
    """Everything before the data leaves."""

    @rule(name=st.sampled_from(sorted(COMMANDS)), newest=SMALL)
    def about_a_declaration(self, name: str, newest: int) -> None:
        id = self.pick("declarations", newest)
        self.do(lambda: COMMANDS[name](self.state, id, self.now))

    @rule(
        way=WAYS,
        newest=SMALL,
        days=st.integers(1, 900),
        assessed=st.booleans(),
        amend=st.booleans(),
    )
    def declare(self, way: str | None, newest: int, days: int, assessed: bool, amend: bool) -> None:
        on_contract, on_certificate = way == "standard_contract", way == "certification"
        request = changed(
            LONG,
            mechanism=way,
            sensitive_persons=10 if way else None,
            contract=self.pick("contracts", newest) if on_contract else None,
            certification=self.pick("certifications", newest) if on_certificate else None,
            self_assessed_on=china_date(self.now) if assessed else None,
            valid_from=self.now,
            valid_until=self.now + timedelta(days=days),
        )
        id = self.pick("declarations", newest)
        if amend:
            self.do(lambda: declaration.amend(self.state, "reg-1", id, request, self.now, sign))
        else:
            self.do(lambda: declaration.submit(self.state, "reg-1", request, self.now, sign))

    @rule(
        complete=st.booleans(),
        days=st.sampled_from([None, 0, 5, 40]),
        replaces=st.booleans(),
        newest=SMALL,
    )
    def hand_in_a_contract(
        self, complete: bool, days: int | None, replaces: bool, newest: int
    ) -> None:
        today = china_date(self.now)
        request = ContractRequest(
            recipient="acquirer-sg",
            country="SG",
            effective_on=today,
            ends_on=None if days is None else today + timedelta(days=days),
            pipia_on=date(2023, 5, 20),
            materials=MATERIALS if complete else SOME,
            replaces=self.pick("contracts", newest) if replaces else None,
        )
        self.do(lambda: contract.hand_in(self.state, "reg-1", request, self.now))

    @rule(
        what=st.sampled_from(["decide", "decide", "supplement", "end"]),
        complete=st.booleans(),
        word=WORDS,
        newest=SMALL,
    )
    def about_a_contract(self, what: str, complete: bool, word: bool | None, newest: int) -> None:
        id = self.pick("contracts", newest)
        if what == "decide":
            self.do(lambda: contract.decide(self.state, id, word, "a word", self.now))
        elif what == "end":
            self.do(lambda: contract.end(self.state, "reg-1", id, self.now))
        else:
            more = ContractSupplement(materials=MATERIALS if complete else SOME)
            self.do(lambda: contract.supplement(self.state, "reg-1", id, more, self.now))

    @rule()
    def ask_for_a_certificate(self) -> None:
        self.do(lambda: certification.request(self.state, "reg-1", CERTIFIED, self.now))

    @rule(word=st.sampled_from([True, True, False, None]), newest=SMALL)
    def about_a_certificate(self, word: bool | None, newest: int) -> None:
        id = self.pick("certifications", newest)
        if word is None:
            self.do(lambda: certification.rectify(self.state, "reg-1", id, RECTIFIED, self.now))
        else:
            self.do(lambda: certification.decide(self.state, id, word, "a word", self.now))

    @rule(ordinary=PERSONS, sensitive=PERSONS, exempt=st.booleans())
    def count_persons(self, ordinary: list[int], sensitive: list[int], exempt: bool) -> None:
        request = HeadcountRequest(
            recipient="acquirer-sg",
            ordinary=tuple(f"{number:032x}" for number in ordinary),
            sensitive=tuple(f"{number:032x}" for number in sensitive),
            exempt=exempt,
        )
        self.do(lambda: route.count(self.state, "reg-1", request, self.now))

    @rule(critical=st.sampled_from([False, False, True]), handled=st.sampled_from([0, 10**6]))
    def describe_the_handler(self, critical: bool, handled: int) -> None:
        asked = HandlerRequest(critical_operator=critical, handled_persons=handled)
        self.do(lambda: headcount.describe(self.state, "reg-1", asked, self.now))
