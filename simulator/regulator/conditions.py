"""Entity tags, and the requests that depend on them (RFC 9110, section 13).

A tag is the digest of the representation that it stands for: the same state gives the same tag in
every process, and nothing about tags has to be kept.
"""

import hashlib
import re

_TAG = re.compile(r'(W/)?("[^"]*")')


def tag_of(body: bytes) -> str:
    """The strong tag of a representation."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_fresh(if_none_match: str | None, tag: str | None) -> bool:
    """Whether the sender has this representation already, so that it need not be sent."""
    if if_none_match is None or tag is None:
        return False
    return if_none_match.strip() == "*" or tag in (
        strong for _, strong in _TAG.findall(if_none_match)
    )


def holds(if_match: str, tag: str) -> bool:
    """Whether a change may be made to what has this tag; a weak tag is never equal here."""
    return if_match.strip() == "*" or tag in (
        strong for weak, strong in _TAG.findall(if_match) if not weak
    )
