"""By which variable a build backend is told the version that it else asks git for."""

import re

# What a manifest names, and the variable that it listens to; {} is the project's name in capitals.
# https://setuptools-scm.readthedocs.io/en/latest/overrides/ · https://backend.pdm-project.org/metadata/ · https://docs.openstack.org/pbr/latest/user/packagers.html
# https://github.com/ninoseki/uv-dynamic-versioning/blob/main/docs/version_source.md
_VARIABLES = (
    (r"setuptools[-_]scm|hatch-vcs", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{}"),
    (r"(?s)pdm-backend.*source\s*=\s*[\"']scm[\"']", "PDM_BUILD_SCM_VERSION"),
    (r"uv-dynamic-versioning", "UV_DYNAMIC_VERSIONING_BYPASS"),
    (r"\bpbr\b", "PBR_VERSION"),
)


def variable(manifest: str, name: str) -> str:
    """The variable for the project `name` whose manifest (pyproject.toml, setup.py) has the text `manifest`; empty where nothing asks git."""
    found = next((variable for pattern, variable in _VARIABLES if re.search(pattern, manifest)), "")
    return found.format(re.sub(r"[-_.]+", "_", name).upper())
