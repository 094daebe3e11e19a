"""Distributions that only machines with an NVIDIA GPU have a use for."""

import re
from collections.abc import Iterable

from paredown.pydist.facts import Distribution
from paredown.tree import Tree

_FOR_CUDA = re.compile(r"nvidia-[\w-]+|triton|cupy-cuda\w+|jax-cuda\w+(?:-\w+)*|tensorrt(?:-\w+)*")
_LOCAL = re.compile(r"\+cu\d+")
# What brings them, and how its build for CPUs is locked with uv.
_CPU_BUILDS = {
    "torch": "lock torch from an explicit index `https://download.pytorch.org/whl/cpu` in [tool.uv.sources]",
    "jax": "require jax without its cuda extra",
    "tensorflow": "require tensorflow-cpu",
    "onnxruntime-gpu": "require onnxruntime",
}


def cuda_note(tree: Tree, distributions: Iterable[Distribution]) -> str | None:
    """What the CUDA libraries in `tree` weigh, and the line that does without them; None when there are none.

    See https://docs.astral.sh/uv/guides/integration/pytorch/.
    """
    there = {each.name: each for each in distributions if any(path in tree for path in each.files)}
    found = {name: sum(tree[path].size for path in each.files if path in tree) for name, each in there.items() if _FOR_CUDA.fullmatch(name)}
    found |= {name: sum(tree[path].size for path in each.files if path in tree) for name, each in there.items() if _LOCAL.search(each.version)}
    if not found:
        return None
    names = sorted(found, key=lambda name: (-found[name], name))
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    fixes = [fix for name, fix in _CPU_BUILDS.items() if name in there] or ["require the builds for CPUs"]
    return f"{', '.join(names[:2])}{more}: {sum(found.values()) / 1e6:.0f} MB, for NVIDIA GPUs alone. Where the service runs on CPUs, {'; '.join(fixes)}."
