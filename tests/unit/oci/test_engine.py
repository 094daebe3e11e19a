import gzip
import os

import pytest

from image_layers import link, member, tar_of
from paredown.errors import BrokenArchiveError, UserError, WorldError
from paredown.oci.engine import Engine, engine_holding, engine_named, find_engine, find_image, load, save
from paredown.store import Store
from paredown.tree import digest_of


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def environment(tmp_path):
    return {"PATH": str(tmp_path)}


def test_find_engine_takes_docker_before_podman(tmp_path, environment):
    docker = program(tmp_path, "docker", "exit 0")
    program(tmp_path, "podman", "exit 0")
    assert find_engine(environment) == Engine("docker", docker)


def test_find_engine_takes_podman_when_docker_does_not_answer(tmp_path, environment):
    program(tmp_path, "docker", "echo no daemon >&2; exit 1")
    podman = program(tmp_path, "podman", "exit 0")
    assert find_engine(environment) == Engine("podman", podman)


def test_find_engine_says_that_there_is_none(environment):
    with pytest.raises(WorldError, match="neither docker nor podman is on the PATH") as caught:
        find_engine(environment)
    assert caught.value.fix == "install one, or write a file with `--output image.tar`"


def test_find_engine_says_why_none_answers(tmp_path, environment):
    program(tmp_path, "docker", "echo Cannot connect to the daemon >&2; exit 1")
    with pytest.raises(WorldError, match=r"no container engine answers \(docker: Cannot connect to the daemon\)"):
        find_engine(environment)


@pytest.mark.parametrize("said", ["Loaded image: service:1", "Loaded image(s): service:1", "Loading layer 1/3\nLoaded image: service:1"])
def test_load_gives_the_reference_that_the_engine_names(tmp_path, environment, said):
    docker = program(tmp_path, "docker", f"[ \"$*\" = 'load --input {tmp_path}/a b.tar' ] && printf '{said}\\n'")
    assert load(tmp_path / "a b.tar", Engine("docker", docker), environment) == "service:1"


def test_podman_takes_the_tar_as_a_docker_archive_which_keeps_the_health_check(tmp_path, environment):
    pull = f"'pull --quiet docker-archive:{tmp_path}/a.tar') echo 0abc;;"
    script = f"case \"$*\" in {pull} 'image inspect --format '*' 0abc') echo localhost/service:1;; *) exit 1;; esac"
    podman = program(tmp_path, "podman", script)
    assert load(tmp_path / "a.tar", Engine("podman", podman), environment) == "localhost/service:1"


def test_load_gives_the_engines_own_words_when_it_refuses(tmp_path, environment):
    docker = program(tmp_path, "docker", "echo disk full >&2; exit 1")
    with pytest.raises(WorldError, match="docker did not take the image: disk full"):
        load(tmp_path / "x.tar", Engine("docker", docker), environment)


def test_load_says_when_the_engine_is_too_old_for_zstd(tmp_path, environment):
    docker = program(tmp_path, "docker", "echo 'Error processing tar file(exit status 1): archive/tar: invalid tar header' >&2; exit 1")
    with pytest.raises(WorldError, match="docker cannot read the image's layers, which are not gzip") as caught:
        load(tmp_path / "x.tar", Engine("docker", docker), environment)
    assert "--compression gzip" in caught.value.fix


def test_load_passes_only_the_callers_environment(tmp_path, environment):
    docker = program(tmp_path, "docker", 'echo "Loaded image: ${SECRET:-none}"')
    os.environ["SECRET"] = "leaked"
    try:
        assert load(tmp_path / "x.tar", Engine("docker", docker), environment) == "none"
    finally:
        del os.environ["SECRET"]


INSPECTED = '[{"Id": "sha256:12ab", "Os": "linux", "Architecture": "amd64", "Size": 100}]'
SAVES = f"""case "$*" in
  version) ;;
  'image inspect there:1') echo '{INSPECTED}';;
  'image inspect '*) echo 'Error: No such image' >&2; exit 1;;
  'save there:1' | 'save --format docker-archive there:1') /bin/cat "$SAVED";;
  *) exit 9;;
esac"""


def test_engine_named_is_the_one_on_the_path(tmp_path, environment):
    podman = program(tmp_path, "podman", "exit 1")
    assert engine_named("podman", environment) == Engine("podman", podman)


def test_engine_named_says_that_it_is_not_there(environment):
    with pytest.raises(WorldError, match="docker is not on the PATH"):
        engine_named("docker", environment)


def test_engine_holding_takes_the_engine_that_has_the_image(tmp_path, environment):
    program(tmp_path, "docker", SAVES.replace("there:1", "other:1"))
    podman = program(tmp_path, "podman", SAVES)
    assert engine_holding("there:1", environment) == Engine("podman", podman)


def test_engine_holding_names_the_engines_that_lack_the_image(tmp_path, environment):
    program(tmp_path, "docker", SAVES)
    program(tmp_path, "podman", SAVES)
    with pytest.raises(UserError, match="neither docker nor podman has an image called 'gone:1'") as caught:
        engine_holding("gone:1", environment)
    assert "docker pull gone:1" in caught.value.fix


