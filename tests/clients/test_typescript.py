"""openapi-typescript makes types that a compiler holds a platform to, and openapi-fetch goes all
the way with them."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from tests.clients import node
from tests.simulator.parties import Served


@pytest.fixture
def project(openapi: Path, node_modules: Path, tmp_path: Path) -> Path:
    """The TypeScript platform with the types that are generated for it."""
    folder = tmp_path / "typescript"
    shutil.copytree(node.SOURCES, folder)
    (folder / "node_modules").symlink_to(node_modules)
    generator = node_modules / "openapi-typescript" / "bin" / "cli.js"
    node.run(generator, openapi, "--output", folder / "regulator.ts", at=folder)
    return folder


def test_a_typescript_platform_is_type_checked_and_goes_from_declaration_to_lineage(
    project: Path, node_modules: Path, regulator: Served
) -> None:
    node.run(node_modules / "typescript" / "bin" / "tsc", "--project", project, at=project)
    told = node.run(project / "journey.ts", f"{regulator.base}/sb/v1", at=project)

    assert json.loads(told) == {
        "declared": "accepted",
        "announced": "accepted",
        "accepted": 3,
        "closed": "closed",
        "unchanged": 304,
        "lineage": ["pay-1"],
        "wrong": "not_found",
        "notices": [],
    }


def test_the_description_of_events_is_valid_asyncapi_3_0(
    regulator: Served, node_modules: Path
) -> None:
    schema = json.loads(
        (node_modules / "@asyncapi" / "specs" / "schemas" / "3.0.0.json").read_bytes()
    )
    document = regulator.http.get(f"{regulator.base}/sb/v1/asyncapi.json").json()

    assert document["asyncapi"] == "3.0.0"
    assert list(Draft7Validator(schema).iter_errors(document)) == []
