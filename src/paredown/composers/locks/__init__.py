"""Every kind of lock or manifest becomes one pylock (PEP 751): one module per kind, each a `Reader`."""

from typing import assert_never

from paredown.composers.locks.interface import Reader
from paredown.plan import LockKind


def reader_of(kind: LockKind) -> Reader:
    """The module that reads `kind`; imported only when it is asked for."""
    match kind:
        case LockKind.UV_LOCK:
            from paredown.composers.locks import uv_lock  # noqa: PLC0415

            return uv_lock
        case LockKind.PYLOCK:
            from paredown.composers.locks import pylock_file  # noqa: PLC0415

            return pylock_file
        case LockKind.REQUIREMENTS:
            from paredown.composers.locks import requirements  # noqa: PLC0415

            return requirements
        case LockKind.POETRY_LOCK:
            from paredown.composers.locks import poetry_lock  # noqa: PLC0415

            return poetry_lock
        case LockKind.PDM_LOCK:
            from paredown.composers.locks import pdm_lock  # noqa: PLC0415

            return pdm_lock
        case LockKind.PIPFILE_LOCK:
            from paredown.composers.locks import pipfile_lock  # noqa: PLC0415

            return pipfile_lock
        case LockKind.PYPROJECT:
            from paredown.composers.locks import pyproject  # noqa: PLC0415

            return pyproject
        case LockKind.SETUP_PY:
            from paredown.composers.locks import setup_py  # noqa: PLC0415

            return setup_py
        case _:
            assert_never(kind)
