"""The text of a target file, commented: what `reinspect init` writes, and what certifies the
reference platform.

There is one text for both, so that the example a user starts from is the one that is proved to work
every day.
"""

import json
from pathlib import Path

TEMPLATE = """\
# A target file: how reinspect reaches your platform, and how it reads your platform's answers.
# `reinspect doctor THIS_FILE` finds every mistake in it;
# `reinspect certify --target THIS_FILE` examines the platform.
schema = 1

[platform]
name = {name}
# Answers 2xx when the platform is registered and ready for payments. Leave it out if you have none.
healthz = {healthz}
# ca = "certificates/ca.pem"  # the authority of its https addresses, where the machine knows none

# The simulator: one process that is the regulator and every recipient abroad. `certify` starts it.
[simulator]
listen = {listen}
# As the platform reaches it; differs from `listen` where a proxy or a container stands between.
# Configure the platform once with
#   the regulator   <public_url>/<sandbox>/v1
#   the recipients  <public_url>/<sandbox>/recipients/<recipient id>, below it any path you like
public_url = {public_url}
sandbox = {sandbox}
{tls}  # serve https with what `reinspect certificates` made there
# The platform registers with it, once.
passcode = {passcode}
# Relative to this file. Registrations are kept here from run to run.
state = {state}

# How a merchant submits a payment to your platform.
# Placeholders: {{payment.*}}, {{merchant.*}}, {{payer.*}}; a wrong one is told with the right ones.
# A string that is exactly one placeholder keeps the value's type.
[payment]
method = "POST"
url = {payments}
content_type = "json"  # or "form"

[payment.headers]
Idempotency-Key = "{{payment.id}}"

[payment.body]
order_id = "{{payment.id}}"
amount_minor = "{{payment.amount_minor}}"  # or "{{payment.amount}}" for "1234.56"
currency = "{{payment.currency}}"
recipient = "{{payment.recipient}}"
country = "{{payment.country}}"
domestic = "{{payment.domestic}}"
note = "{{payment.note}}"
extra = "{{payment.extra}}"

[payment.body.merchant]
id = "{{merchant.id}}"
name = "{{merchant.name}}"
country = "{{merchant.country}}"
mcc = "{{merchant.mcc}}"

[payment.body.payer]
name = "{{payer.name}}"
resident_id = "{{payer.resident_id}}"
mobile = "{{payer.mobile}}"
card = "{{payer.card}}"
email = "{{payer.email}}"
address = "{{payer.address}}"
device_id = "{{payer.device_id}}"

# How to read the answer. If the status alone does not say it, add
#   pointer = "/status", accepted_values = ["accepted"], refused_values = ["refused"]
[payment.answer]
accepted = [200, 202]
refused = [409, 422]
id = "/payment_id"

# How a merchant asks what became of it. Leave the table out if the answer above is final.
[payment.poll]
url = {poll}
pointer = "/status"
settled = ["settled"]
refused = ["refused"]

# The recipients abroad that your platform declares ...
[[recipients]]
id = "acquirer-sg"
country = "SG"

[[recipients]]
id = "acquirer-th"
country = "TH"

# ... and one that it does not, which it must never send to.
[unlisted]
recipient = "acquirer-xx"
country = "LA"

# What the recipients answer to whatever they receive.
[recipient_reply]
status = 200
body = '{{"status":"received"}}'
content_type = "application/json"

# Seconds of reaction. They can only be tightened; tighter ones also make the run shorter.
[limits]
stop_s = 0.7
revocation_s = 0.7

[capabilities]
domestic = true  # it takes domestic payments
clock = true     # it follows the regulator's clock (GET /time) when that jumps

# What a story may need: a request (url, method, body), a command, or a prompt to the operator.
# A story whose action is missing is not played, and what only it exercises is not_exercised.
[actions.rectify]
url = {rectify}
body = {{ case = "{{case}}" }}

[actions.query_person]
method = "GET"
url = {query_person}
{restart}"""

RESTART_BY_PROMPT = """
# Kill the platform without warning and start it again.
[actions.restart]
prompt = "Kill the platform, start it again, and press Enter."
"""
RESTART_BY_COMMAND = """
# Kill the platform without warning; whoever watches over it starts it again.
[actions.restart]
command = {command}
"""


def target_text(
    *,
    name: str,
    platform: str,
    listen: str,
    passcode: str,
    state: str,
    sandbox: str = "main",
    restart: tuple[str, ...] = (),
    tls: Path | None = None,
) -> str:
    """A target file for a platform with the reference platform's interface at the address
    `platform`; with `tls` the simulator serves https with the certificates there."""
    values = {
        "name": name,
        "healthz": f"{platform}/healthz",
        "listen": listen,
        "public_url": f"{'http' if tls is None else 'https'}://{listen}",
        "passcode": passcode,
        "state": state,
        "sandbox": sandbox,
        "payments": f"{platform}/payments",
        "poll": f"{platform}/payments/{{platform_payment}}",
        "rectify": f"{platform}/rectification",
        "query_person": f"{platform}/persons?resident_id={{payer.resident_id}}",
    }
    command = RESTART_BY_COMMAND.format(command=json.dumps(list(restart)))
    certificates = '# tls = "certificates"' if tls is None else f"tls = {json.dumps(str(tls))}"
    return TEMPLATE.format(
        tls=certificates,
        restart=command if restart else RESTART_BY_PROMPT,
        **{key: json.dumps(value, ensure_ascii=False) for key, value in values.items()},
    )


def write_template(path: Path) -> None:
    """Writes the example for `reinspect init`; FileExistsError rather than overwriting anything."""
    text = target_text(
        name="my platform",
        platform="http://127.0.0.1:8901",
        listen="127.0.0.1:8900",
        passcode="choose-a-passcode",
        state=".state/simulator",
    )
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
