"""What kinds of data there are: 12 categories that are exempt, 3 that must be declared, and what
may never leave.

The numbering and titles are those of the catalogue that the simulated regulator publishes. The
three mandatory categories follow the published case; `clause` cites the rule that motivates the
line. Forbidden classes X01 to X05 are authentication data (C3 of JR/T 0171-2020). X06 to X10 are
direct identifiers that no category holds: settlement does not need them, so a whitelist that denies
by default never lets them out.
"""

from typing import Literal

from simulator.messages.category import Category

Desensitisation = Literal["none", "last_four", "keyed_token", "band", "coarsened", "dropped"]
"""The ways of `messages.declaration.DeclaredField`."""

EVERY_WAY: frozenset[Desensitisation] = frozenset(
    {"none", "last_four", "keyed_token", "band", "coarsened", "dropped"}
)

OWN_CATALOGUE = "Simulated regulator's catalogue"
"""Where no rule that was read draws the line, the regulator's own catalogue does."""

CATEGORIES: tuple[Category, ...] = (
    Category(
        code="E01",
        title="anonymised commodity category",
        duty="exempt",
        fields=("hs_chapter", "category_code", "category_name"),
        rule="coarse code only, no order key",
        clause="Order 16 art. 3",
    ),
    Category(
        code="E02",
        title="encrypted device fingerprint",
        duty="exempt",
        fields=("device_fp",),
        rule="keyed token per recipient, rotated, its key kept in China; no raw IMEI, MAC or IDFA",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E03",
        title="surrogate order reference",
        duty="exempt",
        fields=("order_token",),
        rule="random; the mapping table stays in China",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E04",
        title="merchant (legal-person) data",
        duty="exempt",
        fields=("merchant_name", "uscc", "mcc", "licence_no"),
        rule="may pass; a sole trader's data is personal information",
        clause="PIPL art. 4 (not personal information)",
    ),
    Category(
        code="E05",
        title="currency, exchange rate and fee schedule",
        duty="exempt",
        fields=("ccy", "fx_rate", "fee_plan_id"),
        rule="may pass",
        clause="Order 16 art. 3",
    ),
    Category(
        code="E06",
        title="status and response codes",
        duty="exempt",
        fields=("txn_status", "resp_code", "channel_code"),
        rule="may pass",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E07",
        title="coarse time",
        duty="exempt",
        fields=("txn_hour", "settle_date"),
        rule="truncated to the hour",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E08",
        title="logistics status without addressee",
        duty="exempt",
        fields=("carrier", "leg_status", "country"),
        rule="no name, phone or address; the tracking number becomes a token",
        clause="Order 16 art. 3",
    ),
    Category(
        code="E09",
        title="aggregated settlement totals",
        duty="exempt",
        fields=("merchant", "day", "count", "sum"),
        rule="suppressed where a group has fewer than 20 payments",
        clause="GB/T 42460-2023 annex D",
    ),
    Category(
        code="E10",
        title="merchant-level risk band",
        duty="exempt",
        fields=("risk_band", "rule_hit_code"),
        rule="about a merchant only, no person key",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E11",
        title="coarse geography and language",
        duty="exempt",
        fields=("country", "province", "locale"),
        rule="province or coarser; no IP address, no position",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="E12",
        title="technical telemetry",
        duty="exempt",
        fields=("api_version", "latency_ms", "err_count", "cert_serial"),
        rule="no payload, no IP address",
        clause=OWN_CATALOGUE,
    ),
    Category(
        code="M01",
        title="hash of resident-ID number",
        duty="mandatory",
        fields=("id_hash", "id_last4"),
        rule="keyed token, its key kept in China and salted per recipient, or the last four; "
        "never a bare hash",
        clause="PIPL art. 28, 73(3); GB/T 35273-2020 (list of sensitive personal information)",
    ),
    Category(
        code="M02",
        title="cross-border transaction amount",
        duty="mandatory",
        fields=("amount", "ccy"),
        rule="exact to a declared settlement recipient; in bands to anyone else",
        clause="GB/T 35273-2020 (payment and receipt records)",
    ),
    Category(
        code="M03",
        title="real-name mobile number",
        duty="mandatory",
        fields=("mobile_hash", "mobile_last4"),
        rule="keyed token, or the last four digits; never plain, never the prefix",
        clause="JR/T 0171-2020 (C2)",
    ),
    Category(
        code="X01",
        title="password",
        duty="forbidden",
        fields=("password",),
        rule="never leaves in any form",
        clause="JR/T 0171-2020 (C3)",
    ),
    Category(
        code="X02",
        title="biometric template",
        duty="forbidden",
        fields=("biometric", "face_template", "fingerprint"),
        rule="never leaves in any form",
        clause="JR/T 0171-2020 (C3)",
    ),
    Category(
        code="X03",
        title="card verification code",
        duty="forbidden",
        fields=("cvn2",),
        rule="never leaves in any form",
        clause="JR/T 0171-2020 (C3)",
    ),
    Category(
        code="X04",
        title="magnetic track data",
        duty="forbidden",
        fields=("track1", "track2"),
        rule="never leaves in any form",
        clause="JR/T 0171-2020 (C3)",
    ),
    Category(
        code="X05",
        title="one-time code sent by message",
        duty="forbidden",
        fields=("sms_code",),
        rule="never leaves in any form",
        clause="JR/T 0171-2020 (C3)",
    ),
    Category(
        code="X06",
        title="bank card number",
        duty="forbidden",
        fields=("card", "pan"),
        rule="at most the last four digits leave",
        clause="JR/T 0171-2020 (C2)",
    ),
    Category(
        code="X07",
        title="name of a natural person",
        duty="forbidden",
        fields=("name", "payer_name"),
        rule="never leaves: settlement does not need it",
        clause="PIPL art. 51(3)",
    ),
    Category(
        code="X08",
        title="e-mail address",
        duty="forbidden",
        fields=("email",),
        rule="never leaves: settlement does not need it",
        clause="PIPL art. 51(3)",
    ),
    Category(
        code="X09",
        title="postal address",
        duty="forbidden",
        fields=("address",),
        rule="never leaves: only the province, as E11",
        clause="PIPL art. 51(3)",
    ),
    Category(
        code="X10",
        title="raw device identifier",
        duty="forbidden",
        fields=("device_id", "imei", "mac", "idfa"),
        rule="never leaves raw: only a keyed fingerprint, as E02",
        clause="PIPL art. 51(3)",
    ),
)

BY_CODE: dict[str, Category] = {category.code: category for category in CATEGORIES}
EXEMPT: tuple[str, ...] = tuple(c.code for c in CATEGORIES if c.duty == "exempt")
MANDATORY: tuple[str, ...] = tuple(c.code for c in CATEGORIES if c.duty == "mandatory")
FORBIDDEN: tuple[str, ...] = tuple(c.code for c in CATEGORIES if c.duty == "forbidden")

_NARROWED: dict[str, frozenset[Desensitisation]] = {
    "E02": frozenset({"keyed_token", "dropped"}),
    "E07": frozenset({"coarsened", "dropped"}),
    "M01": frozenset({"last_four", "keyed_token", "dropped"}),
    # The last four digits of an amount mean nothing; a settlement recipient needs it exact.
    "M02": frozenset({"none", "band", "dropped"}),
    "M03": frozenset({"last_four", "keyed_token", "dropped"}),
    "X06": frozenset({"last_four", "dropped"}),
}


def desensitisations(code: str) -> frozenset[Desensitisation]:
    """Every way that satisfies the rule of this category; KeyError for a code that the catalogue
    does not hold."""
    if code in _NARROWED:
        return _NARROWED[code]
    return frozenset({"dropped"}) if BY_CODE[code].duty == "forbidden" else EVERY_WAY


def suffices(code: str, desensitisation: str) -> bool:
    """Whether a field of this category may leave after it was desensitised in this way."""
    return desensitisation in desensitisations(code)
