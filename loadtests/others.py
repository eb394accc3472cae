"""Other load generators, where their command is at hand: sent against the same server in the same
run, so that a rate stands beside one that everybody knows. Nothing of theirs is part of this
project.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

K6_SCRIPT = """\
import http from 'k6/http';

export const options = {
  discardResponseBodies: true,
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate', rate: %(rate)d, timeUnit: '1s', duration: '%(seconds)ds',
      preAllocatedVUs: %(senders)d, maxVUs: %(senders)d,
    },
  },
};

const asJson = { headers: { 'Content-Type': 'application/json' } };

export default function () {
  http.post('%(url)s', %(body)s, asJson);
}

export function handleSummary(data) {
  return { '%(summary)s': JSON.stringify(data) };
}
"""
WRK_SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = %s
"""
CARRIED_SHARE = 0.99
"""What may be late with us may be missing with them."""


class OtherFailed(Exception):
    """It did not do what it was told, or cannot be understood."""


def k6(url: str, body: str, *, rate: float, seconds: int, senders: int, folder: Path) -> bool:
    """Whether k6 sends this rate, open loop, and gets a right answer each time."""
    script, summary = folder / "k6.js", folder / "k6.json"
    settings = {"rate": rate, "seconds": seconds, "senders": senders, "url": url}
    text = K6_SCRIPT % {**settings, "body": json.dumps(body), "summary": summary.resolve()}
    script.write_text(text, encoding="utf-8")
    _run(["k6", "run", "--quiet", "--no-usage-report", str(script)])
    try:
        told = json.loads(summary.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OtherFailed(f"k6 left no summary: {error}") from error
    return carried_by_k6(told, intended=rate * seconds)


def carried_by_k6(summary: Mapping[str, Any], *, intended: float) -> bool:
    """Whether a summary says that what was meant was sent and taken."""
    sent = _k6_count(summary, "http_reqs", "count")
    failed = _k6_count(summary, "http_req_failed", "passes")  # Passed is who has failed.
    return failed == 0 and sent >= CARRIED_SHARE * intended


def _k6_count(summary: Mapping[str, Any], metric: str, name: str) -> float:
    """One figure; versions differ in whether `values` stands between."""
    told = summary.get("metrics", {}).get(metric, {})
    figure = told.get("values", told).get(name)
    if not isinstance(figure, int | float):
        raise OtherFailed(f"k6's summary tells no {metric} {name}; was it written by k6 1 or 2?")
    return figure


def wrk(url: str, body: str, *, seconds: int, senders: int, folder: Path) -> float:
    """Requests a second that wrk gets answered by one thread. It waits for each answer, so this is
    what server and machine can do, and no open load."""
    script = folder / "wrk.lua"
    script.write_text(WRK_SCRIPT % json.dumps(body), encoding="utf-8")
    told = _run(["wrk", "-t1", f"-c{senders}", f"-d{seconds}s", "-s", str(script), url])
    return rate_of_wrk(told)


def rate_of_wrk(told: str) -> float:
    """The rate in what wrk prints."""
    wrong = re.search(r"Non-2xx.*|Socket errors:.*", told)
    rate = re.search(r"Requests/sec:\s*([0-9.]+)", told)
    if rate is None or wrong:
        raise OtherFailed(f"wrk did not measure: {wrong[0] if wrong else told[-500:]}")
    return float(rate[1])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OtherFailed(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout
