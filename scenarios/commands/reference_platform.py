"""`reinspect reference-platform`: runs the reference platform, as an integrator would run
theirs."""

import argparse
from pathlib import Path

from scenarios.commands import CONFORMANT, UsageError, command
from scenarios.options import option, port


def arguments(of: argparse.ArgumentParser) -> None:
    option(
        of, "--port", type=port, required=True, metavar="P", help="port for merchants and notices"
    )
    option(of, "--host", default="127.0.0.1", metavar="H", help="address to listen on (127.0.0.1)")
    option(of, "--regulator", required=True, metavar="URL", help="http://HOST:PORT/SANDBOX/v1")
    option(
        of, "--recipient", required=True, metavar="URL", help="http://HOST:PORT/SANDBOX/recipients"
    )
    option(of, "--passcode", required=True, metavar="C", help="the passcode to register with")
    option(of, "--state", required=True, metavar="DIR", help="where key and outbox are kept")
    option(of, "--defect", metavar="ID", help="one deliberate wrong; see `list defects`")
    option(of, "--public-url", metavar="URL", help="how the regulator reaches this platform")
    option(of, "--ca", metavar="FILE", help="authority that an https regulator is believed by")


@command(
    id="reference-platform",
    place=11,
    help="run the reference platform, as an integrator would run theirs",
    arguments=arguments,
)
def reference_platform(options: argparse.Namespace) -> int:
    from scenarios.catalogues import chosen
    from scenarios.toml_table import is_url
    from simulator.reference_platform.serve import serve

    for name in ("regulator", "recipient"):
        if not is_url(getattr(options, name)):
            raise UsageError(
                f"--{name} must be a whole address such as http://127.0.0.1:8900/main/v1, "
                f"but was {getattr(options, name)!r}"
            )
    if options.defect:
        chosen("defects", [options.defect], "defect")
    serve(
        port=options.port,
        regulator=options.regulator,
        recipient=options.recipient,
        passcode=options.passcode,
        state=Path(options.state),
        defect=options.defect,
        host=options.host,
        public_url=options.public_url,
        ca=options.ca,
    )
    return CONFORMANT
