"""Finds databases whose port is open to the whole network."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Edit, Found, Severity, rule

_PORTS = {
    "5432": "PostgreSQL", "3306": "MySQL", "6379": "Redis", "27017": "MongoDB", "9200": "Elasticsearch", "11211": "memcached", "5672": "RabbitMQ",
    "15672": "RabbitMQ's console", "1433": "SQL Server", "1521": "Oracle", "9042": "Cassandra", "2379": "etcd", "8086": "InfluxDB", "26257": "CockroachDB",
}  # fmt: skip
_PUBLISHED = re.compile(r"(?:\d+|\$\{[^}]*\}):(?P<inside>\d+)(?:/tcp)?")


@rule(
    id="compose-database-published",
    severity=Severity.WARNING,
    summary="a database's port is published on all interfaces",
    why="The engine opens it past the host's firewall (ufw does not see it), to whoever reaches the host. Services of this file need no `ports`.",
    sources=("OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md", "https://docs.docker.com/engine/network/packet-filtering-firewalls/"),
    same_as=("CIS 5.14", "OWASP 5a"),
    before='services:\n  db:\n    image: postgres:17.2\n    ports:\n      - "5432:5432"\n',
    after='services:\n  db:\n    image: postgres:17.2\n    ports:\n      - "127.0.0.1:5432:5432"\n',
)
def compose_database_published(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        ports = service.get("ports")
        for item in ports.items if ports and service.get("build") is None else ():
            short = _PUBLISHED.fullmatch(item.text)
            target = item.get("target")
            inside = short["inside"] if short else target.text if target and item.get("published") and item.get("host_ip") is None else ""
            if inside not in _PORTS:
                continue
            start = item.span.start + (compose.text[item.span.start : item.span.start + 1] in ("'", '"'))
            yield Found(
                message=f"{_PORTS[inside]} of {service.name} is open to everybody who reaches this host",
                span=item.span,
                edits=(Edit(Span(start, start), "127.0.0.1:"),) if short else (),
                advice="leave `ports` out, or publish it on 127.0.0.1 only",
            )
