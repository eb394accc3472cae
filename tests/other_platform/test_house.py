"""The other platform is another one: it shares no code with what it is examined by, or beside."""

import ast
from pathlib import Path

HERE = Path(__file__).parent
EXAMINERS = ("target.py", "test_")


def test_the_platform_imports_nothing_of_the_simulator_and_the_scenarios() -> None:
    for path in sorted(HERE.glob("*.py")):
        if path.name.startswith(EXAMINERS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                assert module.split(".")[0] not in ("simulator", "scenarios"), path
