"""What is written of a load: figures, page, and the file for pipelines."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from loadtests import charts, compare, junit, report, telling
from loadtests.assignment import Generated
from loadtests.charts import Axis, Band, Line
from loadtests.compare import Comparison
from loadtests.fault_plan import PlannedFault
from loadtests.figures import as_json
from loadtests.lags import Recovery
from loadtests.limits import Limits
from loadtests.options import UsageError
from loadtests.outcome import Step
from loadtests.report import histogram_of
from loadtests.whole import Whole
from tests.loadtests.some_steps import CLEAN, UNDERREPORTED, at, carried

CONVICTED = replace(CLEAN, verdict="not_conformant", breaches=(UNDERREPORTED,))
OUTAGE = Recovery("unreachable", lasted_s=2.0, before=3, most=40, after_s=1.5)


def whole(*steps: Step, asked: float | None = None) -> Whole:
    return Whole(
        target="Pay & <Co>",
        steps=steps,
        limits=Limits(),
        machine={"cores": 2, "system": "Linux", "python": "3.11"},
        command="reinspect load",
        asked=asked,
    )


SEEN = whole(
    at(10, recoveries=(OUTAGE,), faults=(PlannedFault("unreachable", 2.0, 4.0),)),
    replace(at(20, judged=CONVICTED), number=2),
)


def test_the_figures_keep_the_raw_histograms() -> None:
    figures = json.loads(json.dumps(as_json(SEEN)))

    payment = figures["steps"][0]["operations"]["payment"]
    assert histogram_of(payment).percentile_us(99) == carried().latency.percentile_us(99)
    assert sum(second["intended"] for second in payment["course"]) == 200
    assert figures["conformant_up_to"] == 10
    assert figures["first_breach_at"] == 20
    assert figures["steps"][1]["judged"]["breaches"][0]["requirement"] == "MON-02"


def test_a_step_of_which_no_process_told_anything_is_invalid_and_reported() -> None:
    silent = at(
        10,
        generated=Generated({}, [], 0.0, {}, False, complete=False, vanished=("generator",)),
    )
    seen = whole(silent)

    figures = json.loads(json.dumps(as_json(seen)))

    assert figures["steps"][0]["verdict"] == "invalid"
    assert "generator vanished" in report.render(figures)
    assert b"generator vanished" in junit.render(seen)
    telling.show(seen, Console(file=StringIO()))


def test_the_page_says_it_all_in_one_file_and_asks_nobody_for_more() -> None:
    page = report.render(json.loads(json.dumps(as_json(SEEN))))

    assert "Pay &amp; &lt;Co&gt; under load" in page
    assert SEEN.sentence.partition(";")[0] in page
    assert "up to 40 payments were under way (3 at most before it)" in page
    assert page.count('<svg class="chart"') == 2 + 2 * len(SEEN.steps)
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|<script""", page)
    assert "@media print" in page
    ET.fromstring(page.partition("<body>")[2].partition("</body>")[0].join(("<b>", "</b>")))


def test_a_breach_that_must_not_be_fails_a_pipeline_and_one_that_was_looked_for_does_not() -> None:
    searched = ET.fromstring(junit.render(SEEN))
    assert (searched.get("tests"), searched.get("failures"), searched.get("errors")) == (
        "3",
        "0",
        "0",
    )

    asked = ET.fromstring(junit.render(replace(SEEN, asked=20)))

    assert asked.get("failures") == "2"
    failure = asked.find(".//testcase[@name='step 2: 20 payments/s']/failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("MON-02, 3 transmissions")


def test_what_says_nothing_is_an_error_to_a_pipeline() -> None:
    invalid = at(10, disturbed=("unreachable could not be armed",))

    told = ET.fromstring(junit.render(whole(invalid)))

    assert (told.get("failures"), told.get("errors")) == ("0", "2")


def test_the_terminal_shows_every_step_and_ends_with_the_sentence() -> None:
    screen = Console(width=120, record=True, file=StringIO())

    telling.show(SEEN, screen)

    told = screen.export_text()
    assert "12, 1" in told, "rulings passed and failed"
    assert "worked off 1.5 s after its end" in told
    assert " ".join(told.split()).endswith(" ".join(SEEN.sentence.split()))


def figures(*steps: Step) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(as_json(whole(*steps))))
    return told


