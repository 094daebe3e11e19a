from builders import tree_of
from paredown.pydist.accelerators import cuda_note
from paredown.pydist.facts import Distribution

SITE = "opt/venv/lib/python3.13/site-packages"


def distribution(name: str, version: str, *files: str) -> Distribution:
    return Distribution(name=name, version=version, metadata=f"{SITE}/{name}-{version}.dist-info", files=frozenset(f"{SITE}/{file}" for file in files))


TORCH = distribution("torch", "2.9.0", "torch/__init__.py")
CUBLAS = distribution("nvidia-cublas-cu12", "12.8", "nvidia/cublas/lib/libcublas.so.12")
TREE = tree_of({f"{SITE}/torch/__init__.py": b"", f"{SITE}/nvidia/cublas/lib/libcublas.so.12": b"\0" * 3_000_000})


def test_cuda_libraries_are_told_with_their_weight_and_the_way_round_them() -> None:
    assert cuda_note(TREE, (TORCH, CUBLAS)) == (
        "nvidia-cublas-cu12: 3 MB, for NVIDIA GPUs alone. Where the service runs on CPUs, "
        "lock torch from an explicit index `https://download.pytorch.org/whl/cpu` in [tool.uv.sources]."
    )


def test_a_build_for_cuda_is_known_by_its_version() -> None:
    note = cuda_note(TREE, (distribution("torch", "2.9.0+cu128", "torch/__init__.py"),))
    assert note is not None
    assert note.startswith("torch: ")


def test_nothing_is_said_when_there_are_none_or_they_are_gone() -> None:
    assert cuda_note(TREE, (TORCH,)) is None
    assert cuda_note(tree_of({}), (CUBLAS,)) is None
