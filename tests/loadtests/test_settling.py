"""What became of the accepted payments."""

import itertools

import httpx

from loadtests.settling import AT_ONCE, SILENCES_MAX, Settled, follow
from loadtests.target import Poll

POLL = Poll("http://p.invalid/{platform_payment}", "/status", ("settled",), ("refused",))


def named(*ids: str) -> list[dict[str, str]]:
    return [{"platform_payment": id, "payment.id": f"ours-{id}"} for id in ids]


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
        began=-2.0,
        wait_s_max=2.5,
        clock=lambda: float(next(seconds)),
        transport=httpx.MockTransport(answer),
    )

    assert settled == Settled(
        settled=0,
        refused=0,
        pending=1,
        silent=1,
        after_s=5.0,
        fates=(("ours-slow", "pending"), ("ours-gone", "silent")),
    )
    assert settled.told == (
        "1 accepted and not settled 5 s after the load; 1 accepted, and the platform does not say "
        "what became of them"
    )


def test_however_many_there_are_each_is_asked_about() -> None:
    """How long it takes to ask is not held against the platform: patience is over at once here."""
    many = named(*map(str, range(3_000)))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"status": "settled"})

    settled = follow(many, POLL, wait_s_max=0.0, transport=httpx.MockTransport(answer))

    assert (settled.settled, settled.followed) == (3_000, 3_000)


def test_what_is_not_final_is_asked_about_once_more_after_patience_has_ended() -> None:
    moments = iter([0.0, 1.0, 4.0, 4.0])
    asked = itertools.count()

    def answer(request: httpx.Request) -> httpx.Response:
        status = "settled" if next(asked) else "pending"
        return httpx.Response(200, json={"status": status})

    settled = follow(
        named("slow"),
        POLL,
        wait_s_max=2.5,
        clock=lambda: next(moments),
        transport=httpx.MockTransport(answer),
    )

    assert (settled.settled, settled.after_s) == (1, 4.0)


def test_a_platform_that_has_gone_is_not_asked_about_every_payment() -> None:
    asked = itertools.count()

    def answer(request: httpx.Request) -> httpx.Response:
        next(asked)
        raise httpx.ConnectError("nobody listens")

    transport = httpx.MockTransport(answer)
    settled = follow(named(*map(str, range(3_000))), POLL, wait_s_max=0.0, transport=transport)

    assert settled.silent == 3_000
    assert next(asked) < SILENCES_MAX + 2 * AT_ONCE
