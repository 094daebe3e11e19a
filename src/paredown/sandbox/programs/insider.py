"""A program of its own, run by paredown's Python: does what has to be done from within a sandbox's namespaces.

`network PID|new`: standard input is a socket. Enters the network of process PID, or makes one of its own; says `ready` (with the user and the network
namespace when it is new), `gone`, or why not. Then each message is a port on the loopback device there, answered by the connected socket, or by an
errno in digits. It ends when the other side closes.
`start PARENT USER NETWORK WORD...`: joins the namespaces open as USER and NETWORK and becomes the program WORD..., ended by the kernel with PARENT.
`execute PARENT REQUEST RESULT`: runs what the JSON in the file REQUEST says beside a sandboxed process, and writes how it ended to RESULT.
"""

import ctypes
import errno
import fcntl
import json
import os
import select
import signal
import socket
import struct
import sys
from contextlib import suppress

_NS_GET_USERNS = 0xB701  # ioctl_ns(2): the user namespace that owns this one
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_SET_DEATH_SIGNAL, _SET_DUMPABLE, _DROP_CAPABILITY, _NO_NEW_PRIVILEGES = 1, 4, 24, 38  # prctl(2)
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1  # netdevice(7)
_PATIENCE = 5.0  # seconds; on a loopback device only a full backlog takes any time
_CAPABILITIES = 64
_LOW_PORTS = "/proc/sys/net/ipv4/ip_unprivileged_port_start"

_kernel = ctypes.CDLL(None, use_errno=True)


def called(name: str, *words: int) -> None:
    """A system call by its C name; OSError when it fails."""
    if getattr(_kernel, name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def end_with(parent: int) -> None:
    """Let the kernel end this process with `parent`, which may have ended already."""
    called("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(128 + signal.SIGKILL)


def enter(names: tuple[str, ...], pid: int, alive: int) -> None:
    """Join these namespaces of process `pid`, and before each the user namespace it belongs to, where they are not this process's own.

    ProcessLookupError when the process that `alive` (a pidfd, or -1 to go without) stands for has ended: its number may be another's by now.
    """
    handles = {name: os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in names}
    own = {name: os.stat(f"/proc/self/ns/{name}").st_ino for name in (*names, "user")}
    if alive >= 0 and has_ended(alive, 0):
        raise ProcessLookupError
    for name, handle in handles.items():
        there = os.stat(handle).st_ino
        if there == own[name]:
            continue
        owner = fcntl.ioctl(handle, _NS_GET_USERNS)
        if name != "user" and os.stat(owner).st_ino != own["user"]:
            called("setns", owner, _NEW_USER)
            own["user"] = os.stat(owner).st_ino
        called("setns", handle, 0)
        os.close(owner)
    for handle in handles.values():
        os.close(handle)


def has_ended(process: int, seconds: float) -> bool:
    """Whether the process of a pidfd ends within `seconds`."""
    waiting = select.poll()
    waiting.register(process, select.POLLIN)
    return bool(waiting.poll(max(0.0, seconds) * 1000))


def new_network() -> None:
    """A user namespace and in it a network with nothing but a loopback device, on which everyone may use any port, as engines have it."""
    uid, gid = os.getuid(), os.getgid()
    called("unshare", _NEW_USER | _NEW_NET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as stream:
            stream.write(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack("16sh22x", fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh22x", b"lo", 0)))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))
    with suppress(OSError), open(_LOW_PORTS, "w") as stream:
        stream.write("0")


def network(which: str) -> None:
    """Make or enter a network, then answer requests until the other side closes."""
    with socket.socket(fileno=0) as channel:
        try:
            handles = []
            if which == "new":
                new_network()
                handles = [os.open(f"/proc/self/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in ("user", "net")]
            else:
                enter(("net",), int(which), -1)
        except (FileNotFoundError, ProcessLookupError):
            channel.send(b"gone")
            return
        except OSError as error:
            channel.send(str(error.strerror).encode())
            return
        socket.send_fds(channel, [b"ready"], handles)
        while request := channel.recv(64):
            try:
                with socket.create_connection(("127.0.0.1", int(request)), timeout=_PATIENCE) as made:
                    made.setblocking(True)
                    socket.send_fds(channel, [b"ok"], [made.fileno()])
            except (OSError, OverflowError) as error:
                channel.send(str(getattr(error, "errno", None) or errno.ETIMEDOUT).encode())


def start(parent: str, user: str, net: str, *words: str) -> None:
    """Become the program `words` in the namespaces."""
    called("setns", int(user), _NEW_USER)
    called("setns", int(net), _NEW_NET)
    end_with(int(parent))
    become_ordinary()
    os.execve(words[0], words, {})  # noqa: S606 - that is the point


def become_ordinary() -> None:
    """Undo what Python's start changed of how signals are taken: a new program would inherit it."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def execute(parent: str, request: str, result: str) -> None:
    """Run a program beside a sandboxed one to its end; it and its session are gone afterwards."""
    end_with(int(parent))
    for handle in (request, result):
        os.set_inheritable(int(handle), False)
    with open(int(request), encoding="utf-8", errors="surrogateescape") as stream:
        wanted = json.load(stream)
    os.set_inheritable(wanted["alive"], False)
    with open(int(result), "w", encoding="utf-8", errors="surrogateescape") as answer:
        json.dump(_executed(wanted), answer)


def _executed(wanted: dict) -> dict:  # type: ignore[type-arg] # JSON
    # What is inside sees this process for a moment: it must not reach the files of the machine by it.
    called("prctl", _SET_DUMPABLE, 0, 0, 0, 0)
    try:
        enter(("net", "ipc", "uts", "pid", "mnt", "user"), wanted["pid"], wanted["alive"])
    except (FileNotFoundError, ProcessLookupError):
        return {"gone": True}
    except OSError as error:
        return {"failed": str(error.strerror)}
    said, saying = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        _become(wanted, saying)
    os.close(saying)
    in_time = has_ended(os.pidfd_open(child), wanted["timeout"])
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    number = os.read(said, 16)
    if number:
        return {"errno": int(number)}
    if not in_time:
        return {"late": True}
    code = os.waitstatus_to_exitcode(status)
    return {"status": code if code >= 0 else 128 - code}


def _become(wanted: dict, saying: int) -> None:  # type: ignore[type-arg]
    """In the child: never comes back."""
    try:
        os.setsid()
        called("prctl", _SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        os.chdir(wanted["folder"])
        for number in range(_CAPABILITIES):
            if not wanted["capabilities"] >> number & 1:
                _kernel.prctl(_DROP_CAPABILITY, number, 0, 0, 0)  # numbers the kernel does not know are no error
        called("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        become_ordinary()
        _begin(wanted["argv"], wanted["environment"])
    except OSError as error:
        os.write(saying, str(error.errno).encode())
    finally:
        os._exit(127)


def _begin(argv: list, environment: dict) -> None:  # type: ignore[type-arg]
    """execvpe(3). Python's own imports modules on its way, which are out of reach here."""
    if "/" in argv[0]:
        os.execve(argv[0], argv, environment)  # noqa: S606
    refused: OSError = FileNotFoundError(errno.ENOENT, argv[0])
    for folder in environment.get("PATH", "/bin:/usr/bin").split(":"):
        try:
            os.execve(f"{folder or '.'}/{argv[0]}", argv, environment)  # noqa: S606
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            refused = error
    raise refused


if __name__ == "__main__":
    match sys.argv[1]:
        case "network":
            network(*sys.argv[2:])
        case "start":
            start(*sys.argv[2:])
        case "execute":
            execute(*sys.argv[2:])