def test_a_load_that_carries_less_is_worse() -> None:
    before = figures(at(10), at(20), at(40, judged=CONVICTED))
    after = figures(at(10), at(20, judged=CONVICTED))

    seen = Comparison(before, after)

    assert seen.worse[0] == "it was conformant up to 20 payments/s, and is now up to 10 payments/s"
    assert seen.worse[1].startswith("20 payments/s were conformant, and are breached: MON-02")
    assert [pair.rate for pair in seen.pairs] == [10, 20]
    assert (seen.verdict, seen.exit_code) == ("worse", 1)
    for other in (Comparison(after, before), Comparison(before, before)):
        assert (other.worse, other.verdict, other.exit_code) == ([], "not worse", 0)


def test_a_load_of_which_nothing_can_be_said_is_not_worse() -> None:
    """An invalid step is never a pass and never a fail: not in a comparison either."""
    late = carried()
    late.late = 100
    before, after = figures(at(10), at(20)), figures(at(10), at(20, tally=late))

    seen = Comparison(before, after)

    assert (seen.worse, seen.verdict, seen.exit_code) == ([], "uncertain", 2)
    assert seen.unsaid == (
        "it was conformant up to 20 payments/s, and is now up to 10 payments/s, without a "
        "breach: nothing can be said of the rates between; play it again"
    )


def test_latency_is_drawn_over_the_rate_only_where_there_are_several() -> None:
    one, two = (report.render(figures(*steps)) for steps in ([at(10)], [at(10), at(20)]))

    assert ("Latency over the rate" in one, "Latency over the rate" in two) == (False, True)


def test_the_page_is_light_in_print_and_draws_only_percentiles_that_were_seen() -> None:
    page = report.render(figures(at(10)))

    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert ">99</text>" in page
    assert ">99.99</text>" not in page  # Of 200 payments it would stand in an empty half.


def test_latencies_are_compared_rate_by_rate() -> None:
    before, after = figures(at(10)), figures(at(10, tally=carried(latency_s=0.030)))

    (pair,) = Comparison(before, after).pairs

    assert pair.ratio("p99") == pytest.approx(3.0, abs=0.01)


def test_loads_that_cannot_be_compared_are_said_to_be() -> None:
    before = figures(at(10))
    after = {**figures(at(20)), "machine": {"cores": 8, "system": "Linux", "python": "3.11"}}
    screen = Console(width=120, record=True, file=StringIO())

    compare.show(Comparison(before, after), screen)

    told = screen.export_text()
    assert "no rate was played in both" in told
    assert "they ran on different machines: cores 2 and 8" in told


def test_what_holds_no_figures_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name the folder of a load"):
        compare.read(tmp_path)
    other = tmp_path / "load.json"
    other.write_text("[]")
    with pytest.raises(UsageError, match="holds no figures of a load"):
        compare.read(tmp_path)
    other.write_text('{"format": 1}')
    with pytest.raises(UsageError, match="play that load again"):
        compare.read(other)


def test_ticks_are_round_and_few() -> None:
    assert charts.nice_ticks(0, 100) == [0, 20, 40, 60, 80, 100]
    assert charts.nice_ticks(0, 0.7) == [0, 0.2, 0.4, 0.6]
    assert charts.nice_ticks(3, 70, log=True) == [5, 10, 20, 50]
    assert charts.nice_ticks(1, 100_000, log=True) == [1, 10, 100, 1_000, 10_000, 100_000]


def test_a_chart_is_well_formed_whatever_stands_in_its_names() -> None:
    drawn = charts.chart(
        'over "time" & <rate>',
        [Line("p99 <ms>", [(0, 1), (1, 100)]), Line("none", [])],
        x=Axis("s"),
        y=Axis("ms", log=True),
        bands=[Band(0.2, 0.4, "fault & more")],
    )

    root = ET.fromstring(f"<b>{drawn}</b>")
    assert len(root.findall(".//polyline")) == 1
    assert root.find("svg/title").text == 'over "time" & <rate>'  # type: ignore[union-attr]


def test_a_chart_without_a_point_says_so() -> None:
    assert "nothing to draw" in charts.chart("t", [Line("a", [])], x=Axis("x"), y=Axis("y"))


def test_higher_latency_is_drawn_higher() -> None:
    drawn = charts.chart("t", [Line("a", [(0, 1), (1, 50)])], x=Axis("x"), y=Axis("y"))

    points = ET.fromstring(f"<b>{drawn}</b>").find(".//polyline").get("points")  # type: ignore[union-attr]
    (_, low), (_, high) = (point.split(",") for point in (points or "").split())
    assert float(high) < float(low)
