"""Finds CUDA in the base and again in PyTorch's wheels."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, SystemInstall
from paredown.rules.bases import base_of, image_span
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import declared, pyproject_of, requirement_of, requirements_in, source_in_context
from paredown.rules.recipe import Recipe

# They use the CUDA of the system, or may be compiled against it.
_OF_SYSTEM = frozenset({
    "apex", "bitsandbytes", "ctranslate2", "cupy", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x", "deepspeed", "faster-whisper", "flash-attn", "jax",
    "llama-cpp-python", "mxnet", "numba", "nvidia-dali-cuda120", "onnxruntime-gpu", "paddlepaddle-gpu", "pycuda", "tensorflow", "tensorflow-gpu",
    "tensorrt", "triton", "vllm", "xformers",
})  # fmt: skip


@rule(
    id="cuda-installed-twice",
    severity=Severity.WARNING,
    summary="the base has the CUDA libraries, and PyTorch's wheels bring them once more",
    why="Wheels of PyTorch bring the CUDA libraries they were built with and load those; the ones of a -runtime or -cudnn base are gigabytes that nothing"
    " opens. The driver comes from the host in both cases.",
    sources=("astral-sh/uv#2928", "https://hub.docker.com/r/nvidia/cuda"),
    before="FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04\nRUN apt-get update && apt-get install -y python3-venv\n"
    'RUN python3 -m venv /venv && /venv/bin/pip install torch==2.9.0\nCMD ["/venv/bin/python", "-m", "shop"]\n',
    after="FROM nvidia/cuda:12.8.1-base-ubuntu24.04\nRUN apt-get update && apt-get install -y python3-venv\n"
    'RUN python3 -m venv /venv && /venv/bin/pip install torch==2.9.0\nCMD ["/venv/bin/python", "-m", "shop"]\n',
)
def cuda_installed_twice(recipe: Recipe) -> Iterator[Found]:
    base = base_of(recipe.final)
    if not base.name.endswith("nvidia/cuda") or "-runtime" not in base.tag:
        return
    names: set[str] = set()
    for step, action in recipe.actions(PythonInstall, *recipe.final.chain):
        if any(not word.plain or "/cpu" in word.text for word in action.command.arguments):
            return
        names |= {one.name for word in action.packages if (one := requirement_of(word.text))}
        for file in action.files:
            listed = {one.name for one in requirements_in(recipe, source_in_context(recipe, step, file.text))}
            if not listed:
                return  # nobody knows what it asks for
            names |= listed
        if action.tool in ("uv sync", "poetry", "pdm") or action.editable or any(word.text.startswith(".") for word in action.packages):
            project = {one.name for one in declared(pyproject_of(recipe))}
            if not project:
                return
            names |= project
    packages = {word.text for _, one in recipe.actions(SystemInstall, *recipe.final.chain) for word in one.packages}
    if "torch" in names and names.isdisjoint(_OF_SYSTEM) and not any(name.startswith(("libcu", "cuda", "libnv", "tensorrt")) for name in packages):
        yield Found(
            message=f"{base.name}:{base.tag} has the CUDA libraries, and torch brings its own",
            span=image_span(recipe.final.chain[0]),
            advice="start from the -base variant, or from a slim Python image: wheels need the driver only, which the host gives",
        )
