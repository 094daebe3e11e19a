"""A compose file that starts the image under the restrictions that it was seen to work with."""

import json
from collections.abc import Iterator

from paredown.comparison import Evidence, Held
from paredown.emitters.seen import Seen
from paredown.plan import Plan

_PROCESSES = 200  # a service that starts more has run wild


def compose_file(plan: Plan, image: str, seen: Seen) -> str:
    """The text of a compose.yaml for the service; what was not seen to work stands there as a comment with its reason."""
    return "\n".join(_lines(plan, image, seen)) + "\n"


def _lines(plan: Plan, image: str, seen: Seen) -> Iterator[str]:
    name = plan.name.rpartition("/")[2].partition(":")[0]
    yield "# Each restriction below was seen to work with this image; one that was not is a comment."
    yield "services:"
    yield f"  {name}:"
    yield "    build: ."
    yield f"    image: {json.dumps(image)}"
    if plan.ports:
        yield "    ports:"
        yield from (f'      - "{port}:{port}"' for port in plan.ports)
    yield f'    user: "{plan.user}:0"'
    yield from _restriction(seen.read_only, "    read_only: true")
    yield from _restriction(seen.no_capabilities, "    cap_drop: [ALL]", "    security_opt: [no-new-privileges:true]")
    places = [path for path in plan.writable if path not in plan.volumes]
    yield "    tmpfs:"
    yield from (f'      - "{path}:uid={plan.user},gid=0,mode=0775"' for path in ("/tmp", *places))  # noqa: S108
    if plan.volumes:
        yield "    volumes:"
        yield from (f'      - "{_volume(path)}:{path}"' for path in plan.volumes)
    yield f"    pids_limit: {_PROCESSES}"
    if seen.memory_limit is not None:
        yield f"    mem_limit: {seen.memory_limit}m  # {seen.memory_request} MiB were measured under a small load"
    yield "    restart: unless-stopped"
    if plan.health is not None:
        yield "    # The health check is the image's own."
    if plan.volumes:
        yield ""
        yield "volumes:"
        yield from (f"  {_volume(path)}:" for path in plan.volumes)


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-").replace(".", "-") or "root"


def _restriction(evidence: Evidence, *lines: str) -> Iterator[str]:
    if evidence.held is Held.YES:
        yield from lines
        return
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    yield f"{indent}# {', '.join(line.strip() for line in lines)}: {' '.join(evidence.seen.split())}"
