"""Who sent a message and that nobody altered it: RFC 9421 signatures over RFC 9530 digests.

The key decides the suite: Ed25519 with SHA-256, or SM2 with SM3. Covered are `@method`, `@path` and
`@query`, then `content-digest` when the body is not empty, then `idempotency-key` when that header
is sent; beside them `created`, `keyid` and `nonce`. Never `@authority`: a proxy may stand between
the parties. Platforms sign their requests so, and the regulator its notices.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import http_sf
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
)

from simulator.messages.suites import PrivateKey, PublicKey, Suite, suite_of

LABEL = "reinspect"
ANY_ORIGIN = "http://any.invalid"
"""The library wants an absolute URL; the origin is never covered."""


class BadSignature(Exception):
    """A message whose signature does not hold; `code` is the problem code, `value` what was seen,
    `header` where, unless it is where that code always is."""

    def __init__(
        self, code: str, detail: str, value: object = None, *, header: str | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.value = value
        self.header = header


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature that holds says of its sender."""

    key_id: str
    nonce: str
    created: datetime


@dataclass(slots=True)
class _Request:
    """The view of a request that the library reads."""

    method: str
    url: str
    headers: dict[str, str]


def components(headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
    """The components that the signature of such a request covers, in order."""
    covered = ["@method", "@path", "@query"]
    if body:
        covered.append("content-digest")
    if any(name.lower() == "idempotency-key" for name in headers):
        covered.append("idempotency-key")
    return tuple(covered)


def sign(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    key: PrivateKey,
    key_id: str,
    nonce: str,
    created: datetime,
) -> dict[str, str]:
    """The headers to send: those given, without an old signature, and those that sign them."""
    request = _Request(method, url, _unsigned(headers))
    if body:
        request.headers["Content-Digest"] = content_digest(suite_of(key), body)
    prepared = _SIGNER.prepare(
        request,
        key_id=key_id,
        created=created,
        nonce=nonce,
        label=LABEL,
        include_alg=False,
        covered_component_ids=components(headers, body),
    )
    signature = base64.b64encode(key.sign(prepared.signature_base)).decode()
    request.headers["Signature-Input"] = f"{LABEL}={prepared.signature_params}"
    request.headers["Signature"] = f"{LABEL}=:{signature}:"
    return request.headers


def verify(
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    key_of: Callable[[str], PublicKey | None],
    now: datetime,
    window_s: int = 300,
) -> Signed:
    """Who signed the request; raises BadSignature. `path` and `query` are as sent, still
    percent-encoded."""
    stated = _the_one_signature({name.lower(): value for name, value in headers.items()})
    url = f"{ANY_ORIGIN}{path}?{query}" if query else f"{ANY_ORIGIN}{path}"
    request = _Request(method, url, dict(headers))
    verifier = _Verifier(key_of, components(headers, body), now, window_s)
    try:
        results = verifier.verify(request, max_age=None)
    except HTTPMessageSignaturesException as error:
        code = "signature_invalid" if verifier.has_read_input else "signature_malformed"
        detail = str(error) or "the signature does not fit the message"
        raise BadSignature(code, detail, verifier.key_id or stated) from error

    _demand_digest(verifier.suite, results[0].covered_components, headers, body)
    parameters = results[0].parameters
    return Signed(
        key_id=str(parameters["keyid"]),
        nonce=str(parameters["nonce"]),
        created=datetime.fromtimestamp(int(parameters["created"]), UTC),
    )


def content_digest(suite: Suite, body: bytes) -> str:
    """The `Content-Digest` of a body, RFC 9530: `sha-256=:…:` or `sm3=:…:`."""
    digest = suite.digests[suite.digest_name](body)
    return f"{suite.digest_name}=:{base64.b64encode(digest).decode()}:"


def nonce_of(signature_input: str) -> str:
    """The nonce that a signature states; only for one that was found to hold."""
    if plain := _PLAIN_INPUT.fullmatch(signature_input):
        stated: dict[str, str] = dict(_PLAIN_PARAMETER.findall(plain[1]))
        return stated["nonce"]
    parsed: Any = http_sf.parse(signature_input.encode(), tltype="dictionary")
    _, parameters = parsed[LABEL]
    return str(parameters["nonce"])


_PLAIN_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|[0-9]+)')
_PLAIN_INPUT = re.compile(rf'{LABEL}=\((?:"[^"\\]*" ?)*\)((?:;[a-z]+=(?:"[^"\\]*"|[0-9]+))*)')
"""What nearly every sender writes: a recovery reads thousands of them, and the whole grammar costs
more than all else that it does with an entry."""


