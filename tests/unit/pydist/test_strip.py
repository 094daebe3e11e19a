import io
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

from elf_builder import DEBUG_BYTES, elf_with_debug_symbols
from paredown.pydist.strip import stripped
from paredown.store import Store
from paredown.tree import file_of

SOURCE = """
#include <Python.h>
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "small", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_small(void) { PyObject *m = PyModule_Create(&definition); PyModule_AddIntConstant(m, "answer", 42); return m; }
"""


def test_debug_symbols_go_and_loaded_bytes_stay_where_they_are(tmp_path):
    before = elf_with_debug_symbols(b"code" * 64)
    after = stripped(file_of(before, mode=0o755), Store(tmp_path))
    data = after.read()
    assert len(before) - len(data) >= DEBUG_BYTES
    assert data[64 : 64 + 56 + 256] == before[64 : 64 + 56 + 256]
    assert after.mode == 0o755


def test_sections_that_stay_keep_their_index_and_name(tmp_path):
    elf = ELFFile(io.BytesIO(stripped(file_of(elf_with_debug_symbols()), Store(tmp_path)).read()))
    assert [section.name for section in elf.iter_sections()] == ["", ".text", "", ".shstrtab"]


def test_a_file_whose_segments_reach_beyond_the_symbols_is_left_alone(tmp_path):
    assert stripped(file_of(elf_with_debug_symbols(debug_inside=True)), Store(tmp_path)) is None


@given(st.integers(0, 400), st.binary(min_size=1, max_size=24))
def test_a_damaged_header_never_raises(tmp_path_factory, offset, junk):
    whole = bytearray(elf_with_debug_symbols())
    whole[offset : offset + len(junk)] = junk
    answer = stripped(file_of(bytes(whole)), Store(tmp_path_factory.mktemp("store")))
    assert answer is None or answer.size < len(whole)


@pytest.mark.skipif(shutil.which("gcc") is None or not Path(sysconfig.get_paths()["include"], "Python.h").exists(), reason="needs gcc and Python.h")
def test_a_stripped_extension_module_still_loads(tmp_path):
    (tmp_path / "small.c").write_text(SOURCE)
    module = tmp_path / "small.so"
    include = sysconfig.get_paths()["include"]
    subprocess.run(["gcc", "-g3", "-shared", "-fPIC", f"-I{include}", "-o", str(module), str(tmp_path / "small.c")], check=True)
    small = stripped(file_of(module.read_bytes(), mode=0o755), Store(tmp_path / "store"))
    module.write_bytes(small.read())
    told = subprocess.run([sys.executable, "-c", "import small; print(small.answer)"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == "42\n"
