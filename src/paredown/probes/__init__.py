"""Probes observe an image, at rest or running; comparing what they saw before and after gives the verdict."""

from paredown.probes import (
    app_files,
    bytecode,
    configuration,
    distribution_files,
    distributions,
    elf_needs,
    entry_points,
    hardening,
    health,
    links,
    modules,
    named_files,
    platform,
    programs_on_path,
    python_version,
    restart,
    script_interpreters,
    writable_paths,
)
from paredown.probes.exchange import known, openapi, pages, request_files, streaming, websocket_routes
from paredown.probes.exchange.interface import Asker
from paredown.probes.interface import AtRest, Inside

# What needs no run, in the order of the report.
AT_REST: tuple[AtRest, ...] = (
    configuration.observe,
    programs_on_path.observe,
    python_version.observe,
    distributions.observe,
    distribution_files.observe,
    entry_points.observe,
    script_interpreters.observe,
    app_files.observe,
    writable_paths.observe,
    bytecode.observe,
    links.observe,
    elf_needs.observe,
    named_files.observe,
)

# What starts programs of the image and waits for no other run, the longest first.
INSIDE: dict[str, Inside] = {
    "modules": modules.observe,
    "restart": restart.observe,
    "hardening": hardening.observe,
    "platform": platform.observe,
    "health": health.observe,
}

# Of these, what makes no sense where the service does not come up at all.
UP = frozenset({"restart", "hardening", "health"})

# Pages logs out, so what may need a session comes before it.
ASKERS: tuple[Asker, ...] = (openapi.ask, known.ask, request_files.ask, pages.ask, websocket_routes.ask, streaming.ask)
