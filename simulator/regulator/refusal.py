"""Every way in which the regulator says no, in one table, so that a code means one thing for ever.

A refusal speaks about the sender's message. It names everything that is wrong at once: the first
error gives the refusal its code and status, `errors` holds them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from simulator.journal.events.alert import AlertRaised
from simulator.law.working_days import BeyondCalendar
from simulator.messages.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says to every sender: HTTP status, title, and the rule behind it, if any."""

    status: int
    title: str
    clause: str | None = None


CODES: dict[str, Code] = {
    # The request itself.
    "json_malformed": Code(400, "The body is not JSON"),
    "content_type_unsupported": Code(415, "The content type is not one that this resource reads"),
    "body_too_large": Code(413, "The body is larger than the limit"),
    "batch_too_large": Code(413, "The body holds more lines than the limit"),
    "json_too_deep": Code(400, "The JSON is nested more deeply than the limit"),
    "encoding_unsupported": Code(415, "The content encoding is not one that is read here"),
    "encoding_malformed": Code(400, "The body is not what its content encoding says"),
    "target_too_long": Code(414, "Path and query are longer than the limit"),
    "headers_too_large": Code(431, "The headers are more than the limit"),
    "request_too_slow": Code(408, "The request did not arrive in time"),
    "body_invalid": Code(422, "The message is missing something or says something impossible"),
    "query_invalid": Code(422, "The query says something that this resource does not know"),
    "method_not_allowed": Code(405, "The resource has no such method"),
    "not_found": Code(404, "There is nothing of yours under this name"),
    "sandbox_unknown": Code(404, "There is no such sandbox"),
    "rate_limited": Code(429, "Too many requests"),
    "streams_too_many": Code(429, "Too many streams are open"),
    "internal_error": Code(500, "The regulator made a mistake of its own"),
    "journal_unavailable": Code(503, "The journal cannot be written, so nothing is acknowledged"),
    "calendar_exhausted": Code(409, "The calendar of working days does not reach so far"),
    "idempotency_key_invalid": Code(400, "The Idempotency-Key header cannot be a key"),
    "idempotency_key_missing": Code(400, "The Idempotency-Key header is missing"),
    "idempotency_conflict": Code(422, "The Idempotency-Key was used for another message"),
    "precondition_failed": Code(412, "What is to be changed is not what If-Match names"),
    "scenario_forbidden": Code(403, "The sandbox does not listen to scenario headers"),
    "scenario_unknown": Code(422, "The scenario header asks for something that is not there"),
    # Who speaks.
    "signature_missing": Code(401, "The request is not signed"),
    "signature_malformed": Code(401, "The signature cannot be read"),
    "signature_invalid": Code(401, "The signature does not fit the request"),
    "signature_stale": Code(401, "The signature was created outside the window"),
    "components_missing": Code(401, "The signature does not cover what it must"),
    "digest_mismatch": Code(401, "The content digest does not fit the body"),
    "key_unknown": Code(401, "The signing key is not registered"),
    "key_retired": Code(401, "The signing key was retired"),
    "key_revoked": Code(401, "The signing key was revoked"),
    "certificate_mismatch": Code(401, "The connection's certificate is not that of the sender"),
    "nonce_replayed": Code(401, "The nonce was used before"),
    "passcode_wrong": Code(403, "The passcode is wrong"),
    "passcode_used": Code(409, "The passcode has been used"),
    "key_unfit": Code(422, "The key is not one of the sandbox's suite"),
    "key_proof_wrong": Code(422, "The new key did not sign the proof that its sender holds it"),
    "key_known": Code(409, "The key is registered already, or was"),
    "key_last": Code(409, "The last key in force cannot be retired"),
    "keys_too_many": Code(409, "Too many keys are in force"),
    "callback_forbidden": Code(422, "The regulator must not call this address"),
    "uscc_invalid": Code(422, "The unified social credit code is not valid", "GB 32100-2015"),
    "callback_unconfirmed": Code(403, "The callback has not answered its challenge"),
    # What may leave.
    "period_invalid": Code(422, "The period cannot be granted", "Order 11 art. 14"),
    "category_unknown": Code(422, "The category is not in the catalogue"),
    "category_forbidden": Code(422, "The category never leaves the country", "JR/T 0171-2020 C3"),
    "field_duplicated": Code(422, "A field is declared twice"),
    "desensitisation_insufficient": Code(
        422, "The desensitisation does not suffice for the category", "PIPL art. 51(3)"
    ),
    "declaration_unknown": Code(
        409, "Nothing was declared and accepted for this", "Order 11 art. 4"
    ),
    "already_decided": Code(409, "This has been decided"),
    # In which step of the assessment.
    "self_assessment_untimely": Code(
        422,
        "The self-assessment was not completed within three months before filing",
        "Order 11 art. 5",
    ),
    "declaration_not_replaceable": Code(
        409, "Only what was once accepted can be declared again", "Order 11 art. 14"
    ),
    "declaration_not_in_force": Code(409, "The declaration is not in force", "Order 11 art. 14"),
    "step_impossible": Code(409, "The procedure has no such step from here", "Order 11 art. 7, 12"),
    "supplement_not_asked": Code(409, "Nothing is to be supplemented", "Order 11 art. 11"),
    "supplement_incomplete": Code(
        422, "The supplement does not answer what was asked", "Order 11 art. 11"
    ),
    "reevaluation_impossible": Code(
        409, "There is no result that can be evaluated again", "Order 11 art. 13"
    ),
    "reevaluation_late": Code(
        409, "A re-evaluation is asked for within 15 working days", "Order 11 art. 13"
    ),
    "extension_unknown_to_law": Code(
        409, "The law in force knows no extension: declare again", "Order 11 art. 14"
    ),
    "extension_late": Code(
        409, "An extension is asked for 60 working days before expiry", "Order 16 art. 9"
    ),
    # Under which authorization.
    "authorization_unknown": Code(
        409, "The platform holds no such authorization", "Order 11 art. 4"
    ),
    "authorization_stale": Code(409, "The version of the authorization is not the current one"),
    "authorization_revoked": Code(409, "The authorization is revoked", "Order 11 art. 17"),
    "authorization_expired": Code(409, "The authorization has expired", "Order 11 art. 14"),
    "authorization_not_yet_valid": Code(409, "The authorization is not valid yet"),
    "authorization_suspended": Code(409, "The export is suspended", "PIPL art. 66"),
    "authorization_stopped": Code(409, "The export is stopped", "Order 11 art. 17"),
    "recipient_mismatch": Code(
        409, "The recipient is not the authorized one", "Order 11 art. 9(1)"
    ),
    "country_mismatch": Code(409, "The country is not the authorized one", "Order 11 art. 9(1)"),
    "purpose_mismatch": Code(409, "The purpose is not the authorized one", "Order 11 art. 9(1)"),
    "category_outside": Code(409, "The category is outside the authorization", "Order 11 art. 4"),
    "quota_exceeded": Code(409, "The quota does not suffice", "Order 11 art. 14"),
    # By which way out.
    "persons_inconsistent": Code(422, "The numbers of persons contradict each other"),
    "route_not_open": Code(409, "This way out does not exist on this day", "Order 13; Order 20"),
    "mechanism_insufficient": Code(
        409,
        "The counts demand more than the stated mechanism",
        "Order 11 art. 4; Order 16 art. 7-8",
    ),
    "certification_unknown": Code(409, "There is no such certificate in use", "Order 20"),
    "contract_not_in_effect": Code(409, "The contract has not taken effect", "Order 13 art. 7"),
    "contract_unknown": Code(409, "There is no such filed contract", "Order 13 art. 7"),
    "contract_closed": Code(409, "The filing does not wait for this", "Order 13 art. 7-8"),
    "certification_excluded": Code(409, "This export cannot be certified", "Order 20"),
    "certification_closed": Code(409, "The certification does not wait for this", "Order 20"),
    # In which transmission.
    "transmission_unknown": Code(409, "The platform announced no such transmission"),
    "transmission_not_accepted": Code(409, "The transmission is not accepted"),
    "transmission_closed": Code(409, "The transmission is closed"),
    "sequence_duplicate": Code(409, "The sequence number was taken before"),
    # To what the regulator noticed and asked.
    "alert_ended": Code(409, "The alert is closed or escalated"),
    "sample_closed": Code(409, "The sample is not open to an answer"),
    "sample_outside": Code(422, "The payload is not in the sample"),
    "order_ended": Code(409, "The order is not pending"),
    # In which case.
    "material_unknown": Code(404, "There is no material of this number"),
    "case_closed": Code(409, "The case is closed"),
    "reinspection_pending": Code(409, "A re-inspection is under way"),
    "already_suspended": Code(409, "The export is suspended already"),
    # Which notice.
    "notice_acknowledged": Code(409, "The notice is acknowledged"),
    "delivery_under_way": Code(409, "The notice is being delivered"),
    "callback_missing": Code(409, "The platform has no callback and polls"),
}