def _unsigned(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without those that signing makes."""
    made = {"signature", "signature-input", "content-digest"}
    return {name: value for name, value in headers.items() if name.lower() not in made}


def _the_one_signature(headers: Mapping[str, str]) -> str:
    """What the signature states of itself."""
    for name in ("signature-input", "signature"):
        if name not in headers:
            detail = f"the header {name} is missing"
            raise BadSignature("signature_missing", detail, header=name)
        if not headers[name].lstrip(" \t").startswith(f"{LABEL}="):
            detail = f"the label in {name} must be {LABEL}"
            label = headers[name].partition("=")[0]
            raise BadSignature("signature_malformed", detail, label, header=name)
    return headers["signature-input"]


def _demand_digest(
    suite: Suite, covered: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> None:
    """Every digest that the sender states must be one of the suite's, and fit the body."""
    stated = covered.get('"content-digest"')
    if stated is None:
        sent = {name.lower(): value for name, value in headers.items()}.get("content-digest")
        if sent is not None:
            detail = "a Content-Digest that is sent must be signed"
            raise BadSignature("digest_mismatch", detail, sent)
        return
    try:
        digests: Any = http_sf.parse(
            stated.encode(), tltype="dictionary", on_duplicate_key=_refuse_twice
        )
    except (ValueError, TypeError) as error:
        raise BadSignature(
            "digest_mismatch", "the Content-Digest cannot be read", stated
        ) from error
    known = " or ".join(suite.digests)
    if not digests:
        raise BadSignature("digest_mismatch", f"the Content-Digest must hold {known}", stated)
    for name, member in digests.items():
        if name not in suite.digests:
            detail = f"the digest must be {known}, but was {name!r}"
            raise BadSignature("digest_mismatch", detail, stated)
        right = suite.digests[name](body)
        if not isinstance(member[0], bytes) or not hmac.compare_digest(member[0], right):
            detail = "the Content-Digest does not fit the body"
            raise BadSignature("digest_mismatch", detail, stated)


def _refuse_twice(name: str, _: str) -> None:
    raise ValueError(f"{name} is stated twice")


class _ByKey(HTTPSignatureAlgorithm):
    """Leaves verifying to the key; what the library must know is the name that `alg` may have."""

    algorithm_id = "by-key"

    def __init__(self, public_key: PublicKey) -> None:
        self._public_key = public_key

    def verify(self, signature: bytes, message: bytes) -> None:
        self._public_key.verify(signature, message)


@cache
def _algorithm(suite: str) -> type[_ByKey]:
    """The algorithm that the library finds right where a signature names it in `alg`."""
    return type(f"_ByKeyOf{suite.title()}", (_ByKey,), {"algorithm_id": suite})


class _SuppliedKey(HTTPSignatureKeyResolver):
    """Hands the library the key that a verification has already found."""

    key: PublicKey | None = None

    def resolve_public_key(self, key_id: str) -> PublicKey | None:
        return self.key


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with this interface's demands on what a signature must state."""

    def __init__(
        self,
        key_of: Callable[[str], PublicKey | None],
        demanded: tuple[str, ...],
        now: datetime,
        window_s: int,
    ) -> None:
        self._supplied = _SuppliedKey()
        super().__init__(signature_algorithm=_ByKey, key_resolver=self._supplied)
        self._key_of = key_of
        self._demanded = demanded
        self._now_s = now.timestamp()
        self._window_s = window_s
        self.has_read_input = False
        self.key_id: str | None = None
        """The key that the signature names, once it has named it."""
        self.suite: Suite
        """Of the key that was found; set before anything is verified with it."""

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:
        """Called by the library once it has read the signature's input and before it verifies."""
        self.has_read_input = True
        parameters = sig_input.params
        _demand_stated(parameters)
        covered = {str(component) for component in sig_input}
        missing = [name for name in self._demanded if f'"{name}"' not in covered]
        if missing:
            detail = f"the signature must cover {', '.join(missing)}"
            raise BadSignature("components_missing", detail, _covered_by(sig_input))
        if '"@authority"' in covered:
            detail = "@authority must not be covered"
            raise BadSignature("signature_malformed", detail, _covered_by(sig_input))

        self.key_id = parameters["keyid"]
        key = self._key_of(self.key_id)
        if key is None:
            detail = f"no platform has registered the key {self.key_id!r}"
            raise BadSignature("key_unknown", detail, self.key_id)
        self._supplied.key, self.suite = key, suite_of(key)
        self.signature_algorithm = _algorithm(self.suite.id)
        off_by_s = abs(self._now_s - parameters["created"])
        if off_by_s > self._window_s:
            raise BadSignature(
                "signature_stale",
                f"created must be within {self._window_s} s of now, but is {off_by_s:.0f} s off",
                parameters["created"],
            )
        if parameters.get("expires", self._now_s) < self._now_s:
            raise BadSignature("signature_stale", "expires has passed", parameters["expires"])


def _demand_stated(parameters: Mapping[str, Any]) -> None:
    if "created" not in parameters:
        raise BadSignature("signature_malformed", "the parameter created is missing")
    for name in ("keyid", "nonce"):
        value = parameters.get(name, "")
        if not 1 <= len(value) <= 200:
            raise BadSignature(
                "signature_malformed",
                f"the parameter {name} must have 1 to 200 characters, but has {len(value)}",
                value,
            )


def _covered_by(sig_input: Any) -> str:
    return " ".join(str(component) for component in sig_input)


class _OurDigest(ContentDigest):
    """Leaves the digest that is there as it is: the library knows no SM3."""

    @classmethod
    def prepare(cls, headers: Any, body: Any, *, use_existing_digest: bool) -> None:
        return None


_SIGNER = HTTPMessageSigner(signature_algorithm=_ByKey)
_SIGNER.content_digest_class = _OurDigest
