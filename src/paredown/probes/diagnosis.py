"""Why a service did not come up: what happened, what it said, and the line of configuration that most likely helps."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from paredown.errors import redacted
from paredown.runners.interface import Ended, Launch

_LOOKED_AT = 65536  # bytes of the end of each stream
_LONGEST_LINE = 300
_VERIFY = "[tool.paredown.verify]"
_KILLED = 137
_NOT_EXECUTABLE, _NOT_THERE = 126, 127
_USUAL_PORTS = {"5432": "postgres:17", "3306": "mysql:8", "6379": "redis:7", "27017": "mongo:7", "5672": "rabbitmq:4", "11211": "memcached:1"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What happened, in one or a few lines, and what to write; `late` when all that is known is that time ran out."""

    what: str
    fix: str
    late: bool = False

    def __str__(self) -> str:
        return f"{self.what}\nfix: {self.fix}"


Rule = Callable[[re.Match[str]], tuple[str, str]]


def diagnosed(launch: Launch, patience: float, *, ended: Ended | None, said: tuple[bytes, bytes], listening: tuple[int, ...] = ()) -> Diagnosis:
    """For a service that `ended`, or runs and has not answered on its port within `patience` seconds; `listening` are the ports it does listen on."""
    stdout, stderr = map(_text, said)
    cause = _cause(f"{stdout}\n{stderr}")
    last = _last_line(stderr) or _last_line(stdout)
    port = launch.ports[0]
    if ended is not None and ended.status in (_NOT_EXECUTABLE, _NOT_THERE) and "cannot be started" in last:
        return not_started(last, launch)
    if ended is not None:
        what = f"the service ended with status {ended.status} before it answered on port {port}"
        if cause:
            return Diagnosis(f"{what}: {cause[0]}" + (f"\n{last}" if last and last not in cause[0] else ""), cause[1])
        return Diagnosis(f"{what}: {last}" if last else f"{what}, without a word", _fix_for(ended.status, launch))
    others = [number for number in listening if number not in launch.ports]
    if others and port not in listening:
        names = " and ".join(map(str, others))
        expose = f"say so: `ports = [{others[0]}]` in [tool.paredown], or EXPOSE {others[0]} in the Dockerfile"
        move = f'or have it listen on {port}, if it reads PORT: `environment = {{ PORT = "{port}" }}` in {_VERIFY}'
        return Diagnosis(f"the service listens on port {names}, but is expected on {port}", f"{expose}\n{move}")
    what = f"the service did not answer on port {port} within {patience:g} seconds"
    if cause:
        return Diagnosis(f"{what}: {cause[0]}", cause[1])
    what += ": it takes connections there, but does not answer HTTP" if port in listening else ": it listens on no port"
    fix = f"give it more time, if that is what it needs: `patience = {patience * 1.5:g}` in {_VERIFY}"
    if not listening:
        fix += "\nor, if it is a worker, of which nothing can be asked, be content with the rest of the checks: `--allow-unproven`"
    return Diagnosis(what + (f"; it said last: {last}" if last else ""), fix, late=True)


def ended_while_asked(ended: Ended) -> str:
    """For a service that came up and ended by itself later."""
    last = _last_line(_text(ended.stderr)) or _last_line(_text(ended.stdout))
    return f"the service ended by itself with status {ended.status} while it was asked" + (f"; it said last: {last}" if last else "")


def not_started(reason: str, launch: Launch) -> Diagnosis:
    """For a program that could not even be started, for the `reason` that the runner gives."""
    program = launch.argv[0] if launch.argv else "its program"
    fix = "see what the runner says"
    if re.search(r"exec format error", reason, re.IGNORECASE):
        fix = "verify an image that was made for this machine's architecture, or verify on such a machine"
    elif re.search(r"no such file|not found|permission denied", reason, re.IGNORECASE):
        fix = f"the image must have {program}, executable, and the interpreter that its first line names"
    return Diagnosis(f"the service cannot be started: {reason}", fix)


def _fix_for(status: int, launch: Launch) -> str:
    program = launch.argv[0] if launch.argv else "the program"
    if status == 0:
        return "have it stay in the foreground, and not become a daemon: with its first process all of a container ends"
    if status == _KILLED:
        return "it was killed, as the kernel does when memory runs out: give this machine, or the engine, more memory"
    if status in (_NOT_THERE, _NOT_EXECUTABLE):
        return f"the image must have {program}, executable, and the interpreter that its first line names"
    return f"start it by hand to see more; what it needs to start goes to {_VERIFY}: `environment`, `setup`, `services`"


def _text(stream: bytes) -> str:
    return redacted(stream[-_LOOKED_AT:].decode("utf-8", "replace"))


def _last_line(text: str) -> str:
    """The last line that says something: of a traceback, the exception."""
    lines = [line.strip() for line in text.splitlines() if line.strip(" ^~-=\t")]
    return lines[-1][:_LONGEST_LINE] if lines else ""


def _cause(text: str) -> tuple[str, str] | None:
    """What happened and the fix, by the rule that knows the last such words."""
    found = [(matches[-1].end(), -place, matches[-1]) for place, (pattern, _) in enumerate(_RULES) if (matches := list(pattern.finditer(text)))]
    if not found:
        return None
    # Of those that end on the same line the first of the list, which knows more.
    line = text.rfind("\n", 0, max(found)[0]) + 1
    _, place, match = max((item for item in found if item[0] > line), key=lambda item: item[1])
    return _RULES[-place][1](match)