ID_SHOWN_MAX = 200
"""Characters of an id that a refusal repeats in its errors."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One message refused; `alerts` is what the monitoring noticed in it, recorded all the same."""

    code: str
    status: int
    detail: str
    errors: tuple[ProblemError, ...]
    """At least one, so that nobody is left to guess where it is."""
    clause: str | None = None
    retry_after_s: float | None = None
    alerts: tuple[AlertRaised, ...] = ()

    def __post_init__(self) -> None:
        assert self.errors, f"{self.code} names nothing that is wrong"


def wrong(code: str, pointer: str, value: object, must: str) -> ProblemError:
    """One thing that is wrong: where, what was seen, and what it must do or be."""
    seen = _as_json(value)
    return ProblemError(
        pointer=pointer,
        code=code,
        detail=f"{pointer or 'the message'} must {must}, but was {seen!r}",
        value=seen,
        expected=must,
    )


def refuse(code: str, pointer: str, value: object, must: str) -> Refusal:
    """The refusal of a message with one thing wrong."""
    return refuse_all((wrong(code, pointer, value, must),))


def refuse_all(errors: Sequence[ProblemError], alerts: tuple[AlertRaised, ...] = ()) -> Refusal:
    """The refusal that names all `errors`, at least one, of which the first is the gravest."""
    gravest = errors[0]
    more = f" (and {len(errors) - 1} more, see errors)" if len(errors) > 1 else ""
    code = CODES[gravest.code]
    return Refusal(
        code=gravest.code,
        status=code.status,
        detail=gravest.detail + more,
        errors=tuple(errors),
        clause=code.clause,
        alerts=alerts,
    )


