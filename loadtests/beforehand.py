"""What can be known to go wrong before anything is started, told with a remedy."""

import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadtests.options import Options, UsageError
from loadtests.world import CLI
from simulator.catalogue import suggest


def check(options: Options) -> None:
    """Raises UsageError for a load that cannot be played here."""
    if options.target is not None:
        check_target(options.target)
        check_speech(tomllib.loads(options.target.read_text(encoding="utf-8")), options)
    if options.defect is not None:
        check_defect(options.defect)
    if options.remote:
        check_place(options.bind)


def check_target(path: Path) -> None:
    """The doctor finds every mistake in a target file, and whether its platform is there."""
    doctor = subprocess.run(
        [sys.executable, "-m", CLI, "doctor", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if doctor.returncode != 0:
        raise UsageError(f"{path} cannot be used:\n{doctor.stdout}{doctor.stderr}")


def check_speech(target: Mapping[str, Any], options: Options) -> None:
    """A load speaks https to the platform, with one of its clients, and HTTP to its simulator."""
    url = target["payment"]["url"]
    if options.client == "raw" and url.startswith("https:"):
        raise UsageError(
            f"--client raw speaks no TLS, and payment.url is {url}: use --client fast, or add "
            "--workers where that is the limit"
        )
    certificates = target["simulator"].get("tls")
    if certificates is not None:
        raise UsageError(
            f"simulator.tls is {certificates!r}: the simulator of a load speaks plain HTTP; leave "
            "it out in a target file for loads, and tell the platform the http addresses"
        )


def check_defect(id: str) -> None:
    """The defect is one that the reference platform can have."""
    listed = subprocess.run(
        [sys.executable, "-m", CLI, "list", "defects", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    known = [defect["id"] for defect in json.loads(listed.stdout)]
    if id not in known:
        raise UsageError(f"--defect: there is no defect {id!r}; {suggest(id, known)}")


def check_place(place: tuple[str, int]) -> None:
    """The master of the generators can listen there."""
    host, port = place
    try:
        socket.create_server(place).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(
            f"--bind {host}:{port}: nobody can listen there ({why}); name an address of "
            "this machine that the others reach, and a port that is free"
        ) from error
