"""The sandbox that a request speaks about, or the refusal that names the nearest right ones.

Everything here is `async`, so that it runs on the loop: the world belongs to one thread.
"""

from typing import Annotated

from fastapi import Depends, Path, Request

from simulator.catalogue import suggest
from simulator.control.problems import Refused
from simulator.world import Site, World


async def world_of(request: Request) -> World:
    """The one world of this process."""
    world: World = request.app.state.world
    return world


TheWorld = Annotated[World, Depends(world_of)]


async def site_of(world: TheWorld, sandbox: Annotated[str, Path(max_length=63)]) -> Site:
    """The site called `sandbox`."""
    site = world.site(sandbox)
    if site is None:
        there = world.ids()
        remedy = suggest(sandbox, there) if there else "there is none yet: POST /control/sandboxes"
        raise Refused.at(
            "sandbox_unknown",
            "path:sandbox",
            sandbox,
            f"name a sandbox; {remedy}",
            detail=f"there is no sandbox {sandbox!r}; {remedy}",
        )
    return site


Here = Annotated[Site, Depends(site_of)]
