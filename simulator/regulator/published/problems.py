"""What a refusal looks like, code by code: which operation refuses with which, and an example."""

from typing import Any

from simulator.regulator.api import Operation
from simulator.regulator.published import headers
from simulator.regulator.refusal import CODES

SIGNATURE_CODES = (
    "signature_missing",
    "signature_malformed",
    "signature_invalid",
    "signature_stale",
    "components_missing",
    "digest_mismatch",
    "key_unknown",
    "key_retired",
    "key_revoked",
    "certificate_mismatch",
    "nonce_replayed",
)
ALWAYS = (
    "body_too_large",
    "request_too_slow",
    "target_too_long",
    "headers_too_large",
    "encoding_unsupported",
    "encoding_malformed",
    "query_invalid",
    "rate_limited",
    "journal_unavailable",
    "scenario_forbidden",
    "scenario_unknown",
)
IDEMPOTENCY_CODES = ("idempotency_key_invalid", "idempotency_conflict")
BODY_CODES = ("json_malformed", "json_too_deep", "content_type_unsupported", "body_invalid")

KEY = "key-56475aa75463474c"
VEILED = "11 characters that are not repeated here"

POINTED_AT: dict[str, tuple[str, Any, str]] = {
    # The request itself.
    "json_malformed": ("", "{", "be one JSON value in UTF-8"),
    "content_type_unsupported": ("header:content-type", "text/plain", "be application/json"),
    "body_too_large": ("", 33_554_433, "be at most 33,554,432 bytes"),
    "batch_too_large": ("", "more than 100000", "be at most 100,000 lines"),
    "json_too_deep": ("", "more than 200", "be at most 200 levels"),
    "encoding_unsupported": ("header:content-encoding", "br", "be gzip or deflate, once"),
    "encoding_malformed": ("", "17 bytes", "be what its Content-Encoding says"),
    "target_too_long": ("path", 9_000, "be at most 8,192 bytes, with the query"),
    "headers_too_large": ("header", 101, "be at most 100 lines"),
    "request_too_slow": ("", "17 bytes of the body after 60 seconds", "be at most 60 seconds"),
    "body_invalid": ("/records", 0, "be greater than or equal to 1"),
    "query_invalid": ("query:limit", "0", "be a whole number from 1 to 200"),
    "method_not_allowed": ("method", "PATCH", "be GET or POST"),
    "not_found": ("path:id", "x-9", "name a thing of this platform"),
    "sandbox_unknown": ("path:sandbox", "dmeo", "name a sandbox that is there"),
    "rate_limited": ("", "0.250 s too early", "wait as long as Retry-After says"),
    "streams_too_many": ("", 4, "wait until another stream has ended"),
    "internal_error": ("", "declare", "stay as it is: tell the operator"),
    "journal_unavailable": ("", "not written", "be sent again after Retry-After"),
    "calendar_exhausted": ("", "2027-01-04", "need no working days beyond the calendar"),
    "idempotency_key_invalid": (
        "header:idempotency-key",
        "two words",
        "have 1 to 200 visible ASCII characters",
    ),
    "idempotency_key_missing": (
        "header:idempotency-key",
        None,
        "have 1 to 200 visible ASCII characters",
    ),
    "idempotency_conflict": ("header:idempotency-key", "declare-1", "be new for a new message"),
    "precondition_failed": (
        "header:if-match",
        '"0cc175b9c0f1b6a831c399e269772661"',
        f"name the current entity tag, {headers.TAG_EXAMPLE}",
    ),
    "scenario_forbidden": (
        "header:reinspect-scenario",
        "decision=refuse",
        "be absent in this sandbox",
    ),
    "scenario_unknown": ("header:reinspect-scenario", "fualt", "be fault or decision"),
    # Who speaks.
    "signature_missing": ("header:signature", None, "be there, beside Signature-Input"),
    "signature_malformed": ("header:signature-input", "sig1", "be as docs/signatures.md says"),
    "signature_invalid": ("header:signature", KEY, "fit the request, by the key that it names"),
    "signature_stale": ("header:signature-input", 1_685_577_600, "be created within 300 s of now"),
    "components_missing": ("header:signature-input", '"@method" "@path"', "cover @query too"),
    "digest_mismatch": ("header:content-digest", "sha-256=:AA==:", "be the digest of the body"),
    "key_unknown": ("header:signature-input", KEY, "name a key that is registered"),
    "key_retired": ("header:signature-input", KEY, "name a key whose period has not ended"),
    "key_revoked": ("header:signature-input", KEY, "name a key that is not revoked"),
    "certificate_mismatch": (
        "header:signature-input",
        "Another Pay",
        "name a key of the certificate's owner",
    ),
    "nonce_replayed": ("header:signature-input", "n-1", "state a nonce that was not used before"),
    "passcode_wrong": ("/passcode", VEILED, "be the one of this sandbox"),
    "passcode_used": ("/passcode", VEILED, "be one that nobody has registered with"),
    "key_unfit": ("/key/algorithm", "sm2", "be ed25519, as everybody's in this sandbox"),
    "key_proof_wrong": ("/proof", "AA==", "be the new key's signature"),
    "key_known": ("/key/public_key", "AA==", "be a key that was never registered here"),
    "key_last": ("path:id", KEY, "not be the last in force: add its successor first"),
    "keys_too_many": ("/key", 4, "have fewer in force beside it: retire one first"),
    "callback_forbidden": ("/callback_url", "http://192.0.2.1/", "be of this host"),
    "uscc_invalid": ("/uscc", "91310000MA1FL0000X", "end in its check character"),
    "callback_unconfirmed": (
        "header:signature-input",
        "challenged",
        "come from a platform whose callback has answered its challenge",
    ),
    # What may leave.
    "period_invalid": ("/valid_until", "2030-01-01", "be at most two years from today"),
    "category_unknown": ("/fields/0/category", "X9", "be a code of GET /categories"),
    "category_forbidden": ("/fields/0/category", "F1", "be one that may leave at all"),
    "field_duplicated": ("/fields/1/name", "card_number", "be named once"),
    "desensitisation_insufficient": ("/fields/0/desensitisation", "none", "be hash or last4"),
    "declaration_unknown": ("/recipient", "acquirer-sg", "be declared and accepted"),
    "already_decided": ("path:id", "dcl-1", "wait for a decision (it is accepted)"),
    "self_assessment_untimely": ("/self_assessed_on", "2023-01-01", "be within three months"),
    "declaration_not_replaceable": ("/replaces", "dcl-1", "be accepted, or once have been"),
    "declaration_not_in_force": ("path:id", "dcl-1", "be in force"),
    "step_impossible": ("/step", "admit", "be forward (dcl-1 is received)"),
    "supplement_not_asked": ("path:id", "dcl-1", "be supplementing (it is received)"),
    "supplement_incomplete": ("/items", [1], "answer number 2 too"),
    "reevaluation_impossible": ("path:id", "dcl-1", "have a result (it is received)"),
    "reevaluation_late": ("path:id", "dcl-1", "be asked for by 2023-06-22"),
    "extension_unknown_to_law": ("path:id", "dcl-1", "be declared again"),
    "extension_late": ("path:id", "dcl-1", "be asked for by 2026-03-05"),
    # Under which authorization.
    "authorization_unknown": ("/authorization", "aut-9", "be held by this platform"),
    "authorization_stale": ("/authorization_version", 1, "be 2, the current one"),
    "authorization_revoked": ("/authorization", "aut-1", "not be revoked"),
    "authorization_expired": ("/authorization", "aut-1", "not have expired"),
    "authorization_not_yet_valid": ("/authorization", "aut-1", "be valid already"),
    "authorization_suspended": ("/authorization", "aut-1", "not be suspended"),
    "authorization_stopped": ("/authorization", "aut-1", "not be stopped"),
    "recipient_mismatch": ("/recipient", "acquirer-us", "be acquirer-sg"),
    "country_mismatch": ("/country", "US", "be SG"),
    "purpose_mismatch": ("/purpose", "marketing", "be settlement"),
    "category_outside": ("/categories/0", "R3", "be R1 or R2"),
    "quota_exceeded": ("/records", 11, "be at most 10 of 100 records"),
    # By which way out.
    "persons_inconsistent": ("/sensitive_persons", 12, "be at most the 10 persons stated"),
    "route_not_open": ("", "2023-05-01", "be a day on which this way exists"),
    "mechanism_insufficient": ("/mechanism", "standard_contract", "be security_assessment"),
    "certification_unknown": ("/certification", "pip-9", "be a certificate in use"),
    "contract_not_in_effect": ("/effective_on", "2023-07-01", "be today or before"),
    "contract_unknown": ("/contract", "con-9", "be a filed contract"),
    "contract_closed": ("path:id", "con-1", "be returned (it is filed)"),
    "certification_excluded": ("/persons", 1_000_000, "be below 1000000"),
    "certification_closed": ("path:id", "pip-1", "be requested (it is certified)"),
    # In which transmission.
    "transmission_unknown": ("/items/0/transmission", "trm-9", "be announced by this platform"),
    "transmission_not_accepted": ("path:id", "trm-1", "be accepted (it is received)"),
    "transmission_closed": ("path:id", "trm-1", "be open"),
    "sequence_duplicate": ("/0/sequence", 7, "not be taken before"),
    # To what the regulator noticed and asked, in which case, which notice.
    "alert_ended": ("path:id", "alr-1", "be open (it is closed)"),
    "sample_closed": ("path:id", "smp-1", "wait for an answer (it is right)"),
    "sample_outside": ("/items/0/payload", "0" * 64, "be in the sample"),
    "order_ended": ("path:id", "ord-1", "be pending (it is void)"),
    "material_unknown": ("path:number", "18", "be 1 to 17"),
    "case_closed": ("path:id", "cas-1", "be open (it is passed)"),
    "reinspection_pending": ("path:id", "cas-1", "wait for its re-inspection"),
    "already_suspended": ("/case", "cas-2", "wait: cas-1 suspends already"),
    "notice_acknowledged": ("path:id", "acknowledged", "not be acknowledged"),
    "delivery_under_way": ("path:id", "pending", "be given up"),
    "callback_missing": ("path:id", "ntc-1", "be read with GET /notices"),
}
"""What the example of each code points at: the pointer, the value, and what it must do or be."""