def _missing_variable(match: re.Match[str]) -> tuple[str, str]:
    name = next(group for group in match.groups() if group)
    return f"it needs the environment variable {name}", f'{_VERIFY}\nenvironment = {{ {name} = "..." }}'


def _missing_settings(match: re.Match[str]) -> tuple[str, str]:
    names = [name.upper().replace(".", "__") for name in re.findall(r"^([A-Za-z_][\w.]*)\n +Field required", match[0], re.MULTILINE)]
    pairs = ", ".join(f'{name} = "..."' for name in names)
    return (
        f"it needs the settings {', '.join(names)} of {match[1]}",
        f"{_VERIFY}\nenvironment = {{ {pairs} }}\nwith the prefix of {match[1]} before each name, if it has one",
    )


def _may_not_write(match: re.Match[str]) -> tuple[str, str]:
    path = match["path"]
    # What has no ending and is not in a folder of its own is taken for the folder itself: data folders are made at start.
    folder = posixpath.dirname(path) if "." in posixpath.basename(path) else path
    return f"it cannot write {path}", f'[tool.paredown]\nwritable = ["{folder if folder.startswith("/") else path}"]'


def _may_not_write_somewhere(match: re.Match[str]) -> tuple[str, str]:
    return f"it cannot write its database ({match[0]})", '[tool.paredown]\nwritable = ["/the/folder/of/the/database"]'


def _no_companion(match: re.Match[str]) -> tuple[str, str]:
    named = match.groupdict()
    host, port = named.get("host") or "", named.get("port") or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        setting = f"and tell the service to reach it as `db`: in {_VERIFY}, environment = {{ ... }}"
        name = "db"
    else:
        name, setting = host or "db", ""
    image = _USUAL_PORTS.get(port, "postgres:17")
    lines = [f"[tool.paredown.verify.services.{name}]", f'image = "{image}"  # or command = [...], of this machine', f"port = {port or 5432}"]
    return f"it cannot reach {host or 'what it talks to'}{f' on port {port}' if port else ''}", "\n".join([*lines, *([setting] if setting else [])])


_NAME = r"([A-Z][A-Z0-9_]{2,})"
_HOST = r"[\"'(]*(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*|::1)[\"']*"
_ENVIRON = r"(?:environ\b|<frozen os>|/os\.py)(?:[^\n]*\n){1,12}?"
_SAID_OF_IT = r"[^\n]*(?:not set|missing|required|not found|undefined|empty|must|please)"

_KNOWN: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (
        _missing_variable,
        (
            rf"{_ENVIRON}KeyError: '([A-Za-z_]\w*)'",
            rf"\b[Ee]nv(?:ironment)?[ _]var(?:iable)?s? [\"'`]?{_NAME}[\"'`]? {_SAID_OF_IT}",
            rf"\b{_NAME}[\"'`]? (?:environment variable|env var){_SAID_OF_IT}",
            rf"(?:[Ss]et|[Mm]issing|[Rr]equires?|[Nn]eeds?) (?:the |required )?(?:{_NAME} environment variable|environment variable:? [\"'`]?{_NAME})",
            rf"\b{_NAME} not found\. Declare it as envvar",
            rf"Config '{_NAME}' is missing, and has no default",
            rf"The {_NAME} setting must not be empty",
            rf"(?:paredown launcher|line \d+|sh): {_NAME}:? (?:is not set|parameter not set|parameter null or not set|unbound variable)",
            rf"^(?:[\w.]*: )?[\"'`]?{_NAME}[\"'`]? (?:is|was|must be) (?:not set|set|missing|required|not defined)",
        ),
    ),
    (_missing_settings, (r"\bvalidation errors? for (\w+)\n(?:[A-Za-z_][\w.]*\n +[^\n]+\n(?: +[^\n]+\n?)*)*[A-Za-z_][\w.]*\n +Field required[^\n]*",)),
    (_may_not_write, (r"(?:\[Errno (?:13|30)\] )?(?:Permission denied|Read-only file system): [\"'](?P<path>[^\"'\n]+)[\"']",)),
    (_may_not_write_somewhere, (r"unable to open database file|attempt to write a readonly database",)),
    (
        _no_companion,
        (
            rf"connection to server at {_HOST}(?: \([^)]*\))?, port (?P<port>\d+) failed",
            rf"could not translate host name {_HOST} to address",
            rf"Error -?\d+ (?:while )?connecting to {_HOST}:(?P<port>\d+)",
            rf"Connect call failed \({_HOST}, (?P<port>\d+)",
            rf"Can't connect to MySQL server on {_HOST}(?::(?P<port>\d+))?",
            rf"ServerSelectionTimeoutError: {_HOST}:(?P<port>\d+)",
            rf"(?:host=|Host: ?){_HOST},? port=(?P<port>\d+)",
            r"Name or service not known|Temporary failure in name resolution|No address associated with hostname|Connection refused",
        ),
    ),
)
_RULES = tuple((re.compile(pattern, re.MULTILINE), rule) for rule, patterns in _KNOWN for pattern in patterns)
