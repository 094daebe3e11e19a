import pytest

from paredown.emitters.git_version import variable


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ('requires = ["setuptools>=64", "setuptools_scm>=8"]', "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_SHOP"),
        ('requires = ["hatchling", "hatch-vcs"]', "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_SHOP"),
        ('requires = ["pdm-backend"]\n[tool.pdm]\nversion = { source = "scm" }', "PDM_BUILD_SCM_VERSION"),
        ('requires = ["pdm-backend"]\n[tool.pdm]\nversion = { source = "file" }', ""),
        ('requires = ["hatchling"]', ""),
    ],
)
def test_backends_that_ask_git_are_told_by_the_variable_they_listen_to(manifest: str, expected: str) -> None:
    assert variable(manifest, "my.shop") == expected
