"""Commands that fit the state: by chance alone most commands are refused, and few lives get far."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from simulator.messages.declaration import DeclarationStatus
from tests.regulator.acting import BEGINS, MANNERS
from tests.regulator.declaring import Declaring
from tests.regulator.sending import Sending

FITTING: dict[DeclarationStatus, tuple[str, ...]] = {
    "received": ("forward", "return", "accept", "accept", "refuse", "withdraw", "amend"),
    "forwarded": ("admit", "not_admit", "accept", "refuse", "withdraw", "amend"),
    "assessing": (
        "ask_supplement", "extend_assessment", "accept", "refuse", "refuse_false_material",
        "withdraw", "amend",
    ),
    "supplement_required": ("supplement", "terminate", "accept", "refuse", "refuse_false_material",
                            "withdraw", "amend"),
    "returned": ("amend", "withdraw"),
    "refused": ("ask_reevaluation",),
    "terminated": ("ask_reevaluation",),
    "reevaluating": ("accept", "refuse", "refuse_false_material"),
    "accepted": ("ask_extension", "report_change", "terminate_export", "declare_again"),
    "expiring": ("declare_again", "ask_extension", "report_change", "terminate_export"),
    "extending": ("declare_again", "accept", "refuse", "report_change", "terminate_export"),
    "extended": ("ask_extension", "report_change", "terminate_export", "declare_again"),
    "changed": ("declare_again",),
    "expired": ("declare_again",),
    "export_terminated": ("declare_again",),
}  # fmt: skip
"""Commands of `declaring.COMMANDS` that can be taken in a state; the first leads furthest."""
KNOWS_EXTENSIONS = datetime(2024, 3, 25, 1, tzinfo=UTC)
"""A day under the first law that knows extensions, on which results of the former law hold."""
GETS_FAR = ("declarations", "declarations", "declarations", "certifications")
"""Kinds whose lives have so many steps that chance alone seldom sees the last of them."""
Act = Callable[[], object]
AT_ONCE = st.integers(1, 60) | st.just(60)
CHANCE = st.integers(0, 2**32)
WAYS = (None, "exempt", "standard_contract", "certification")


class CarryingOn(Declaring, Sending):
    """What exists goes on, each kind as often as another."""

    @initialize(
        rule_pack=st.sampled_from(sorted(BEGINS)),
        manner=MANNERS,
        calls_back=st.booleans(),
        answers=st.booleans(),
        chance=CHANCE,
        many=AT_ONCE,
    )
    def begin(
        self,
        rule_pack: str,
        manner: str,
        calls_back: bool,
        answers: bool,
        chance: int,
        many: int,
    ) -> None:
        """A life that has got somewhere already."""
        super().begin(rule_pack, manner, calls_back, answers)
        self.carry_on(chance, many)

    @rule(chance=CHANCE, many=AT_ONCE)
    def carry_on(self, chance: int, many: int) -> None:
        """Several commands in a row, each of which is likely to be taken. Half of them are about
        one kind, so that some of it get far."""
        by = random.Random(f"{chance}:{self.commands}")
        favoured = by.choice((None, *GETS_FAR, *ABOUT))
        for _ in range(many):
            about = {kind: list(self._about(kind, by)) for kind in ABOUT}
            kinds = [
                acts
                for acts in (list(self._in_time(by)), list(self._anew(by)), *about.values())
                if acts
            ]
            acts = about.get(favoured or "")
            by.choice(acts if acts and by.random() < 0.5 else by.choice(kinds))()
            self.nothing_is_that_may_never_be()

    def _in_time(self, by: random.Random) -> Iterator[Act]:
        yield self.pass_time_to_the_next
        yield partial(self.pass_time, timedelta(days=by.choice((1, 3, 31, 200))))

    def _anew(self, by: random.Random) -> Iterator[Act]:
        newest, sure = by.randint(1, 2), by.random() < 0.7
        yield partial(self.about_a_declaration, "submit", newest)
        yield partial(self.declare, by.choice(WAYS), newest, by.randint(1, 900), sure, False)
        yield partial(self.hand_in_a_contract, sure, by.choice((None, 5, 40)), not sure, newest)
        yield self.ask_for_a_certificate
        yield partial(self.order, "inspect", newest, False, None, None, 5)
        yield partial(self.order, "suspend", newest, sure, None, by.choice((None, 60.0)), 5)
        yield partial(self.order, "sample", newest, False, None, None, 5)
        yield partial(self.order, "stop", newest, sure, None, by.choice((None, 60.0)), 5)
        yield partial(self.order, "lift", newest, sure, None, None, 5)
        yield partial(self.script, 1.0, 0.5, 0.1, 0.3, not sure)

    def _about(self, kind: str, by: random.Random) -> Iterator[Act]:
        ids = list(getattr(self.state, kind))
        if ids:
            newest = by.randint(1, min(3, len(ids)))
            yield from ABOUT[kind](self, newest, by)

    def _declaration(self, newest: int, by: random.Random) -> Iterator[Act]:
        held = self.state.declarations[self.pick("declarations", newest)]
        names = FITTING.get(held.status, ())
        for name in (*names, *names[:1] * len(names)):
            yield partial(self.about_a_declaration, name, newest)
        if held.in_force and self.now < KNOWS_EXTENSIONS:
            yield partial(self.pass_time, KNOWS_EXTENSIONS - self.now)
            yield partial(self.pass_time, KNOWS_EXTENSIONS - self.now)
        elif held.in_force:
            yield partial(self.pass_time, timedelta(days=by.choice((31, 90, 300))))

    def _authorization(self, newest: int, by: random.Random) -> Iterator[Act]:
        yield partial(self.announce, newest, 0, by.randint(1, 6), "SG")
        yield partial(self.announce, newest, 0, by.randint(1, 6), "SG")
        yield partial(self.order, "grant", newest, by.random() < 0.3, None, None, 20)
        yield partial(self.order, "revoke", newest, False, None, None, 0)

    def _transmission(self, newest: int, by: random.Random) -> Iterator[Act]:
        held = self.state.transmissions[self.pick("transmissions", newest)]
        if held.status == "received":
            yield partial(self.decide, by.randint(0, 5), by.random() < 0.6)
        country = by.choice(("SG", "US"))
        yield partial(self.feed, newest, [by.randint(1, 6), 7], "progressed", country)
        yield partial(self.close, newest, by.random() < 0.4, by.randint(0, 8), by.random() < 0.7)

    def _case(self, newest: int, by: random.Random) -> Iterator[Act]:
        for what in ("reinspect", "reinspect", "all", "decide"):
            yield partial(self.about_a_case, newest, what, by.choice((True, False, None)))
        yield partial(self.order, "suspend", newest, True, "immediate", None, 0)

    def _contract(self, newest: int, by: random.Random) -> Iterator[Act]:
        for what in ("decide", "decide", "supplement", "end"):
            word = by.choice((True, False, None))
            yield partial(self.about_a_contract, what, by.random() < 0.7, word, newest)
        yield partial(self.declare, "standard_contract", newest, 300, True, False)

    def _certification(self, newest: int, by: random.Random) -> Iterator[Act]:
        for word in (True, True, False, None, None):
            yield partial(self.about_a_certificate, word, newest)
        held = self.state.certifications[self.pick("certifications", newest)]
        if held.status == "certified" and held.valid_until is not None:
            near = held.valid_until - timedelta(days=5)
            yield partial(self.pass_time, max(timedelta(), near - self.now))
        yield partial(self.declare, "certification", newest, 900, True, False)

    def _alert(self, newest: int, by: random.Random) -> Iterator[Act]:
        for what in ("explain", "explain", "close", "escalate"):
            yield partial(self.about_an_alert, newest, what)

    def _inspection(self, newest: int, by: random.Random) -> Iterator[Act]:
        if self.state.transmissions:
            yield partial(self.answer_a_sample, newest, by.random() < 0.6)

    def _notice(self, newest: int, by: random.Random) -> Iterator[Act]:
        for what in ("acknowledge", "pass_limit", "give_up", "redeliver"):
            yield partial(self.about_a_notice, newest, what)

    def _order(self, newest: int, by: random.Random) -> Iterator[Act]:
        yield partial(self.about_an_order, newest, by.random() < 0.3)

    def _key(self, newest: int, by: random.Random) -> Iterator[Act]:
        what = by.choice(("add", "add", "retire", "revoke", "readmit"))
        yield partial(self.about_a_key, what, by.randint(0, 4))


ABOUT: dict[str, Callable[[CarryingOn, int, random.Random], Iterator[Act]]] = {
    "declarations": CarryingOn._declaration,
    "authorizations": CarryingOn._authorization,
    "transmissions": CarryingOn._transmission,
    "cases": CarryingOn._case,
    "contracts": CarryingOn._contract,
    "certifications": CarryingOn._certification,
    "alerts": CarryingOn._alert,
    "inspections": CarryingOn._inspection,
    "notices": CarryingOn._notice,
    "orders": CarryingOn._order,
    "keys": CarryingOn._key,
}
"""By the dictionary of the state that holds them."""
