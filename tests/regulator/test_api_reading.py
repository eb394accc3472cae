"""Whatever is sent, the answer is a problem that names everything wrong, never our own error."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.journal.records import Exchange
from simulator.regulator.api import operations
from simulator.regulator.api.declarations import REQUEST as DECLARATION
from simulator.regulator.api.feed import NDJSON, FeedBody, FeedLines
from simulator.regulator.refusal import Refusal
from tests.regulator.connected import HOST, Connected, connected

ENDING = [operation for operation in operations() if not operation.is_stream]
"""Operations whose answer has an end that a test can wait for."""


@pytest.fixture(scope="module")
def regulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connected]:
    with connected(tmp_path_factory.mktemp("regulator")) as regulator:
        regulator.register()
        yield regulator


def declare(regulator: Connected, body: bytes, content_type: str = "application/json") -> Any:
    """The answer to a declaration of these bytes."""
    headers = {"idempotency-key": f"any-{regulator.nonces}", "content-type": content_type}
    return regulator.send(regulator.signed("POST", "/declarations", body, headers))


def test_every_wrong_and_missing_field_is_named_at_once(regulator: Connected) -> None:
    message = DECLARATION | {"country": "sg", "records": "many", "persons": -1, "surprise": True}
    del message["legal_basis"]

    answer = declare(regulator, json.dumps(message).encode())

    assert answer.status_code == 422
    assert [
        (error["pointer"], error["code"], error["value"], error["expected"])
        for error in answer.json()["errors"]
    ] == [
        ("/legal_basis", "body_invalid", None, "be present"),
        ("/country", "body_invalid", "sg", "match pattern '^[A-Z]{2}$'"),
        ("/records", "body_invalid", "many", "be a valid integer"),
        ("/persons", "body_invalid", -1, "be greater than or equal to 0"),
        ("/surprise", "body_invalid", True, "be absent: the message has no such field"),
    ]


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ('"country":"SG"', '"country":"US","country":"SG"'),
        ('"category":"M02"', '"category":"E03","category":"M02"'),
    ],
)
def test_a_field_that_is_said_twice_is_refused_and_not_chosen_from(
    regulator: Connected, text: str, again: str
) -> None:
    """Two readers of such a message could take it for two different ones."""
    body = json.dumps(DECLARATION, separators=(",", ":"))
    assert text in body

    answer = declare(regulator, body.replace(text, again, 1).encode())

    assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")
    [error] = answer.json()["errors"]
    assert (error["value"], error["expected"]) == (
        again.split('"')[1],
        "name no field of an object twice",
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "json_malformed"),
        (b"{", 400, "json_malformed"),
        (b"\xff\xfe", 400, "json_malformed"),
        (b'{"purpose":"\xff"}', 400, "json_malformed"),
        (b'{"purpose":"\\ud800"}', 400, "json_malformed"),
        (b"[" * 100_000, 400, "json_too_deep"),
        (b"null", 422, "body_invalid"),
        (b"[]", 422, "body_invalid"),
        (b"NaN", 422, "body_invalid"),
        (b'{"records":NaN}', 422, "body_invalid"),
        (b'{"records":' + b"9" * 4000 + b"}", 422, "body_invalid"),
        (b'{"records":1e400}', 422, "body_invalid"),
        (b'{"purpose":"\\u0000"}', 422, "body_invalid"),
        (b'{"\\u0000~/":1}', 422, "body_invalid"),
    ],
)
def test_a_body_that_is_no_message_is_refused(
    regulator: Connected, body: bytes, status: int, code: str
) -> None:
    answer = declare(regulator, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "application/xml", "application/json/x"]
)
def test_another_content_type_is_refused(regulator: Connected, content_type: str) -> None:
    answer = declare(regulator, json.dumps(DECLARATION).encode(), content_type)

    assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported")


def test_a_content_type_may_have_parameters(regulator: Connected) -> None:
    answer = declare(regulator, b"{}", "application/json; charset=utf-8")

    assert answer.json()["code"] == "body_invalid"


def test_a_body_beyond_the_limit_is_refused(regulator: Connected) -> None:
    answer = declare(regulator, b" " * (32 * 1024 * 1024 + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    record = regulator.records()[-1]
    assert isinstance(record, Exchange)
    assert (record.body.text, record.body.size_bytes) == (None, 32 * 1024 * 1024 + 1)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "query:limit"),
        ("limit=201", "query:limit"),
        ("limit=ten", "query:limit"),
        ("limit=1&limit=2", "query:limit"),
        ("limit=%00", "query:limit"),
        ("cursor=", "query:cursor"),
        ("cursor=-1", "query:cursor"),
        ("cursor=9999999999999999999", "query:cursor"),
        ("page=1", "query:page"),
        ("%ff=1", "query:\ufffd"),
    ],
)
def test_a_query_that_says_something_unknown_is_refused(
    regulator: Connected, query: str, pointer: str
) -> None:
    answer = regulator.ask("GET", f"/declarations?{query}")

    assert (answer.status_code, answer.json()["code"]) == (422, "query_invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_idempotency_key_that_nobody_demands_must_be_one_all_the_same(
    regulator: Connected,
) -> None:
    answer = regulator.ask("POST", "/notices/ntc-1/acknowledgement", key="")

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize("number", ["0", "18", "x", "01", "1.0", "%00", "-1"])
def test_a_material_that_nobody_asked_for_is_unknown(regulator: Connected, number: str) -> None:
    answer = regulator.ask(
        "PUT",
        f"/cases/cas-1/materials/{number}",
        {
            "title": "t",
            "document_date": "2023-06-10",
            "digest": "0" * 64,
            "sealed": True,
            "uscc": "x",
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "material_unknown")


@pytest.mark.parametrize(
    "path", ["/nothing", "/", "/declarations/", "/declarations/a/b", "/%2e%2e"]
)
def test_an_unknown_path_is_a_problem_and_in_the_journal(regulator: Connected, path: str) -> None:
    answer = regulator.ask("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    record = regulator.records()[-1]
    assert isinstance(record, Exchange)
    assert (record.operation, record.refusal) == ("unknown", "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/declarations", "GET, POST"),
        ("HEAD", "/time", "GET"),
        ("OPTIONS", "/feed", "POST"),
        ("TRACE", "/cases/cas-1/materials/1", "PUT"),
        ("BREW", "/notices", "GET"),
    ],
)
def test_an_unknown_method_names_those_that_there_are(
    regulator: Connected, method: str, path: str, allowed: str
) -> None:
    request = regulator.client.build_request(method, f"{HOST}/demo/v1{path}")
    answer = regulator.send(request)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer", "value"),
    [
        ("GET", "/alerts/alr-9", b"", "path:id", "alr-9"),
        ("GET", f"/lineage/{'0' * 64}", b"", "path:digest", "0" * 64),
        ("POST", "/feed", b"{", "", None),
        ("POST", "/declarations", b"{}", "header:idempotency-key", None),
    ],
)
def test_what_is_not_there_and_what_is_missing_are_pointed_at(
    regulator: Connected, method: str, path: str, body: bytes, pointer: str, value: str | None
) -> None:
    problem = regulator.send(regulator.signed(method, path, body)).json()

    [error] = problem["errors"]
    assert (error["pointer"], error["value"], error["code"]) == (pointer, value, problem["code"])
    assert error["expected"]


@pytest.mark.parametrize("operation", ENDING, ids=lambda operation: operation.id)
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    value=st.text(min_size=1, max_size=8),
    query=st.text(max_size=8),
)
def test_no_operation_ever_fails(
    regulator: Connected, operation: Any, body: bytes, value: str, query: str
) -> None:
    quoted = quote(value, safe="")
    path = operation.path
    for name in ("id", "digest", "number"):
        path = path.replace(f"{{{name}}}", quoted)
    path = f"{path}?{quote(query)}" if query else path
    headers = {"content-type": "application/json", "idempotency-key": f"k-{regulator.nonces}"}

    answer = regulator.send(regulator.signed(operation.method, path, body, headers))

    assert answer.status_code < 500
    assert answer.headers["content-type"] in ("application/json", "application/problem+json")


@pytest.mark.parametrize(("levels", "code"), [(200, "body_invalid"), (202, "json_too_deep")])
def test_json_is_nested_so_deeply_and_no_deeper(
    regulator: Connected, levels: int, code: str
) -> None:
    answer = declare(regulator, b"[" * levels + b"]" * levels)

    assert answer.json()["code"] == code
    if code == "json_too_deep":
        [error] = answer.json()["errors"]
        assert (error["value"], error["expected"]) == ("more than 200", "be at most 200 levels")


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
def test_a_feed_has_so_many_lines_and_no_more(regulator: Connected, media_type: str) -> None:
    """A body of millions of worthless lines costs no more than one of the limit."""
    lines = [b"0"] * 2_000_000
    body = b"[" + b",".join(lines) + b"]" if media_type.endswith("/json") else b"\n".join(lines)

    answer = regulator.send(regulator.signed("POST", "/feed", body, {"content-type": media_type}))

    assert (answer.status_code, answer.json()["code"]) == (413, "batch_too_large")


def test_the_last_line_of_a_feed_counts_without_its_break() -> None:
    """The limit is of lines, not of line breaks."""
    whole = FeedBody().read(NDJSON, b"\n" * 100_000)
    one_more = FeedBody().read(NDJSON, b"\n" * 100_000 + b"0")

    assert isinstance(whole, FeedLines)
    assert isinstance(one_more, Refusal)
    assert one_more.errors[0].value == 100_001


def test_a_body_of_nothing_but_mistakes_tells_the_first_of_each_line_in_the_end() -> None:
    """What costs the sender two bytes a line must not keep everybody else waiting."""
    read = FeedBody().read(NDJSON, b"{}\n" * 1_001)

    assert isinstance(read, FeedLines)
    told = [line.detail for line in read.unreadable]
    assert told[-2] == told[0]
    assert told[0].startswith("/id is missing; /source is missing; ")
    assert told[-1] == "/id is missing"


def test_a_lineage_message_has_so_many_records_and_no_more(regulator: Connected) -> None:
    answer = regulator.ask("POST", "/lineage", {"items": [0] * 10_001}, key="lineage")

    assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")
