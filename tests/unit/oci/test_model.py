import json

import pytest

from paredown.errors import BrokenArchiveError
from paredown.oci.model import (
    CONFIG,
    LAYER_GZIP,
    Descriptor,
    HealthTest,
    History,
    ImageConfig,
    ImagePlatform,
    Index,
    Manifest,
    read_config,
    read_index,
    read_manifest,
)

DIGEST = "sha256:" + "a" * 64
FULL = ImageConfig(
    platform=ImagePlatform(architecture="arm64", variant="v8"),
    created="1970-01-01T00:00:00Z",
    author="someone",
    user="10001:0",
    environment=(("PATH", "/bin"), ("A", "b=c"), ("EMPTY", "")),
    entrypoint=("/init",),
    command=("python3", "-m", "app"),
    working_directory="/app",
    ports=("8000/tcp",),
    volumes=("/data",),
    labels=(("title", "ünïcode"),),
    stop_signal="SIGINT",
    health=HealthTest(test=("CMD", "x"), interval=30_000_000_000, timeout=5, start_period=2, start_interval=1, retries=3),
    reserved=(("OnBuild", '["RUN x"]'), ("Shell", '["/bin/bash","-c"]')),
    diff_ids=(DIGEST,),
    history=(History(created_by="x"), History(created_by="y", comment="z", empty_layer=True)),
)


@pytest.mark.parametrize("config", [FULL, ImageConfig(platform=ImagePlatform(architecture="amd64"))], ids=["full", "empty"])
def test_config_read_gives_back_what_was_written(config):
    assert read_config(config.to_bytes(), "config") == config


def test_config_is_written_as_docker_reads_it():
    config = json.loads(FULL.to_bytes())["config"]
    assert config["Env"] == ["PATH=/bin", "A=b=c", "EMPTY="]
    assert config["ExposedPorts"] == {"8000/tcp": {}}
    assert config["Healthcheck"]["Test"] == ["CMD", "x"]
    assert config["OnBuild"] == ["RUN x"]


def test_config_read_takes_what_docker_spells_out_as_nothing():
    data = (
        b'{"architecture":"amd64","os":"linux","config":{"Env":null,"Cmd":null,"Healthcheck":null,"OnBuild":null,"AttachStdin":false,"Image":"","Labels":null}}'
    )
    assert read_config(data, "config") == ImageConfig(platform=ImagePlatform(architecture="amd64"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "config is not JSON"),
        (b"[]", "config is \\[\\], not an object"),
        (b'{"config":{"Env":"A=1"}}', 'config.config.Env is "A=1", not a list'),
        (b'{"config":{"Cmd":["x",5]}}', r"config.config.Cmd\[1\] is 5, not a text"),
        (b'{"rootfs":{"diff_ids":["sha256:../../x"]}}', r"config.rootfs.diff_ids\[0\] is .*, not a sha256 digest"),
        (b'{"history":[{"empty_layer":"yes"}]}', r"config.history\[0\].empty_layer is .*, not true or false"),
        (b"[" * 100_000, "config is not JSON"),
    ],
)
def test_config_read_names_the_key_that_is_wrong(data, said):
    with pytest.raises(BrokenArchiveError, match=said):
        read_config(data, "config")


def test_manifest_read_gives_back_what_was_written():
    layer = Descriptor(media_type=LAYER_GZIP, digest=DIGEST, size=7, annotations=(("a", "b"),))
    manifest = Manifest(config=Descriptor(media_type=CONFIG, digest=DIGEST, size=3), layers=(layer,), annotations=(("k", "v"),))
    assert read_manifest(manifest.to_bytes(), "manifest") == manifest


def test_index_read_gives_back_what_was_written():
    index = Index(manifests=(Descriptor(media_type=CONFIG, digest=DIGEST, size=3, platform=ImagePlatform(architecture="arm64")),))
    assert read_index(index.to_bytes(), "index") == index


@pytest.mark.parametrize("size", [-1, "7", True, None, 1.5])
def test_manifest_read_refuses_a_size_that_is_none(size):
    data = json.dumps({"config": {"mediaType": CONFIG, "digest": DIGEST, "size": size}}).encode()
    with pytest.raises(BrokenArchiveError, match=r"manifest\.config\.size is .*, not a whole number"):
        read_manifest(data, "manifest")
