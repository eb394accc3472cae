"""What became of the accepted payments."""

import itertools

import httpx

from loadtests.settling import Settled, follow, spread
from loadtests.target import Poll

POLL = Poll("http://p.invalid/{platform_payment}", "/status", ("settled",), ("refused",))


def named(*ids: str) -> list[dict[str, str]]:
    return [{"platform_payment": id, "payment.id": f"ours-{id}"} for id in ids]


def test_few_payments_are_all_followed_and_many_evenly_up_to_the_last() -> None:
    ten = named(*"0123456789")

    assert spread(ten, 10) == ten
    assert spread(ten, 3) == named("2", "5", "9")


def test_every_payment_is_asked_about_until_it_is_final() -> None:
    asked: dict[str, int] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        asked[request.url.path] = asked.get(request.url.path, 0) + 1
        if request.url.path == "/slow" and asked["/slow"] == 1:
            return httpx.Response(200, json={"status": "pending"})
        status = "refused" if request.url.path == "/bad" else "settled"
        return httpx.Response(200, json={"status": status})

    settled = follow(named("good", "slow", "bad"), POLL, transport=httpx.MockTransport(answer))

    assert (settled.settled, settled.refused, settled.pending, settled.silent) == (2, 1, 0, 0)
    assert asked == {"/good": 1, "/slow": 2, "/bad": 1}


def test_a_platform_that_is_gone_is_silent_and_not_slow() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/slow":
            return httpx.Response(200, json={"status": "pending"})
        raise httpx.ConnectError("nobody listens")

    seconds = itertools.count()  # Each look at the clock takes a second.
    settled = follow(
        named("slow", "gone"),
        POLL,
        wait_s_max=2.5,
        clock=lambda: float(next(seconds)),
        transport=httpx.MockTransport(answer),
    )

    assert settled == Settled(
        settled=0,
        refused=0,
        pending=1,
        silent=1,
        after_s=4.0,
        fates=(("ours-slow", "pending"), ("ours-gone", "silent")),
    )
    assert settled.told == (
        "1 accepted and not settled 4 s after the load; 1 accepted, and the platform does not say "
        "what became of them"
    )
