"""What other load generators print is read for what it says, and nothing is guessed."""

from typing import Any

import pytest

from loadtests.bare import ANSWER, Yes, end_of_request
from loadtests.others import K6_SCRIPT, OtherFailed, carried_by_k6, rate_of_wrk


def summary(sent: int, failed: int) -> dict[str, Any]:
    """As k6 hands it to `handleSummary`."""
    return {
        "metrics": {
            "http_reqs": {"type": "counter", "values": {"count": sent, "rate": sent / 2.0}},
            "http_req_failed": {"values": {"rate": 0.0, "passes": failed, "fails": sent - failed}},
        }
    }


def test_k6_carries_a_rate_if_it_sent_what_was_meant_and_nothing_failed() -> None:
    assert carried_by_k6(summary(1_000, 0), intended=1_000)
    assert carried_by_k6(summary(990, 0), intended=1_000)
    assert not carried_by_k6(summary(989, 0), intended=1_000)
    assert not carried_by_k6(summary(1_000, 1), intended=1_000)


def test_a_summary_without_values_is_read_too() -> None:
    flat = {"metrics": {"http_reqs": {"count": 20}, "http_req_failed": {"passes": 0, "fails": 20}}}

    assert carried_by_k6(flat, intended=20)


def test_a_summary_that_says_nothing_is_no_result() -> None:
    with pytest.raises(OtherFailed, match="tells no http_req_failed passes"):
        carried_by_k6({"metrics": {"http_reqs": {"count": 20}}}, intended=20)


def test_the_script_of_k6_is_an_open_load() -> None:
    settings = {"rate": 25_000.0, "seconds": 2, "senders": 1_000, "url": "http://127.0.0.1:1"}

    written = K6_SCRIPT % {**settings, "body": '"{}"', "summary": "k6.json"}

    assert "executor: 'constant-arrival-rate', rate: 25000, timeUnit: '1s'" in written
    assert "duration: '2s'" in written
    assert "maxVUs: 1000" in written


WRK = """Running 2s test @ http://127.0.0.1:1/
  51371 requests in 2.04s, 4.51MB read
Requests/sec:  25200.90
"""


def test_the_rate_of_wrk_is_one_of_right_answers() -> None:
    assert rate_of_wrk(WRK) == 25_200.9
    with pytest.raises(OtherFailed, match="Non-2xx or 3xx responses: 12"):
        rate_of_wrk(WRK + "  Non-2xx or 3xx responses: 12\n")
    with pytest.raises(OtherFailed, match="unable to connect"):
        rate_of_wrk("unable to connect to 127.0.0.1:1 Connection refused")


def test_a_bare_server_answers_each_request_that_is_whole() -> None:
    class Transport:
        written = b""

        def write(self, data: bytes) -> None:
            self.written += data

    request = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
    transport: Any = Transport()
    server = Yes()
    server.connection_made(transport)

    server.data_received(request + request + request[:-1])
    assert transport.written == 2 * ANSWER
    server.data_received(request[-1:] + b"GET / HTTP/1.1\r\n\r\n")

    assert transport.written == 4 * ANSWER
    assert end_of_request(b"POST / HTTP/1.1\r\n", 0) is None