def test_engine_holding_says_when_no_engine_could_be_asked(tmp_path, environment):
    program(tmp_path, "docker", "echo Cannot connect to the daemon >&2; exit 1")
    with pytest.raises(WorldError, match=r"there:1 is no file.*docker: Cannot connect to the daemon"):
        engine_holding("there:1", environment)


def test_find_image_says_what_the_image_is(tmp_path, environment):
    found = find_image("there:1", Engine("docker", program(tmp_path, "docker", SAVES)), environment)
    assert found is not None
    assert (found.identity, found.platform, found.size) == ("sha256:12ab", "linux/amd64", 100)


@pytest.mark.parametrize("reference", ["--all", "", "a b", "x" * 600])
def test_find_image_asks_for_nothing_that_is_no_reference(reference, tmp_path, environment):
    docker = program(tmp_path, "docker", f"touch {tmp_path}/called; echo '{INSPECTED}'")
    assert find_image(reference, Engine("docker", docker), environment) is None
    assert not (tmp_path / "called").exists()


def test_find_image_does_not_take_a_silent_engine_for_one_without_the_image(tmp_path, environment):
    docker = program(tmp_path, "docker", "echo permission denied >&2; exit 1")
    with pytest.raises(WorldError, match="docker does not say whether it has there:1: permission denied"):
        find_image("there:1", Engine("docker", docker), environment)


LAYER = tar_of(member("app/main.py", b"x" * 100_000))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_save_lays_the_image_into_a_folder_and_its_layers_into_the_store(tmp_path, environment, store):
    archive = tar_of(
        link("00/layer.tar", "../aa/layer.tar"), member("manifest.json", b"[]"), member("aa/layer.tar", LAYER), member("bb/layer.tar", gzip.compress(LAYER))
    )  # fmt: skip
    for name in ("docker", "podman"):
        folder = save("there:1", Engine(name, program(tmp_path, name, SAVES)), environment | saves(tmp_path, archive), store)
        assert (folder / "manifest.json").read_bytes() == b"[]"
        assert (folder / "aa/layer.tar").read_bytes() == (folder / "00/layer.tar").read_bytes() == LAYER
        assert gzip.decompress((folder / "bb/layer.tar").read_bytes()) == LAYER
    kept = store.blob(digest_of(LAYER))
    assert kept is not None
    assert kept.samefile(folder / "aa/layer.tar")
    assert len(list(kept.parent.iterdir())) == 1


def test_save_reads_on_behind_the_end_of_the_archive(tmp_path, environment, store):
    folder = save(
        "there:1", Engine("docker", program(tmp_path, "docker", SAVES)), environment | saves(tmp_path, tar_of(member("a", b"1")) + bytes(1 << 20)), store
    )
    assert (folder / "a").read_bytes() == b"1"


def test_save_names_the_image_that_is_not_there(tmp_path, environment, store):
    with pytest.raises(UserError, match="docker has no image called 'gone:1'"):
        save("gone:1", Engine("docker", program(tmp_path, "docker", SAVES)), environment, store)


def test_save_does_not_fill_the_disk(tmp_path, environment, store):
    docker = program(tmp_path, "docker", SAVES.replace('"Size": 100', f'"Size": {1 << 60}'))
    with pytest.raises(WorldError, match="are free"):
        save("there:1", Engine("docker", docker), environment, store)


def test_save_tells_what_the_engine_complained_of_and_keeps_no_half_of_a_layer(tmp_path, environment, store):
    docker = program(tmp_path, "docker", SAVES.replace('/bin/cat "$SAVED"', '/usr/bin/head -c 50000 "$SAVED"; echo broken pipe >&2; exit 1'))
    with pytest.raises(WorldError, match="docker did not save there:1: broken pipe"):
        save("there:1", Engine("docker", docker), environment | saves(tmp_path, tar_of(member("aa/layer.tar", LAYER))), store)
    assert store.blob(digest_of(LAYER)) is None
    assert not list(store.root.glob("blobs/sha256/*"))


@pytest.mark.parametrize(("archive", "words"), [
    (tar_of(member("aa/layer.tar", LAYER))[:50_000], "cut off"),
    (tar_of(member("../escaped", b"1")), "would leave the root"),
    (tar_of(link("aa/layer.tar", "../../escaped")), "would leave the root"),
    (b"no tar at all" * 100, "no whole tar"),
])  # fmt: skip
def test_save_refuses_what_is_no_sound_archive(archive, words, tmp_path, environment, store):
    with pytest.raises(BrokenArchiveError, match=words):
        save("there:1", Engine("docker", program(tmp_path, "docker", SAVES)), environment | saves(tmp_path, archive), store)


def saves(folder, archive):
    (folder / "saved.tar").write_bytes(archive)
    return {"SAVED": str(folder / "saved.tar")}
