import pytest

from paredown.errors import UserError
from paredown.oci.reference import familiar, full, tag_of


@pytest.mark.parametrize(
    ("given", "whole", "short"),
    [
        ("api", "docker.io/library/api:latest", "api:latest"),
        ("shop/api:1.2", "docker.io/shop/api:1.2", "shop/api:1.2"),
        ("docker.io/library/api", "docker.io/library/api:latest", "api:latest"),
        ("localhost/api:x", "localhost/api:x", "localhost/api:x"),
        ("registry.example.org:5000/a/b_c:V1.0", "registry.example.org:5000/a/b_c:V1.0", "registry.example.org:5000/a/b_c:V1.0"),
    ],
)
def test_reference_is_spelled_as_registries_and_as_docker_do(given, whole, short):
    assert (full(given), familiar(given)) == (whole, short)


def test_tag_of_a_reference_without_one_is_latest():
    assert tag_of("registry.example.org:5000/api") == "latest"


@pytest.mark.parametrize("given", ["", "Api", "api:", "a//b", "api:x y", "-api", "api@sha256:00", "../api", "ünï", "api:" + "t" * 129])
def test_reference_that_is_none_is_refused(given):
    with pytest.raises(UserError, match="is not an image name"):
        full(given)
