"""Every form of a leak is found, in any wrapping; what may lawfully leave never is."""

import base64
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.judge import peeling
from scenarios.judge.enumeration import ALGORITHMS
from scenarios.judge.leaks import Leak, PlantedIndex
from scenarios.judge.peeling import PeelingStopped
from scenarios.traffic import CATEGORY_OF_KIND, Secret, Traffic

from .planting import LI, SECRETS, WRAPPINGS, WU, secrets_of, wrapped

INDEX = PlantedIndex(SECRETS)
ID, MOBILE, CARD = LI["resident_id"], LI["mobile"], LI["card"]
SEARCHED = [secret for secret in SECRETS if secret.kind != "name"]


def seen(text: str | bytes, *, persons: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Person, kind and form of every leak in a body."""
    data = text.encode() if isinstance(text, str) else text
    return [
        (leak.person, leak.kind, leak.form) for leak in INDEX.leaks(data, "body", persons=persons)
    ]


def sm3(value: str) -> bytes:
    state = Hash(SM3())
    state.update(value.encode())
    return state.finalize()


def test_a_leak_tells_whose_what_and_where_but_not_the_value() -> None:
    body = json.dumps({"note": base64.b64encode(f"call {MOBILE}".encode()).decode()}).encode()
    assert INDEX.leaks(body, "header x-note") == (
        Leak("li", "mobile", "M03", "plain", "header x-note", ("base64",), "*******2468"),
    )


@pytest.mark.parametrize("kind", [kind for kind in LI if kind != "name"])
def test_every_plain_value_is_found(kind: str) -> None:
    assert seen(json.dumps({"x": LI[kind]}, ensure_ascii=False)) == [("li", kind, "plain")]


@pytest.mark.parametrize(
    "written",
    [
        "+86 154 1357 2468",
        "0086-15413572468",
        "154-1357-2468",
        "１５４１３５７２４６８",
        "order15413572468end",
        "15413572468.pdf",
        "154\u200b1357\u200b2468",
        "[1,5,4,1,3,5,7,2,4,6,8]",
        "(154) 1357-2468",
        "/settlements/15413572468/receipt",
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(written: str) -> None:
    assert seen(written) == [("li", "mobile", "plain")]


@pytest.mark.parametrize(
    "written",
    [
        "11010518810307002x",
        "110105 18810307 002X",
        "110105-18810307-002x",
        "１１０１０５１８８１０３０７００２Ｘ",
        "110105810307002",  # Fifteen digits, as before 1999.
    ],
)
def test_a_resident_id_is_found_however_it_is_written(written: str) -> None:
    assert seen(written) == [("li", "resident_id", "plain")]


def test_a_value_in_utf_16_and_an_address_in_gb_18030_are_found() -> None:
    assert seen(MOBILE.encode("utf-16-le")) == [("li", "mobile", "plain")]
    assert seen(LI["address"].encode("gb18030")) == [("li", "address", "plain")]


def test_a_reversed_value_is_found() -> None:
    assert seen(f'{{"r": "{CARD[::-1]}"}}') == [("li", "card", "plain_reversed")]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("110105********002X", "resident_id"),
        ("110************02X", "resident_id"),
        ("110105***002X", "resident_id"),
        ("154****2468", "mobile"),
        ("+86154****2468", "mobile"),
        ("+86 154****2468", "mobile"),
        ("154xxxx2468", "mobile"),
        ("154...2468", "mobile"),
        ("154••••2468", "mobile"),
        ("１５４＊＊＊＊２４６８", "mobile"),
        ("id154****2468end", "mobile"),
        ("154 **** 2468", "mobile"),
        ("154-****-2468", "mobile"),
        ("15413******", "mobile"),
        ("620000******4683", "card"),
        ("6200 00** **** 4683", "card"),
        ("620000135792****", "card"),
        ("1101051881030", "resident_id"),
        ("6200001357", "card"),
    ],
)
def test_a_prefix_that_was_kept_is_found(written: str, kind: str) -> None:
    assert ("li", kind, "prefix_kept") in seen(f'{{"v": "{written}"}}')


def test_a_mask_that_fits_several_persons_names_those_the_body_is_about() -> None:
    assert seen("620000**********") == [
        ("li", "card", "prefix_kept"),
        ("wu", "card", "prefix_kept"),
    ]
    assert seen("620000**********", persons=("wu",)) == [("wu", "card", "prefix_kept")]


def test_the_whole_masked_number_is_believed_before_a_part_of_it() -> None:
    assert seen("paid 6200 00** **** 3216 today") == [("wu", "card", "prefix_kept")]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("******18810307****", "resident_id"),
        ("***13572***", "mobile"),
        ("0518810307002", "resident_id"),
    ],
)
def test_a_middle_that_was_kept_is_found(written: str, kind: str) -> None:
    assert seen(f'{{"v": "{written}"}}') == [("li", kind, "middle_kept")]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ('{"v": "************07002X"}', "resident_id"),
        ('{"v": "******72468"}', "mobile"),
        ('{"id_last6": "07002X"}', "resident_id"),
        ('{"cardLastSix": "924683"}', "card"),
        ("手机尾号为572468", "mobile"),
        ('{"v": "3572468"} 0307002X 18810307002X', "resident_id"),
    ],
)
def test_more_than_the_last_four_is_found(written: str, kind: str) -> None:
    assert seen(written) == [("li", kind, "suffix_kept")]


def test_naked_parts_count_from_eight_digits_if_the_body_is_about_the_person() -> None:
    assert seen('{"a": "13572468", "b": "62000013"}', persons=("li",)) == [
        ("li", "mobile", "suffix_kept"),
        ("li", "card", "prefix_kept"),
    ]
    assert seen('{"a": "13572468", "b": "62000013"}') == []


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("kind", "spelling"),
    [
        ("mobile", "15413572468"),
        ("mobile", "+8615413572468"),
        ("mobile", "154 1357 2468"),
        ("resident_id", "11010518810307002X"),
        ("resident_id", "11010518810307002x"),
        ("card", "6200 0013 5792 4683"),
        ("email", "LI.SHI.BCDFGH@EXAMPLE.COM"),
        ("address", "北京市示例区建国路1357号2468室"),
        ("device_id", "0a1b2c3d4e5f60718293a4b5c6d7e8f0"),
        ("password", "PwQr7tYuKp2sDfGh"),
    ],
)
def test_an_unkeyed_hash_is_found_in_every_writing(
    algorithm: str, kind: str, spelling: str
) -> None:
    state = sm3(spelling) if algorithm == "sm3" else hashlib.new(algorithm, spelling.encode())
    digest = state if isinstance(state, bytes) else state.digest()
    expected = [("li", kind, algorithm)]
    assert seen(json.dumps({"h": digest.hex()})) == expected
    assert seen(json.dumps({"h": digest.hex().upper()})) == expected
    assert seen(json.dumps({"h": f"{algorithm}-" + base64.b64encode(digest).decode()})) == expected
    assert seen(base64.urlsafe_b64encode(digest).rstrip(b"=")) == expected
    assert seen(digest) == expected
    assert seen(digest.hex()[:20]) == expected


def test_half_an_md5_and_an_md5_written_as_a_uuid_are_found() -> None:
    digest = hashlib.md5(MOBILE.encode()).hexdigest()
    assert seen(digest[8:24]) == [("li", "mobile", "md5")]
    assert seen(str(uuid.UUID(digest))) == [("li", "mobile", "md5")]


@pytest.mark.parametrize("kind", ["password", "biometric"])
def test_any_twelve_characters_of_a_canary_are_found(kind: str) -> None:
    value = LI[kind]
    for start in range(len(value) - 11):
        part = value[start : start + 12]
        assert [leak[:2] for leak in seen(f"<{part}>")] == [("li", kind)], part
        assert [leak[:2] for leak in seen(part.encode().hex())] == [("li", kind)], part


def test_the_excerpt_of_a_canary_shows_nothing() -> None:
    (leak,) = INDEX.leaks(LI["password"].encode(), "body")
    assert leak.excerpt_masked == "*" * 16


@pytest.mark.parametrize("kind", ["mobile", "resident_id", "card"])
@pytest.mark.parametrize("person", [LI, WU])
def test_the_last_four_and_a_keyed_token_may_leave(person: dict[str, str], kind: str) -> None:
    value = person[kind]
    token = hmac.new(b"a key of this country", value.encode(), hashlib.sha256)
    lawful = {
        "last4": value[-4:],
        "masked": "*" * (len(value) - 4) + value[-4:],
        "short": "****" + value[-4:],
        "spaced": "**** **** " + value[-4:],
        "one": value[0] + "*" * 8 + value[-4:],
        "token": token.hexdigest(),
        "token64": base64.b64encode(token.digest()).decode(),
    }
    assert seen(json.dumps(lawful)) == []
    assert seen(json.dumps(lawful), persons=("li", "wu")) == []
    assert seen(f"paid with card ending in {value[-4:]}") == []


def test_short_names_are_not_searched_and_long_ones_only_as_whole_words() -> None:
    index = PlantedIndex([Secret("name", "Ana Lee-Wong", "X07", "ana"), *SECRETS])
    assert [leak.form for leak in index.leaks(b"payer: ANA LEE WONG!", "body")] == ["plain"]
    assert index.leaks(b"Diana Lee Wongsakul", "body") == ()
    assert index.leaks("李示例".encode(), "body") == ()


def test_one_person_is_not_blamed_for_what_another_shares() -> None:
    twin = {"resident_id": "110105188103070134", "card": "6200001357924691"}
    index = PlantedIndex([*SECRETS, *secrets_of("twin", twin)])
    leaks = index.leaks(f"{ID} {CARD}".encode(), "body")
    assert [(leak.person, leak.kind) for leak in leaks] == [("li", "resident_id"), ("li", "card")]


def test_each_secret_is_told_once_a_form_where_it_is_least_wrapped() -> None:
    hidden = base64.b64encode(MOBILE.encode()).decode()
    leaks = INDEX.leaks(f"{hidden} {MOBILE} {MOBILE}".encode(), "body")
    assert [(leak.form, leak.path) for leak in leaks] == [("plain", ())]


def test_a_bomb_is_no_acquittal_but_does_not_hide_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(peeling, "INFLATED_BYTES_MAX", 10_000)
    bomb = WRAPPINGS["zlib"](b"0" * 10_001)
    with pytest.raises(PeelingStopped):
        INDEX.leaks(bomb, "body")
    assert [leak.form for leak in INDEX.leaks(MOBILE.encode() + b" " + bomb, "body")] == ["plain"]


def test_a_part_of_what_was_found_whole_is_not_told_as_well() -> None:
    assert seen(f"{MOBILE}, 154****2468, {ID}, {CARD[:12]}") == [
        ("li", "mobile", "plain"),
        ("li", "resident_id", "plain"),
        ("li", "card", "prefix_kept"),
    ]


def test_a_body_of_many_leaks_names_every_one_in_order() -> None:
    body = json.dumps([person.mobile for person in PEOPLE]).encode()
    leaks = CROWD.leaks(body, "body")
    assert [leak.person for leak in leaks] == [person.id for person in PEOPLE]


@pytest.mark.parametrize("footnote", ["3 * 072468", "*072468", "order #72468", "see...572468"])
def test_a_lone_sign_masks_nothing(footnote: str) -> None:
    assert seen(footnote) == []


def test_the_same_secret_of_several_payments_is_planted_once() -> None:
    assert PlantedIndex([*SECRETS, *SECRETS]).secrets == SECRETS


def test_an_empty_index_finds_nothing() -> None:
    assert PlantedIndex([]).leaks(MOBILE.encode(), "body") == ()


FORMS_OF_LEAK: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "plain_reversed": lambda value: value[::-1],
    "md5": lambda value: hashlib.md5(value.encode()).hexdigest(),
    "sha256": lambda value: hashlib.sha256(value.encode()).hexdigest(),
    "sm3": lambda value: sm3(value).hex(),
    "prefix_kept": lambda value: value[:6] + "*" * (len(value) - 10) + value[-4:],
}


@settings(derandomize=True, max_examples=600, deadline=None)
@given(
    secret=st.sampled_from(SEARCHED),
    form=st.sampled_from(sorted(FORMS_OF_LEAK)),
    names=st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=3),
    around=st.sampled_from(['{{"note":"{}"}}', "note={}", "<note>{}</note>", "{}", "a b {} c"]),
)
def test_any_secret_in_any_composition_of_wrappings_is_found(
    secret: Secret, form: str, names: list[str], around: str
) -> None:
    if form == "prefix_kept" and secret.kind not in ("resident_id", "mobile", "card"):
        return
    leaked = FORMS_OF_LEAK[form](secret.value)
    body = wrapped(around.format(leaked).encode(), names)
    if body is not None:
        found = {(leak.person, leak.kind, leak.form) for leak in INDEX.leaks(body, "body")}
        assert found == {(secret.person, secret.kind, form)}, names


PEOPLE = Traffic(11).people(400)
CROWD = PlantedIndex(
    Secret(kind, getattr(person, kind), category, person.id)
    for person in PEOPLE
    for kind, category in CATEGORY_OF_KIND.items()
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    number=st.integers(0, 399),
    key=st.binary(min_size=16, max_size=32),
    algorithm=st.sampled_from(["md5", "sha1", "sha256"]),
    names=st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=2),
)
def test_no_lawful_body_is_a_leak_in_any_wrapping(
    number: int, key: bytes, algorithm: str, names: list[str]
) -> None:
    person = PEOPLE[number]
    lawful = {}
    for kind in ("resident_id", "mobile", "card"):
        value = getattr(person, kind)
        lawful[f"{kind}_token"] = hmac.new(key, value.encode(), algorithm).hexdigest()
        lawful[f"{kind}_last4"] = "*" * (len(value) - 4) + value[-4:]
    body = wrapped(json.dumps(lawful).encode(), names)
    if body is not None:
        assert CROWD.leaks(body, "body", persons=(person.id,)) == ()


def noise(chance: random.Random) -> dict[str, object]:
    """A lawful body of everything that looks like an identifier and is none."""
    digits = "".join(chance.choices("0123456789", k=chance.randint(4, 20)))
    instant = chance.randint(1_685_577_600, 1_704_067_200)
    return {
        "amount_minor": chance.randint(100_000, 99_999_999),
        "amount": f"{chance.randint(1000, 999999)}.{chance.randint(0, 99):02d}",
        "order_token": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "digest": f"sha-256=:{base64.b64encode(chance.randbytes(32)).decode()}:",
        "token": chance.randbytes(32).hex(),
        "trace": f"00-{chance.randbytes(16).hex()}-0000000000000000-01",
        "at": f"2023-06-{chance.randint(1, 30):02d}T12:{chance.randint(0, 59):02d}:00.000000Z",
        "epoch_s": instant,
        "epoch_ms": instant * 1000 + chance.randint(0, 999),
        "day": f"2023{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}",
        "reference": digits,
        "last4": "****" + digits[-4:],
        "rows": [chance.randint(0, 10**9) for _ in range(8)],
        "merchant": {"uscc": f"91990000MA5{chance.randint(0, 9_999_999):07d}", "mcc": "5411"},
        "note": "paid ### thank you... see order #" + digits[:6],
    }


def test_noise_among_hundreds_of_persons_is_never_a_leak() -> None:
    chance = random.Random(20230601)
    hits: list[Leak] = []
    for _ in range(1500):
        body = json.dumps(noise(chance)).encode()
        hits += CROWD.leaks(body, "body", persons=(chance.choice(PEOPLE).id,))
    assert hits == []


def test_every_secret_of_the_traffic_is_found_and_only_that() -> None:
    for person in PEOPLE[:100]:
        for kind in CATEGORY_OF_KIND:
            if kind != "name":
                leaks = CROWD.leaks(json.dumps({"v": getattr(person, kind)}).encode(), "body")
                assert [(leak.person, leak.kind) for leak in leaks] == [(person.id, kind)]
