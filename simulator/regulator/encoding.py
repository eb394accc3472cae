"""Bodies that were compressed on the way: decompressed within limits, and never before their sender
is known.

The digest that was signed is of the bytes as sent (RFC 9530), so the signature is judged first. A
bomb is noticed while it unfolds: no more is ever in memory than the limit allows.
"""

import zlib

from simulator.regulator.limits import BODY, MIB, RATIO, passed
from simulator.regulator.refusal import Refusal, refuse, refuse_plainly

_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
"""RFC 9110: `deflate` is the zlib format, with its header."""
_STEP_BYTES = 64 * 1024
MEMBERS_MAX = 100
"""Of one gzip body: what follows a member is copied for the next, and so for many without end."""


def decompressed(body: bytes, encoding: str) -> bytes | Refusal:
    """The body as its sender meant it; `encoding` is the header `Content-Encoding`."""
    name = encoding.strip().lower() or "identity"
    if name == "identity":
        return body
    if name not in _WINDOW:
        must = f"be {' or '.join(_WINDOW)}, once"
        return refuse("encoding_unsupported", "header:content-encoding", encoding[:200], must)
    bytes_max = min(BODY.value, max(MIB, RATIO.value * len(body)))
    try:
        return _unfolded(body, _WINDOW[name], bytes_max)
    except zlib.error as error:
        return refuse_plainly(
            "encoding_malformed", f"the body is not {name} ({error})", f"{len(body)} bytes"
        )


def _unfolded(body: bytes, window: int, bytes_max: int) -> bytes | Refusal:
    unfolded, rest, members = bytearray(), body, 0
    while rest:  # gzip may have several members, one after the other.
        members += 1
        if members > MEMBERS_MAX:
            raise zlib.error(f"it has more than {MEMBERS_MAX} members")
        member = zlib.decompressobj(window)
        while not member.eof:
            part = member.decompress(rest, _STEP_BYTES)
            rest = member.unconsumed_tail
            unfolded += part
            if len(unfolded) > bytes_max:
                return _too_large(len(body), len(unfolded))
            if not part and not rest and not member.eof:
                raise zlib.error("it breaks off")
        rest = member.unused_data
        if rest and window == zlib.MAX_WBITS:
            raise zlib.error("something follows its end")
    return bytes(unfolded)


def _too_large(sent_bytes: int, seen_bytes: int) -> Refusal:
    if seen_bytes > BODY.value:
        return passed(BODY, f"more than {BODY.value}, decompressed")
    return passed(RATIO, f"more than {seen_bytes // sent_bytes} times")
