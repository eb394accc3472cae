"""How an action of the target is taken: by a request, by a command, or by the operator."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import httpx

from scenarios.target import Action, is_operator_there
from scenarios.traffic.placeholders import as_text, fill
from scenarios.trust import trust


async def take(action: Action, values: dict[str, Any], ca: Path | None) -> tuple[bool, int, str]:
    """Whether it went well, the status (0: none) and the answer."""
    if action.url:
        return await _request(action, values, ca)
    if action.command:
        return await _command([as_text(part) for part in fill(action.command, values)])
    return await _prompt(action.prompt or action.name)


async def _request(
    action: Action, values: dict[str, Any], ca: Path | None
) -> tuple[bool, int, str]:
    async with httpx.AsyncClient(timeout=30.0, trust_env=False, verify=trust(ca)) as client:
        try:
            answer = await client.request(
                action.method,
                as_text(fill(action.url, values)),
                json=None if action.body is None else fill(action.body, values),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return False, 0, repr(error)
    return answer.is_success, answer.status_code, answer.text


async def _command(command: list[str]) -> tuple[bool, int, str]:
    if shutil.which(command[0]) is None:
        return False, 0, f"there is no command {command[0]!r}"
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode == 0, process.returncode or 0, output.decode(errors="replace")


async def _prompt(prompt: str) -> tuple[bool, int, str]:
    """Asks the operator; without a terminal there is none, and the action fails."""
    if not is_operator_there():
        return False, 0, "there is no operator at a terminal to ask"
    answer = await asyncio.to_thread(input, f"\n{prompt} ")
    return True, 0, answer
