"""What Xen's boundary costs: the figures of bench/vm.py for a domain, measured by dom0. Knows no other engine."""

from __future__ import annotations

import time

from scripts.vm.image import images
from tests.vm.xen_world import World, xen_world

START = "scripts.vm.inside.programs:start"
MEASURE = ("/usr/bin/python3", "-m", "tests.vm.inside.measure")


def xen_figures() -> dict[str, float]:
    """Start Xen with two domains, and measure one of them. Raises ImageError."""
    began = time.perf_counter()
    with xen_world(images(), lambda text: print(text, flush=True)) as world:
        started = time.perf_counter() - began
        return {"from nothing to two domains with agents, s": started, **boundary_figures(world)}


def boundary_figures(world: World) -> dict[str, float]:
    """Of the channel, and of the way from a key or a drawing to its pixel."""
    work = world.work
    screen = work.screen()
    work.domain(START, argv=[*MEASURE, "echo"])
    found: dict[str, float] = world.host.dom0("measure:channel_times", domain=work.domain.number)
    work.domain(START, argv=[*MEASURE, "flip", screen])
    found |= world.host.dom0("measure:key_to_pixel", name="work")
    work.domain("measure:show", screen=screen)
    found |= world.host.dom0("measure:damage_to_pixel", name="work", domain=work.domain.number)
    return found
