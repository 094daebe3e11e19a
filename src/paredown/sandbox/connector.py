"""A program of its own: enters the network namespace of a sandboxed process and hands out connections made there.

Standard input is a socket. First comes the process id, answered by `ready`, `gone` or the reason why not; then each message is a port on the
loopback device inside, answered by the connected socket, or by an errno in digits. It ends when the other side closes.
"""

import errno
import fcntl
import os
import socket

_NS_GET_USERNS = 0xB701  # ioctl_ns(2): the user namespace that owns this one
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PATIENCE = 5.0  # seconds; on a loopback device only a full backlog takes any time


def enter(pid: int) -> None:
    """Join the network of `pid`, and before it the user namespace it belongs to, where the caller may do so."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    owner = fcntl.ioctl(network, _NS_GET_USERNS)
    for handle, kind in ((owner, _NEW_USER), (network, _NEW_NET)):
        join(handle, kind)
        os.close(handle)


def join(handle: int, kind: int) -> None:
    """setns(2)."""
    if hasattr(os, "setns"):
        os.setns(handle, kind)
        return
    import ctypes  # noqa: PLC0415 - only Python 3.11 needs it

    if ctypes.CDLL(None, use_errno=True).setns(handle, kind) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def serve(channel: socket.socket) -> None:
    """Answer requests until the other side closes."""
    try:
        enter(int(channel.recv(64)))
    except (FileNotFoundError, ProcessLookupError):
        channel.send(b"gone")
        return
    except (OSError, ValueError) as error:
        channel.send(str(error).encode())
        return
    channel.send(b"ready")
    while request := channel.recv(64):
        try:
            with socket.create_connection(("127.0.0.1", int(request)), timeout=_PATIENCE) as made:
                made.setblocking(True)
                socket.send_fds(channel, [b"ok"], [made.fileno()])
        except OSError as error:
            channel.send(str(error.errno or errno.ETIMEDOUT).encode())


if __name__ == "__main__":
    with socket.socket(fileno=0) as channel:
        serve(channel)
