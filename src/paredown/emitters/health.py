"""The health check as one line of Python: no curl, no shell, exit 0 when the service is well."""

import re

from paredown.plan import HealthCheck

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})")


def words(check: HealthCheck, port: str, python: str) -> tuple[str, ...]:
    """The command that asks; `port` may be a variable with a default (`${PORT:-8000}`)."""
    limit = 400 if check.path else 500
    ask = f"c = client.HTTPConnection('127.0.0.1', {_port(port)}, timeout={max(check.timeout * 0.9, 0.1):g})"
    program = f"{ask}; c.request('GET', '{check.path or '/'}'); sys.exit(c.getresponse().status >= {limit})"
    imports = "import os, sys" if "os." in program else "import sys"
    return (python, "-c", f"{imports}; from http import client; {program}")


def options(check: HealthCheck) -> str:
    """HEALTHCHECK's flags."""
    return f"--interval={check.interval:g}s --timeout={check.timeout:g}s --start-period={check.start_period:g}s --retries={check.retries}"


def _port(port: str) -> str:
    found = _VARIABLE.fullmatch(port)
    if found is None:
        return port
    name, default = found[1] or found[2], found[3]
    return f"int(os.environ.get('{name}', '{default}'))" if default else f"int(os.environ['{name}'])"
