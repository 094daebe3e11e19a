"""What no namespace holds back is refused by the filter, and nothing else is."""

import errno
from dataclasses import replace

from paredown.sandbox import Sandbox, run
from unit.sandbox.conftest import python

SOCKETS = """
import socket
for family in (socket.AF_VSOCK, socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
    try:
        socket.socket(family, socket.SOCK_STREAM).close()
        print(0)
    except OSError as error:
        print(error.errno)
"""


def test_a_socket_to_the_hypervisor_is_refused_when_the_network_is_private(box: Sandbox) -> None:
    assert run(box, python(SOCKETS), timeout=20).stdout.split() == [str(errno.EAFNOSUPPORT).encode(), b"0", b"0", b"0"]


def test_no_socket_is_refused_when_the_network_is_the_machines(box: Sandbox) -> None:
    assert run(replace(box, network=True), python(SOCKETS), timeout=20).stdout.split()[1:] == [b"0", b"0", b"0"]
