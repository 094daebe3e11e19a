"""Takes C, C++ and Cython sources and headers of distributions that are there in compiled form."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.compilers import has_compiler
from paredown.pydist.facts import Facts
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Level, trim

_CYTHON = (".pyx", ".pxd", ".pxi", ".pyx.in", ".pxd.in")
_C = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".f", ".f90")
# These read such files at run time: templates of a code generator, declarations, kernels compiled in the process.
_READERS = (
    "cython",
    "cffi",
    "pybind11",
    "nanobind",
    "numba",
    "numba-cuda",
    "pythran",
    "triton",
    "warp-lang",
    "taichi",
    "jax",
    "tinygrad",
    "pycuda",
    "pyopencl",
    "xformers",
)
_READER_STEMS = ("cupy", "cppyy", "pycparser", "nvidia-", "apache-tvm", "cuda-")
_COMPILER_LIBRARY = re.compile(r"lib(?:nvrtc|clang|tcc|hiprtc|cling|tvm)\b")


@trim(
    id="compiled-sources",
    level=Level.LEAN,
    summary="C, C++ and Cython sources and headers of compiled distributions, when no compiler is there",
    why="The extension module beside them is what Python imports. With a compiler in the image or in the process (nvrtc, clang) they may be read, and stay; "
    "so do those of code generators such as Cython, cffi and CuPy.",
    sources=("https://cython.readthedocs.io/en/latest/src/userguide/source_files_and_compilation.html#distributing-cython-modules", "numpy/numpy#20101"),
    before=("opt/venv/lib/python3.13/site-packages/uvloop/loop.pyx", "opt/venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so",
            "opt/venv/lib/python3.13/site-packages/kernels/add.c", "opt/venv/lib/python3.13/site-packages/kernels/__init__.py"),
    after=("opt/venv/lib/python3.13/site-packages/kernels/__init__.py", "opt/venv/lib/python3.13/site-packages/kernels/add.c",
           "opt/venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so"),
)  # fmt: skip
def compiled_sources(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if has_compiler(tree) or facts.names("pyximport") or facts.names("torch.utils.cpp_extension.load_inline"):
        return
    if any(_COMPILER_LIBRARY.match(posixpath.basename(path)) for path in facts.elves if path in tree):
        return
    site = tuple(f"{folder}/" for folder in facts.site)
    compiled = {_package(path, site) for path in facts.elves if path in tree and path.startswith(site)}
    for path, entry in tree.items():
        if not path.endswith(_CYTHON + _C) or not path.startswith(site) or _package(path, site) not in compiled:
            continue
        if entry.owner.kind is OwnerKind.DISTRIBUTION and _reads_sources(entry.owner.name):
            continue
        language = "Cython" if path.endswith(_CYTHON) else "Fortran" if path.endswith((".f", ".f90")) else "C"
        yield path, f"{language} source of {_package(path, site)}, which is compiled"


def _package(path: str, site: tuple[str, ...]) -> str:
    folder = next(folder for folder in site if path.startswith(folder))
    return path.removeprefix(folder).split("/")[0]


def _reads_sources(name: str) -> bool:
    return name in _READERS or name.startswith(_READER_STEMS)
