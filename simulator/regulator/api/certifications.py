"""The way out by certification: ask for it, rectify what does not conform, read where it stands."""

from typing import Any

from simulator.messages.certification import (
    Certification,
    CertificationList,
    CertificationRequest,
    RectificationRequest,
)
from simulator.regulator import views
from simulator.regulator.api import Call, Operation, Outcome, Resource, Taken, page_of
from simulator.regulator.lifecycle import certification
from simulator.regulator.reading import JsonMessage
from simulator.regulator.refusal import Refusal, not_found

REQUEST: dict[str, Any] = {
    "recipients": [{"recipient": "acquirer-sg", "country": "SG"}],
    "purpose": "settlement of cross-border payments",
    "categories": ["M01", "M02", "M03"],
    "persons": 9000,
    "sensitive_persons": 9000,
}
EXAMPLE: dict[str, Any] = REQUEST | {
    "id": "cer-1",
    "status": "certified",
    "requested_at": "2026-03-02T01:00:00Z",
    "decided_at": "2026-03-02T01:00:00Z",
    "number": "PIC2026000001",
    "valid_until": "2029-03-02T16:00:00Z",
    "findings": [],
    "rectify_by": None,
}


def _request(call: Call, request: CertificationRequest) -> Outcome:
    id = call.state.next_id("cer")
    return _told(call, id, certification.request(call.state, call.platform, request, call.now))


def _rectify(call: Call, request: RectificationRequest) -> Outcome:
    id = call.path["id"]
    outcome = certification.rectify(call.state, call.platform, id, request, call.now)
    return _told(call, id, outcome)


def _told(call: Call, id: str, outcome: Any) -> Outcome:
    if isinstance(outcome, Refusal):
        return outcome
    return Taken(outcome, lambda: views.certification(call.state.certifications[id]))


def _read(call: Call, _: None) -> Outcome:
    held = call.state.certifications.get(call.path["id"])
    if held is None or held.platform != call.platform:
        return not_found("certification", call.path["id"])
    return Taken((), lambda: views.certification(held))


def _list(call: Call, _: None) -> Outcome:
    own = [held for held in call.state.certifications.values() if held.platform == call.platform]
    shown, cursor = page_of(own, call.page)
    items = tuple(map(views.certification, shown))
    return Taken((), lambda: CertificationList(items=items, next_cursor=cursor))


CERTIFICATIONS = Resource(
    id="certifications",
    title="Having exports certified",
    operations=(
        Operation(
            id="request_certification",
            method="POST",
            path="/certifications",
            title="Have an export verified, audited and certified; open from 2026 on",
            body=JsonMessage(CertificationRequest, REQUEST),
            answers=Certification,
            example=EXAMPLE,
            status=201,
            ask=_request,
            idempotency="required",
            needs_confirmed_callback=True,
            refuses=(
                "route_not_open",
                "certification_excluded",
                "persons_inconsistent",
                "category_unknown",
                "category_forbidden",
            ),
            links={"read_certification": "id", "rectify_certification": "id"},
        ),
        Operation(
            id="list_certifications",
            method="GET",
            path="/certifications",
            title="List the own certifications, oldest first",
            answers=CertificationList,
            example={"items": [EXAMPLE], "next_cursor": None},
            ask=_list,
            lists="pages",
        ),
        Operation(
            id="read_certification",
            method="GET",
            path="/certifications/{id}",
            title="Read where a certification stands",
            answers=Certification,
            example=EXAMPLE,
            ask=_read,
            refuses=("not_found",),
        ),
        Operation(
            id="rectify_certification",
            method="POST",
            path="/certifications/{id}/rectification",
            title="Rectify what does not conform or match, within its time limit",
            body=JsonMessage(RectificationRequest, {"statement": "the key is rotated monthly"}),
            answers=Certification,
            example=EXAMPLE | {"status": "auditing"},
            ask=_rectify,
            changes="read_certification",
            idempotency="required",
            refuses=("not_found", "certification_closed"),
        ),
    ),
)
