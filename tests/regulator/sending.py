"""Commands about what leaves: transmissions, their feed, orders, cases, samples, alerts, notices,
keys."""

from datetime import timedelta
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from simulator.journal.events.key import PasscodeReissued
from simulator.journal.events.planned_order import OrderTerms
from simulator.law import materials
from simulator.law.working_days import china_date
from simulator.messages.case import MaterialRequest
from simulator.messages.inspection import SampleAnswerRequest
from simulator.messages.lineage import LineageRequest
from simulator.messages.registration import KeyRequest
from simulator.messages.transmission import ClosingRequest
from simulator.regulator.lifecycle import (
    alert,
    assessment,
    case,
    certification,
    contract,
    feed,
    inspection,
    key,
    lineage,
    notice,
    planned_order,
    registration,
    script,
    transmission,
)
from simulator.regulator.refusal import Refusal, not_found
from tests.regulator.acting import CALLBACK, SMALL, Acting, Outcome
from tests.regulator.added import adding, private_key
from tests.regulator.lawful import ANNOUNCED, LINEAGE, USCC, body, changed, event, sign

ORDERS = st.sampled_from(
    ["stop", "stop", "suspend", "lift", "inspect", "sample", "sample", "close", "revoke",
     "terminate_export", "grant", "grant"]
)  # fmt: skip
WHEN = st.sampled_from([None, None, "immediate", "after", "manual"])
OTHER_CALLBACK = "https://platform.example/other"
ADDING = [
    KeyRequest.model_validate(adding(private_key(of), overlap_s=overlap_s))
    for of, overlap_s in ((b"1", 60), (b"2", 60), (b"3", 604_800), (b"4", 0), (b"5", 604_800))
]


