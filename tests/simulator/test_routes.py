"""The ways out of the country over real HTTP: a contract by the calendar, a certificate by hand."""

from pathlib import Path
from typing import Any

from simulator.regulator.api.certifications import REQUEST as CERTIFICATION
from simulator.regulator.api.contracts import MATERIALS
from simulator.regulator.api.contracts import REQUEST as CONTRACT

from .forked import served
from .parties import Control, Platform, announcement, declaration


def by(mechanism: str, **papers: str) -> dict[str, Any]:
    return declaration() | {"mechanism": mechanism, "sensitive_persons": 0} | papers


def test_a_contract_opens_the_way_after_its_check_and_closes_it_at_its_end(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        tester, platform = Control(running), Platform(running)
        tester.post("", {"id": "sb", "passcode": "open sesame", "rate": 0})
        running.http.put(
            f"{running.base}/control/sandboxes/sb/policy",
            json={"contracts": "statutory"},
            headers={"authorization": "Bearer let-me-in"},
        ).raise_for_status()
        platform.register()

        def tell(path: str, body: Any = None) -> Any:
            key = f"{path}-{platform.sent}"
            return platform.call("POST", path, body, idempotency_key=key)

        partial = {"standard_contract": MATERIALS["standard_contract"]}
        received = tell("/contracts", CONTRACT | {"materials": partial}).json()
        too_early = tell("/declarations", by("standard_contract", contract="con-1"))
        checked = tester.post("/sb/clock/advance", {"to": "2023-06-26T00:00:00Z"})
        returned = platform.call("GET", "/contracts/con-1").json()
        tell("/contracts/con-1/supplement", {"materials": MATERIALS})
        filed = tester.post("/sb/decisions", {"subject": "con-1", "accept": True})
        declared = tell("/declarations", by("standard_contract", contract="con-1")).json()
        ended = tell("/contracts/con-1/ending").json()
        late = tell("/transmissions", announcement())
        notices = platform.call("GET", "/notices").json()["items"]

    assert received["status"] == "received"
    assert too_early.json()["code"] == "contract_unknown"
    assert [one["command"] for one in checked["happened"]] == ["decide con-1"]
    assert (returned["status"], len(returned["reasons"])) == ("returned", 6)
    assert filed["events"][0]["event"] == "contract_filed"
    assert (declared["status"], declared["mechanism"]) == ("accepted", "standard_contract")
    assert ended["status"] == "ended"
    assert late.json()["code"] == "authorization_revoked"
    assert [(one["type"], one["data"].get("status")) for one in notices] == [
        ("contract.decided", "returned"),
        ("contract.decided", "filed"),
        ("contract.decided", "ended"),
        ("authorization.revoked", None),
    ]


def test_a_certificate_is_decided_by_hand_and_survives_a_kill(tmp_path: Path) -> None:
    with served(tmp_path) as first:
        tester, platform = Control(first), Platform(first)
        tester.post("", {"id": "sb", "passcode": "open sesame", "rule_pack": "r2026", "rate": 0})
        first.http.put(
            f"{first.base}/control/sandboxes/sb/policy",
            json={"certifications": "manual"},
            headers={"authorization": "Bearer let-me-in"},
        ).raise_for_status()
        platform.register()
        scope = CERTIFICATION | {"purpose": declaration()["purpose"]}
        platform.call("POST", "/certifications", scope, idempotency_key="c-1")
        steps = [
            tester.post("/sb/decisions", {"subject": "cer-1", "accept": accept})["events"]
            for accept in (True, True)
        ]
        period = {"valid_from": "2026-01-01T00:00:00Z", "valid_until": "2026-12-01T00:00:00Z"}
        certified = by("certification", certification="cer-1") | period
        ordinary = platform.call("POST", "/declarations", certified, idempotency_key="d-1")
        sensitive = certified | {"sensitive_persons": 100}
        declared = platform.call("POST", "/declarations", sensitive, idempotency_key="d-2")
        tester.post("/sb/decisions", {"subject": "cer-1", "accept": False, "reason": "a hole"})

    with served(tmp_path) as second:
        platform = Platform(second, key_id=platform.key_id)
        suspended = platform.call("GET", "/certifications/cer-1").json()
        halted = platform.call("GET", "/authorizations/aut-2").json()

    assert [events[0]["event"] for events in steps] == [
        "certification_verified",
        "certification_granted",
    ]
    assert (ordinary.status_code, declared.status_code) == (201, 201)
    assert (suspended["status"], suspended["findings"]) == ("suspended", ["a hole"])
    assert halted["status"] == "stopped"
