"""What is known, as the wire says it: aggregate in, message out."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from simulator.journal.events.inspection import SampleRequested
from simulator.journal.events.lineage import LineageItem
from simulator.journal.records import Delivery
from simulator.law.working_days import china_date
from simulator.messages import alert as alert_wire
from simulator.messages import authorization as authorization_wire
from simulator.messages import case as case_wire
from simulator.messages import certification as certification_wire
from simulator.messages import contract as contract_wire
from simulator.messages import declaration as declaration_wire
from simulator.messages import inspection as inspection_wire
from simulator.messages import lineage as lineage_wire
from simulator.messages import notice as notice_wire
from simulator.messages import registration as registration_wire
from simulator.messages import regulator_key as regulator_key_wire
from simulator.messages import transmission as transmission_wire
from simulator.messages.problem import Problem
from simulator.messages.suites import DEFAULT
from simulator.regulator.lifecycle.alert import Alert
from simulator.regulator.lifecycle.authorization import (
    Authorization,
    as_message,
    field_as_message,
    standing,
)
from simulator.regulator.lifecycle.case import Case
from simulator.regulator.lifecycle.certification import Certification
from simulator.regulator.lifecycle.contract import Contract
from simulator.regulator.lifecycle.declared import WAITING, Declaration
from simulator.regulator.lifecycle.inspection import Inspection
from simulator.regulator.lifecycle.key import Key
from simulator.regulator.lifecycle.notice import Notice
from simulator.regulator.lifecycle.registration import Registration
from simulator.regulator.lifecycle.regulator_key import RegulatorKey
from simulator.regulator.lifecycle.transmission import Transmission
from simulator.regulator.refusal import CODES, Refusal
from simulator.regulator.state import RegulatorState


def registration(
    held: Registration,
    *,
    regulator_key_id: str,
    regulator_public_key: str,
    suite: str = DEFAULT,
    keys: Sequence[Key] = (),
    key_id: str | None = None,
) -> registration_wire.Registration:
    """`key_id` is the newest key in force; `None` stands for that of the registration."""
    return registration_wire.Registration(
        id=held.id,
        uscc=held.registered.uscc,
        name=held.registered.name,
        key_id=key_id or held.registered.key_id,
        status=held.status,
        callback_url=held.callback_url,
        callback_pending=held.callback_pending,
        keys=tuple(map(key, keys)),
        regulator_key_id=regulator_key_id,
        regulator_public_key=regulator_public_key,
        registered_at=held.registered.at,
        suite=suite,
    )


def key(held: Key) -> registration_wire.RegisteredKey:
    return registration_wire.RegisteredKey(
        id=held.id,
        public_key=held.public_key,
        status=held.status,
        valid_from=held.added_at,
        valid_until=held.valid_until,
        reason=held.reason,
    )


def regulator_keys(held: Sequence[RegulatorKey], suite: str) -> regulator_key_wire.RegulatorKeyList:
    """The oldest first; each ends when its successor begins."""
    ends = [*(successor.valid_from for successor in held[1:]), None]
    return regulator_key_wire.RegulatorKeyList(
        items=tuple(
            regulator_key_wire.RegulatorKey(
                id=one.id,
                algorithm=suite,
                public_key=one.public_key,
                valid_from=one.valid_from,
                valid_until=end,
                vouched=one.vouched,
            )
            for one, end in zip(held, ends, strict=True)
        )
    )


def declaration(held: Declaration) -> declaration_wire.Declaration:
    received = held.received
    return declaration_wire.Declaration(
        id=held.id,
        status=held.status,
        purpose=received.purpose,
        legal_basis=received.legal_basis,
        recipient=received.recipient,
        country=received.country,
        fields=tuple(map(field_as_message, received.fields)),
        records=received.records,
        persons=received.persons,
        valid_from=received.valid_from,
        valid_until=received.valid_until,
        received_at=received.at,
        decided_at=held.decided_at,
        reason=held.reason,
        authorization=held.authorization,
        mechanism=received.mechanism or "security_assessment",
        sensitive_persons=received.sensitive_persons,
        contract=received.contract,
        certification=received.certification,
        self_assessed_on=received.self_assessed_on,
        replaces=received.replaces,
        replaced_by=held.replaced_by,
        next_step_by=held.decide_at if held.status in WAITING else None,
        missing=held.missing,
        supplement_asked=() if held.asked is None else held.asked.items,
        supplement_until=None if held.asked is None else held.asked.until,
        final=held.final,
        holds_until=held.valid_until,
        extension_until=None if held.expiring_at is None else china_date(held.expiring_at),
        changes=held.changes,
    )


def authorization(
    state: RegulatorState, held: Authorization, now: datetime
) -> authorization_wire.Authorization:
    """The current version and its standing at `now`."""
    status = standing(state, held, now)
    return as_message(held.granted, status=status, used_records=held.used_records)


def transmission(held: Transmission) -> transmission_wire.Transmission:
    announced = held.announced
    return transmission_wire.Transmission(
        id=held.id,
        status=held.status,
        authorization=announced.authorization,
        authorization_version=announced.authorization_version,
        categories=announced.categories,
        purpose=announced.purpose,
        recipient=announced.recipient,
        country=announced.country,
        records=announced.records,
        announced_at=announced.at,
        decided_at=held.decided_at,
        reason=held.reason,
        closed_at=held.closed.at if held.closed is not None else None,
    )


def alert(held: Alert) -> alert_wire.Alert:
    raised, said = held.raised, held.acknowledged
    return alert_wire.Alert(
        id=raised.id,
        rule=raised.rule,
        transmission=raised.transmission,
        authorization=raised.authorization,
        detail=raised.detail,
        raised_at=raised.at,
        status=held.status,
        explanation=None if said is None else said.explanation,
        acknowledged_at=None if said is None else said.at,
        reason=held.reason,
        ended_at=held.ended_at,
    )


def inspection(held: Inspection) -> inspection_wire.Inspection:
    begun, answered = held.begun, held.answered
    return inspection_wire.Inspection(
        id=held.id,
        status=held.status,
        day=begun.day,
        reason=begun.reason,
        payloads=tuple(item.payload for item in held.items),
        requested_at=begun.at,
        answer_by=begun.answer_by if isinstance(begun, SampleRequested) else None,
        ended_at=held.ended_at,
        mistakes=tuple(
            inspection_wire.Mistake(
                payload=mistake.payload,
                source=mistake.source,
                field=mistake.field,
                expected=mistake.expected,
                seen=mistake.seen,
            )
            for mistake in (answered.mistakes if answered is not None else ())
        ),
        mistakes_left_out=0 if answered is None else answered.mistakes_left_out,
    )


def notice(held: Notice, *, source: str) -> notice_wire.Notice:
    """`source` names the sandbox's regulator, as CloudEvents wants it."""
    issued = held.issued
    return notice_wire.Notice.model_validate(
        {
            "id": issued.id,
            "source": source,
            "type": issued.type,
            "subject": issued.subject,
            "time": issued.at,
            "sequence": issued.sequence,
            "data": issued.data,
        }
    )


