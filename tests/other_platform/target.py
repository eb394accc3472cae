"""How the other platform is started and described: by a target file, as any user's would be."""

import json
import string
import sys
from pathlib import Path

from scenarios import parties
from scenarios.parties import Party
from scenarios.prove import Contender
from scenarios.target import Target, load

PASSCODE = "other-passcode"

TARGET = """\
schema = 1

[platform]
name = "the other platform"
healthz = "http://127.0.0.1:$port/up"

[simulator]
listen = "$listen"
sandbox = "$sandbox"
passcode = "$passcode"
state = "state/simulator"

[payment]
url = "http://127.0.0.1:$port/orders"
content_type = "form"

[payment.body]
order_no = "{payment.id}"
total = "{payment.amount}"
ccy = "{payment.currency}"
at_home = "{payment.domestic}"
acquirer = "{payment.recipient}"
land = "{payment.country}"
shop_name = "{merchant.name}"
shop_mcc = "{merchant.mcc}"
buyer = "{payer.name}"
buyer_id = "{payer.resident_id}"
buyer_phone = "{payer.mobile}"
buyer_card = "{payer.card}"
buyer_mail = "{payer.email}"
buyer_street = "{payer.address}"
buyer_device = "{payer.device_id}"
remark = "{payment.note}"
other = "{payment.extra}"

[payment.answer]
accepted = [200]
refused = [200]
pointer = "/order/state"
accepted_values = ["TAKEN"]
refused_values = ["DECLINED"]
id = "/order/ref"

[payment.poll]
url = "http://127.0.0.1:$port/status?ref={platform_payment}"
pointer = "/found/0/state"
settled = ["DONE"]
refused = ["DECLINED"]

[[recipients]]
id = "acquirer-sg"
country = "SG"

[[recipients]]
id = "acquirer-th"
country = "TH"

[unlisted]
recipient = "acquirer-xx"
country = "LA"

[recipient_reply]
status = 201
body = "OK"
content_type = "text/plain"

[limits]
stop_s = 1.0
revocation_s = 1.0

[capabilities]
domestic = true
clock = true

[actions.rectify]
url = "http://127.0.0.1:$port/dossier"
body = { case = "{case}" }

[actions.query_person]
url = "http://127.0.0.1:$port/people"
body = { id_number = "{payer.resident_id}" }

[actions.restart]
command = $restart
"""

OTHER_PLATFORM = Contender(
    id="other-platform",
    kind="honest",
    command=(
        *(sys.executable, "-P", "-m", "tests.other_platform", "--port", "$port"),
        *("--regulator", "$regulator", "--recipient", "$recipient"),
        *("--passcode", "$passcode", "--state", "$state"),
    ),
    target=TARGET,
)
"""For `reinspect prove`, which looks for it in a checkout."""


def prepared(folder: Path, *, simulator_url: str, sandbox: str) -> tuple[Target, Party]:
    """The platform, not yet started, and the target that describes it, read from its file."""
    values = {
        "port": str(parties.free_port()),
        "regulator": f"{simulator_url}/{sandbox}/v1",
        "recipient": f"{simulator_url}/{sandbox}/recipients",
        "passcode": PASSCODE,
        "state": str(folder / "state"),
        "listen": simulator_url.removeprefix("http://"),
        "sandbox": sandbox,
    }
    command = [string.Template(part).substitute(values) for part in OTHER_PLATFORM.command]
    platform = Party("platform", command, folder=folder / "logs", keep_alive=True)
    values["restart"] = json.dumps(parties.restart_command(platform))
    path = folder / "target.toml"
    path.write_text(string.Template(TARGET).substitute(values), encoding="utf-8")
    return load(path), platform
