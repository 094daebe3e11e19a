"""A system call filter for what no namespace holds back: sockets to the hypervisor (AF_VSOCK), which reach the host from any network namespace."""

import errno
import platform
import struct

# Facts of linux/audit.h, linux/filter.h, linux/seccomp.h and the system call tables; by what uname(2) calls the machine.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # AUDIT_ARCH_*, number of socket(2)
_AF_VSOCK = 40
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def no_hypervisor_sockets() -> bytes:
    """The filter for this machine as bubblewrap's `--seccomp` takes it: struct sock_filter after struct sock_filter; b"" where the numbers are not known."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return b""
    architecture, socket = known
    steps = (
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_EQUAL, 0, 3, socket),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 1, _AF_VSOCK),
        (_RETURN, 0, 0, _REFUSE | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    )
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