class Sending(Acting):
    """Everything while the data leaves, and what the regulator makes of it."""

    @rule(
        newest=SMALL,
        behind=st.sampled_from([0, 0, 0, 1]),
        records=st.integers(1, 12),
        country=st.sampled_from(["SG", "SG", "SG", "US"]),
    )
    def announce(self, newest: int, behind: int, records: int, country: str) -> None:
        held = self.pick("authorizations", newest)
        known = self.state.authorizations.get(held)
        version = 1 if known is None else known.granted.version
        request = changed(
            ANNOUNCED,
            authorization=held,
            authorization_version=max(1, version - behind),
            country=country,
            records=records,
        )
        self.do(lambda: transmission.announce(self.state, "reg-1", request, self.now))

    @precondition(lambda self: self.state.transmissions)
    @rule(
        newest=SMALL,
        sequences=st.lists(st.integers(1, 6), max_size=4),
        kind=st.sampled_from(["progressed", "progressed", "started", "ended"]),
        country=st.sampled_from(["SG", "SG", "US"]),
    )
    def feed(self, newest: int, sequences: list[int], kind: str, country: str) -> None:
        id = self.pick("transmissions", newest)
        events = [event(kind, n, subject=id, country=country) for n in sequences]

        def taken() -> Outcome:
            outcome = feed.take(self.state, "reg-1", body(*events), self.now)
            fed = [one for one in outcome.events if one.event == "feed_taken"]
            assert len(fed) + len(outcome.refused) == len(sequences)
            return outcome.events

        self.do(taken)

    @precondition(lambda self: self.state.transmissions)
    @rule(newest=SMALL, aborted=st.booleans(), records=st.integers(0, 15), traced=st.booleans())
    def close(self, newest: int, aborted: bool, records: int, traced: bool) -> None:
        id = self.pick("transmissions", newest)
        request = ClosingRequest.model_validate(
            {
                "outcome": "aborted" if aborted else "completed",
                "records": records,
                "bytes": 0,
                "payloads": (_payload_of(id),),
            }
        )
        self.do(lambda: transmission.close(self.state, "reg-1", id, request, self.now))
        if traced:
            told = LineageRequest(items=(self._traced(id),))
            self.do(lambda: lineage.record(self.state, "reg-1", told, self.now))

    def _traced(self, id: str) -> Any:
        return changed(
            LINEAGE,
            payload=_payload_of(id),
            transmission=id,
            source=f"pay-{id}",
            sent_at=self.state.transmissions[id].announced.at,
        )

    @precondition(lambda self: self.state.undecided)
    @rule(place=st.integers(0, 5), accept=st.sampled_from([True, True, False]))
    def decide(self, place: int, accept: bool) -> None:
        """A tester decides whatever waits."""
        state, now = self.state, self.now
        id = list(state.undecided)[place % len(state.undecided)]
        if id in state.declarations:
            self.do(lambda: assessment.decide(state, id, accept, "", now, sign))
        elif id in state.transmissions:
            self.do(lambda: transmission.decide(state, id, accept, "", now))
        elif id in state.contracts:
            self.do(lambda: contract.decide(state, id, accept, "", now))
        elif id in state.certifications:
            self.do(lambda: certification.decide(state, id, accept, "", now))
        elif id in state.alerts:
            self.do(lambda: (alert.close if accept else alert.escalate)(state, id, "", now))
        else:
            self.do(lambda: case.decide(state, id, accept, "", now))

    @rule(
        order=ORDERS,
        newest=SMALL,
        scoped=st.booleans(),
        when=WHEN,
        lifted_after_s=st.sampled_from([None, None, 60.0, 90_000.0]),
        quota=st.integers(0, 20),
    )
    def order(
        self,
        order: str,
        newest: int,
        scoped: bool,
        when: str | None,
        lifted_after_s: float | None,
        quota: int,
    ) -> None:
        names_case = order == "close" or (order == "suspend" and scoped)
        names_authorization = order in ("revoke", "grant") or (order in ("stop", "lift") and scoped)
        terms = OrderTerms(
            order,
            "reg-1",
            "a tester's wish",
            authorization=self.pick("authorizations", newest) if names_authorization else None,
            case=self.pick("cases", newest) if names_case else None,
            declaration=self.pick("declarations", newest) if order == "terminate_export" else None,
            categories=("M02",) if order == "grant" and scoped else None,
            quota_records=quota,
            valid_for_s=864_000.0,
            size=2,
            lifted_after_s=lifted_after_s if order in ("stop", "suspend", "inspect") else None,
        )
        self.do(lambda: planned_order.give(self.state, terms, when=when, after_s=None, at=self.at))

    @precondition(lambda self: self.state.orders)
    @rule(newest=SMALL, cancel=st.booleans())
    def about_an_order(self, newest: int, cancel: bool) -> None:
        id = self.pick("orders", newest)
        if cancel:
            self.do(lambda: planned_order.cancel(self.state, id, "", self.now))
        else:
            self.do(lambda: planned_order.run(self.state, id, self.at))

    @precondition(lambda self: self.state.cases)
    @rule(newest=SMALL, what=st.sampled_from(["reinspect", "reinspect", "one", "all", "decide"]),
          accept=st.sampled_from([True, False, None]))  # fmt: skip
    def about_a_case(self, newest: int, what: str, accept: bool | None) -> None:
        id = self.pick("cases", newest)
        if what == "reinspect":
            self.do(lambda: case.reinspect(self.state, "reg-1", id, self.now))
        elif what == "decide":
            self.do(lambda: case.decide(self.state, id, accept, "", self.now))
        else:
            material = MaterialRequest(
                title="Material",
                document_date=china_date(self.now),
                digest=_payload_of("trm-1"),
                sealed=True,
                uscc=USCC,
            )
            numbers = (1, 18) if what == "one" else tuple(sorted(materials.BY_NUMBER))
            for number in numbers:
                self.do(
                    lambda number=number: case.hand_in(  # type: ignore[misc]
                        self.state, "reg-1", id, number, material, self.now
                    )
                )

    @precondition(lambda self: self.state.inspections)
    @rule(newest=SMALL, right=st.booleans())
    def answer_a_sample(self, newest: int, right: bool) -> None:
        id = self.pick("inspections", newest)
        sent = [item.transmission for item in self.state.inspections[id].items]
        traced = [self._traced(one) for one in sent or list(self.state.transmissions)[:1]]
        items = traced if right else [changed(one, source="pay-0") for one in traced]
        if items:
            request = SampleAnswerRequest(items=tuple(items))
            self.do(lambda: inspection.answer(self.state, "reg-1", id, request, self.now))

    @precondition(lambda self: self.state.alerts)
    @rule(newest=SMALL, what=st.sampled_from(["explain", "explain", "close", "escalate"]))
    def about_an_alert(self, newest: int, what: str) -> None:
        id = self.pick("alerts", newest)
        if what == "explain":
            self.do(lambda: alert.acknowledge(self.state, "reg-1", id, "a test", self.now))
        elif what == "close":
            self.do(lambda: alert.close(self.state, id, "", self.now))
        else:
            self.do(lambda: alert.escalate(self.state, id, "", self.now))

    @rule(
        samples=st.sampled_from([0.0, 1.0]),
        stops=st.sampled_from([0.0, 0.5]),
        suspensions=st.sampled_from([0.0, 0.1]),
        inspections=st.sampled_from([0.0, 0.3]),
        ends=st.booleans(),
    )
    def script(
        self, samples: float, stops: float, suspensions: float, inspections: float, ends: bool
    ) -> None:
        terms = script.Terms(
            samples,
            inspections,
            stops,
            suspensions,
            until=self.now + timedelta(days=20),
        )
        if ends:
            self.do(lambda: script.stop(self.state, self.now))
        else:
            self.do(lambda: script.begin(self.state, terms, self.now))

    @precondition(lambda self: self.state.notices)
    @rule(
        newest=st.integers(1, 6),
        what=st.sampled_from(["acknowledge", "acknowledge", "pass_limit", "give_up", "redeliver"]),
    )
    def about_a_notice(self, newest: int, what: str) -> None:
        id = self.pick("notices", newest)
        if what == "acknowledge":
            self.do(lambda: notice.acknowledge(self.state, "reg-1", id, "interface", self.now))
        elif what == "pass_limit":
            self.do(lambda: notice.pass_limit(self.state, id, 60, self.now))
        elif what == "give_up":
            self.do(lambda: notice.give_up(self.state, id, 5, "no answer", self.now))
        else:
            self.do(lambda: notice.redeliver(self.state, "reg-1", id, "platform", self.now))

    @rule(
        what=st.sampled_from(["add", "add", "retire", "revoke", "readmit"]),
        which=st.integers(0, len(ADDING) - 1),
    )
    def about_a_key(self, what: str, which: int) -> None:
        request = ADDING[which]
        id = key.id_of(request.key.public_key)
        state, now = self.state, self.now
        if what == "add":
            self.do(lambda: self._signed(key.add(state, "reg-1", "demo", request, now)))
        elif what == "retire":
            self.do(lambda: key.retire(state, "reg-1", id, now))
        elif what == "revoke":
            self.do(lambda: key.revoke(state, "reg-1", id, "stolen", now))
        else:
            self.do(lambda: (PasscodeReissued(now),))
            self.do(lambda: key.readmit(state, "reg-1", request.key, now))

    def _signed(self, outcome: Outcome) -> Outcome:
        """Who has no key in force cannot ask for another."""
        has_any = key.in_force(self.state, "reg-1", self.now)
        return outcome if has_any else not_found("key", "none in force")

    @rule(url=st.sampled_from([None, CALLBACK, OTHER_CALLBACK]), confirm=st.booleans())
    def about_the_callback(self, url: str | None, confirm: bool) -> None:
        if confirm:
            self.do(lambda: registration.confirm_callback(self.state, "reg-1", url, self.now))
        else:
            self.do(
                lambda: cast(
                    tuple[Any, ...] | Refusal,
                    registration.change_callback(self.state, "reg-1", url, self.now),
                )
            )


def _payload_of(transmission: str) -> str:
    return f"{int(transmission.rpartition('-')[2]):064x}"
