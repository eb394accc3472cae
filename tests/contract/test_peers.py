"""Schemathesis' own check of object-level authorization: what one platform created, it asks for
again as the other, in walks through the whole interface."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, HookContext

from simulator.regulator import views
from simulator.regulator.api import Call, Outcome, Taken, operations
from simulator.regulator.refusal import not_found
from tests.contract.front import Front, Signer
from tests.contract.generated import SETTINGS, Sent, document, in_walks, operation_of, sent_by
from tests.contract.lawful import say_what_is_lawful
from tests.contract.test_senders import STRANGER, another_platform
from tests.contract.world import SANDBOX, World

pytestmark = pytest.mark.no_cover  # As in `test_generated`.
PEERS = ("a", "b")
WALKS = 25
READ = {"read_declaration", "read_authorization", "read_transmission"}
"""What the walks create, and a peer asks for."""
WALKED = [*READ, "declare", "announce", "list_declarations", "list_authorizations"]


@pytest.fixture(scope="module")
def front(world: World) -> Front:
    """The two platforms of one sandbox, as peers."""
    another_platform(world)
    signers = (
        Signer(world.platform.key, world.platform.key_id),
        Signer(STRANGER, "key-other"),
    )
    return Front(world.simulator, world.loop, dict(zip(PEERS, signers, strict=True)))


def walks_as_peers(world: World, front: Front, folder: Path) -> Iterator[Sent]:
    identities = folder / "identities.json"
    identities.write_text(
        json.dumps(
            {
                "auth": [
                    {"name": name, "fixedHeaders": [{"name": "X-Peer", "value": name}]}
                    for name in PEERS
                ]
            }
        )
    )
    config = SETTINGS | {
        "auth": {"wfc": {"path": str(identities), "peers": list(PEERS)}},
        "base-url": f"http://testserver/{SANDBOX}/v1",
        "phases": in_walks(WALKS),
        "checks": {"enabled": False, "object_level_authorization": {"enabled": True}},
    }
    schema = schemathesis.openapi.from_dict(
        _document(), config=schemathesis.Config.from_dict(config)
    )
    schema.app = front

    @schema.hook("map_case")
    def make_lawful(context: HookContext, case: Case[Any]) -> Case[Any]:
        assert case.meta is not None
        if case.meta.generation.mode.is_positive:
            say_what_is_lawful(case, operation_of(case), world)
        return case

    return sent_by(schema.include(operation_id=WALKED))


def _document() -> dict[str, Any]:
    """The interface as it is behind the front: who speaks is told by one header."""
    described = document()
    for methods in described["paths"].values():
        for operation in methods.values():
            operation["security"] = [{"peer": []}]
    scheme = {"type": "apiKey", "in": "header", "name": "X-Peer"}
    described["components"]["securitySchemes"] = {"peer": scheme}
    return described


def violations(sent: list[Sent]) -> set[str]:
    """The operations through which one peer got what is the other's."""
    return {
        one.operation
        for one in sent
        if any(breach.startswith("object_level_authorization") for breach in one.breaches)
    }


def test_no_peer_reads_what_is_anothers(world: World, front: Front, tmp_path: Path) -> None:
    sent = list(walks_as_peers(world, front, tmp_path))

    tried = {one.operation: one.status for one in sent if one.identity == "b"}
    assert violations(sent) == set()
    assert {id: tried.get(id) for id in READ} == dict.fromkeys(READ, 404)


def _read_without_asking_whose(call: Call, _: None) -> Outcome:
    held = call.state.declarations.get(call.path["id"])
    if held is None:
        return not_found("declaration", call.path["id"])
    return Taken((), lambda: views.declaration(held))


@pytest.fixture
def a_regulator_that_shows_everything() -> Iterator[Callable[..., Any]]:
    """A regulator that does not ask whose a declaration is."""
    read = next(operation for operation in operations() if operation.id == "read_declaration")
    honest = read.ask
    object.__setattr__(read, "ask", _read_without_asking_whose)
    yield honest
    object.__setattr__(read, "ask", honest)


@pytest.mark.usefixtures("a_regulator_that_shows_everything")
def test_a_regulator_that_shows_anothers_declarations_is_convicted(
    world: World, front: Front, tmp_path: Path
) -> None:
    sent = list(walks_as_peers(world, front, tmp_path))

    assert violations(sent) == {"read_declaration"}