def acknowledgement(held: Notice) -> notice_wire.Acknowledgement:
    """Of a notice that was acknowledged."""
    assert held.acknowledged_at is not None, f"{held.id} is not acknowledged"
    return notice_wire.Acknowledgement(id=held.id, acknowledged_at=held.acknowledged_at)


def standing_of(held: Notice, attempts: int) -> notice_wire.NoticeStanding:
    """`attempts` is how often it was sent."""
    return notice_wire.NoticeStanding(
        id=held.id,
        status=held.status,
        attempts=attempts,
        overdue_at=held.overdue_at,
        reason=None if held.given_up is None else held.given_up.reason,
        acknowledged_at=held.acknowledged_at,
    )


def attempt(made: Delivery) -> notice_wire.DeliveryAttempt:
    return notice_wire.DeliveryAttempt(
        attempt=made.attempt,
        sent_at=made.sent_at,
        answered_at=made.answered_at,
        status=made.status,
        error=made.error,
        fault=made.fault,
        forged=made.forged,
    )


def case(held: Case) -> case_wire.Case:
    materials = tuple(
        case_wire.Material(
            number=material.number,
            title=material.title,
            document_date=material.document_date,
            digest=material.digest,
            sealed=material.sealed,
            uscc=material.uscc,
            handed_in_at=material.at,
        )
        for material in held.handed_in
    )
    return case_wire.Case(
        id=held.id,
        status=held.status,
        opened_at=held.opened.at,
        reason=held.opened.reason,
        suspended_at=held.suspended_at,
        deadline=held.deadline,
        materials=materials,
        findings=held.findings,
        decided_at=held.decided_at,
    )


def certification(held: Certification) -> certification_wire.Certification:
    requested = held.requested
    return certification_wire.Certification(
        id=held.id,
        status=held.status,
        recipients=tuple(
            certification_wire.CertifiedRecipient(recipient=one.recipient, country=one.country)
            for one in requested.recipients
        ),
        purpose=requested.purpose,
        categories=requested.categories,
        persons=requested.persons,
        sensitive_persons=requested.sensitive_persons,
        requested_at=requested.at,
        decided_at=held.decided_at,
        number=held.number,
        valid_until=held.valid_until,
        findings=held.findings,
        rectify_by=held.rectify_by,
    )


def contract(held: Contract) -> contract_wire.Contract:
    received = held.received
    return contract_wire.Contract(
        id=held.id,
        status=held.status,
        recipient=received.recipient,
        country=received.country,
        effective_on=received.effective_on,
        ends_on=received.ends_on,
        pipia_on=held.pipia_on,
        materials=contract_wire.ContractMaterials.model_validate(held.materials),
        replaces=received.replaces,
        received_at=received.at,
        filed_late=held.filed_late,
        decided_at=held.decided_at,
        number=held.number,
        reasons=held.reasons,
        supplement_by=held.supplement_by,
        ended_because=held.ended_because,
    )


def lineage(
    items: Iterable[LineageItem], *, next_cursor: str | None = None
) -> lineage_wire.LineageList:
    return lineage_wire.LineageList(
        next_cursor=next_cursor,
        items=tuple(
            lineage_wire.LineageEntry(
                payload=item.payload,
                source=item.source,
                rule_version=item.rule_version,
                transmission=item.transmission,
                recipient=item.recipient,
                country=item.country,
                categories=item.categories,
                sent_at=item.sent_at,
            )
            for item in items
        ),
    )


def problem(refusal: Refusal) -> Problem:
    return Problem(
        type=f"urn:reinspect:problem:{refusal.code}",
        title=CODES[refusal.code].title,
        status=refusal.status,
        code=refusal.code,
        detail=refusal.detail,
        clause=refusal.clause,
        errors=refusal.errors,
    )
