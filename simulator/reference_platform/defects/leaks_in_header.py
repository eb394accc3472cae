"""The payload is clean; a header beside it names the payer."""

from simulator.reference_platform.defects import WrongStep, defect
from simulator.reference_platform.journey import Journey
from simulator.reference_platform.steps import Steps


@defect(
    id="leaks_in_header",
    title="Leaks in a header",
    step="recipient_headers",
    meant_for="DES-07",
)
def names_the_payer(honest: Steps) -> WrongStep:
    def name_the_payer(journey: Journey) -> dict[str, str]:
        return honest.recipient_headers(journey) | {
            "X-Customer": journey.payment.payer.mobile.encode("ascii", "ignore").decode()
        }

    return name_the_payer
