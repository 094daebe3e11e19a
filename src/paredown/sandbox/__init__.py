"""Programs run apart from the machine: bubblewrap in namespaces of their own, on a folder as root, without being root."""

from paredown.sandbox.answers import Answer, get, wait_until_answers
from paredown.sandbox.bubblewrap import unavailable
from paredown.sandbox.description import Bind, Sandbox
from paredown.sandbox.executing import execute
from paredown.sandbox.inner_network import InnerNetwork, private_network
from paredown.sandbox.running import Finished, Running, run, start

__all__ = [
    "Answer",
    "Bind",
    "Finished",
    "InnerNetwork",
    "Running",
    "Sandbox",
    "execute",
    "get",
    "private_network",
    "run",
    "start",
    "unavailable",
    "wait_until_answers",
]