HEADERS_OF = {401: ["WWW-Authenticate"], 412: ["ETag"], 429: ["Retry-After"]}
"""What a status tells beside the problem."""


def refusals(operation: Operation) -> list[str]:
    """Every code that an operation may refuse with."""
    codes = list(ALWAYS)
    if operation.is_signed:
        codes += SIGNATURE_CODES
    if operation.needs_confirmed_callback:
        codes.append("callback_unconfirmed")
    if operation.idempotency == "required":
        codes.append("idempotency_key_missing")
    if operation.idempotency != "none":
        codes += IDEMPOTENCY_CODES
    if operation.body is not None:
        codes += BODY_CODES
    if operation.changes is not None:
        codes.append("precondition_failed")
    return [*codes, *operation.refuses]


def by_status(operation: Operation) -> dict[str, Any]:
    """The refusals of an operation as its responses."""
    grouped: dict[int, list[str]] = {}
    for code in refusals(operation):
        grouped.setdefault(CODES[code].status, []).append(code)
    return {str(status): _response(status, codes) for status, codes in sorted(grouped.items())}


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    unique = list(dict.fromkeys(codes))
    names = [*headers.ON_EVERY_ANSWER, *HEADERS_OF.get(status, [])]
    return {
        "description": "; ".join(f"`{code}`: {CODES[code].title}" for code in unique),
        "headers": headers.referred(names),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": example(code)} for code in unique},
            }
        },
    }


def example(code: str) -> dict[str, Any]:
    """A problem with this code."""
    told = CODES[code]
    pointer, value, must = POINTED_AT[code]
    detail = f"{pointer or 'the message'} must {must}, but was {value!r}"
    return {
        "type": f"urn:reinspect:problem:{code}",
        "title": told.title,
        "status": told.status,
        "code": code,
        "detail": detail,
        "clause": told.clause,
        "errors": [
            {"pointer": pointer, "code": code, "detail": detail, "value": value, "expected": must}
        ],
    }
