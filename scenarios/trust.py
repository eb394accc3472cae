"""Whom the clients of a run believe over https: the machine's authorities, and one more where a
file names it."""

import ssl
from pathlib import Path

from simulator.tls import trusting

UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""How OpenSSL says that a certificate is not believed."""


class AuthorityUnreadable(Exception):
    """The file of an authority that holds none; the message names it and the remedy."""


def trust(authority: Path | None) -> ssl.SSLContext | bool:
    """What httpx takes as `verify`; AuthorityUnreadable where the file holds no certificate."""
    if authority is None:
        return True
    try:
        return trusting(authority)
    except (OSError, ssl.SSLError) as error:
        raise AuthorityUnreadable(
            f"{authority} holds no certificates in PEM ({error}); name the ca.pem that `reinspect "
            "certificates DIR` makes, or the authority that signed the other side's certificate"
        ) from error


def why(error: Exception, remedy: str) -> str:
    """The error, with the remedy where a certificate was not believed."""
    told = repr(error)
    return f"{told}; {remedy}" if UNTRUSTED in told else told