POINTED: dict[str, tuple[str, str]] = {
    # The request itself.
    "encoding_malformed": ("", "be what its Content-Encoding says"),
    "not_found": ("path", "be one of the interface's"),
    "sandbox_unknown": ("path:sandbox", "name a sandbox that is there"),
    "rate_limited": ("", "wait as long as Retry-After says"),
    "streams_too_many": ("", "wait until another stream has ended"),
    "internal_error": ("", "stay as it is: the mistake is the regulator's, so tell the operator"),
    "journal_unavailable": ("", "be sent again after Retry-After, under the same key"),
    "calendar_exhausted": ("", "need no working days beyond the calendar"),
    "idempotency_conflict": ("header:idempotency-key", "be new for a new message"),
    "scenario_forbidden": ("header:reinspect-scenario", "be absent in this sandbox"),
    # Who speaks.
    "signature_missing": ("header:signature", "be there, beside Signature-Input"),
    "signature_malformed": ("header:signature-input", "be as RFC 9421 and docs/signatures.md say"),
    "signature_invalid": ("header:signature", "fit the request, by the key that it names"),
    "signature_stale": ("header:signature-input", "state a `created` within 300 s of GET /time"),
    "components_missing": ("header:signature-input", "cover every component that is demanded"),
    "digest_mismatch": ("header:content-digest", "be the digest of the body as sent"),
    "key_unknown": ("header:signature-input", "name a key that is registered in this sandbox"),
    "key_retired": ("header:signature-input", "name a key whose period has not ended"),
    "key_revoked": ("header:signature-input", "name a key that is not revoked"),
    "certificate_mismatch": ("header:signature-input", "name a key of the certificate's owner"),
    "nonce_replayed": ("header:signature-input", "state a nonce that was not used before"),
    "callback_unconfirmed": (
        "header:signature-input",
        "come from a platform whose callback has answered its challenge",
    ),
    "passcode_wrong": ("/passcode", "be the one of this sandbox"),
    "passcode_used": ("/passcode", "be one that nobody has registered with"),
    "keys_too_many": ("/key", "have fewer in force beside it: retire one first"),
    "key_last": ("path:id", "not be the last in force: add its successor first"),
    # Which notice, which successor.
    "callback_missing": ("path:id", "be read with GET /notices: the platform has no callback"),
    "notice_acknowledged": ("path:id", "not be acknowledged"),
    "delivery_under_way": ("path:id", "be given up"),
    "already_decided": ("", "wait until what is announced is in force"),
}
"""What is wrong where the code alone tells it: the place, and what it must be or do."""


def refuse_plainly(
    code: str,
    detail: str,
    value: object,
    *,
    pointer: str | None = None,
    retry_after_s: float | None = None,
) -> Refusal:
    """A refusal whose `detail` tells more than place, value and expectation; place (unless
    `pointer` is given) and expectation are as `POINTED` has them.

    `value` is what was seen: what the sender said, or the state that stood in the way.
    """
    told = CODES[code]
    where, must = POINTED[code]
    where = where if pointer is None else pointer
    seen = _shortened(value) if isinstance(value, str) else _as_json(value)
    error = ProblemError(pointer=where, code=code, detail=detail, value=seen, expected=must)
    return Refusal(
        code=code,
        status=told.status,
        detail=detail,
        errors=(error,),
        clause=told.clause,
        retry_after_s=retry_after_s,
    )


def beyond_calendar(beyond: BeyondCalendar) -> Refusal:
    """The refusal of what would need working days that nobody has published yet."""
    return refuse_plainly("calendar_exhausted", str(beyond), beyond.day)


def veiled(secret: str) -> str:
    """A secret as a refusal may repeat it."""
    return f"{len(secret)} characters that are not repeated here"


def not_found(what: str, id: str, pointer: str = "path:id") -> Refusal:
    """Also for what belongs to another platform: nobody learns what others have."""
    missing = wrong("not_found", pointer, _shortened(id), f"name a {what} of this platform")
    detail = f"there is no {what} {id!r} of this platform"
    return replace(refuse_all((missing,)), detail=detail)


def _shortened(id: str) -> str:
    return id if len(id) <= ID_SHOWN_MAX else id[:ID_SHOWN_MAX] + "…"


def _as_json(value: object) -> Any:
    if isinstance(value, date):  # A datetime is a date too.
        return value.isoformat()
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    known = value is None or isinstance(value, str | int | float | list | dict)
    return value if known else str(value)
