"""Programs beside one that runs in a sandbox already."""

import pytest

from paredown.sandbox import Sandbox, execute, start
from unit.sandbox.conftest import python

IDLE = python("import time; time.sleep(600)")
LOOK = """
import os
print(os.getuid(), os.getcwd(), sorted(os.environ.items()), sorted(os.listdir("/proc/self/fd")), os.listdir("/tmp"))
print([os.readlink(f"/proc/self/ns/{name}") == os.readlink(f"/proc/1/ns/{name}") for name in ("user", "mnt", "pid", "net", "ipc", "uts")])
"""


@pytest.mark.parametrize("uid", [0, 10001])
def test_a_program_is_in_the_same_namespaces_as_the_same_user_when_executed(box: Sandbox, uid: int) -> None:
    with start(Sandbox(root=box.root, environment={}, uid=uid, gid=uid), IDLE) as running:
        found = execute(running, python(LOOK), environment={"LC_ALL": "C.UTF-8"}, working_directory="/usr", timeout=20)
    assert found.stderr == b""
    assert found.stdout.decode().splitlines() == [f"{uid} /usr [('LC_ALL', 'C.UTF-8')] ['0', '1', '2', '3'] []", str([True] * 6)]


def test_a_flood_is_cut_and_children_are_ended_when_executed(box: Sandbox) -> None:
    flood = "import os, sys\nif os.fork() == 0:\n    import time; time.sleep(600)\nfor _ in range(200): sys.stdout.write('x' * 99999 + chr(10))"
    with start(box, IDLE) as running:
        found = execute(running, python(flood), environment={}, working_directory="/", timeout=60)
    assert found.status == 0
    assert len(found.stdout) < 9 << 20
