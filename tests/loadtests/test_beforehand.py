"""What cannot be played is told before anything is started, with a remedy."""

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loadtests.beforehand import check_defect, check_place, check_speech
from loadtests.limits import Limits
from loadtests.options import Options, UsageError
from tests.loadtests.some_steps import LOAD

OPTIONS = Options(LOAD, (20.0,), 20.0, Limits(), Path("target.toml"), Path("runs"))


def target(url: str = "http://p.invalid/") -> dict[str, Any]:
    return {"platform": {}, "simulator": {}, "payment": {"url": url}}


def test_plain_sockets_speak_no_tls() -> None:
    secure = target("https://p.invalid/")

    check_speech(secure, OPTIONS)
    check_speech(target(), replace(OPTIONS, client="raw"))
    with pytest.raises(UsageError, match=r"payment\.url is https://p\.invalid/: use --client fast"):
        check_speech(secure, replace(OPTIONS, client="raw"))


def test_the_simulator_of_a_load_has_no_certificates() -> None:
    check_speech({**target(), "platform": {"ca": "ca.pem"}}, OPTIONS)
    with pytest.raises(UsageError, match=r"simulator\.tls is 'certificates'"):
        check_speech({**target(), "simulator": {"tls": "certificates"}}, OPTIONS)


def test_a_defect_that_there_is_not_is_told_with_one_that_there_is() -> None:
    with pytest.raises(UsageError, match="no defect 'skips_fed'; did you mean 'skips_feed'"):
        check_defect("skips_fed")


def test_an_address_where_nobody_can_listen_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"--bind 127.0.0.1:{port}: nobody can listen there"):
            check_place(("127.0.0.1", port))
    check_place(("127.0.0.1", 0))
