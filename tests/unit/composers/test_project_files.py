import os

from paredown.composers.project_files import copy_files, digest_of_files, files_in


def test_only_what_git_would_ship_is_listed(tmp_path):
    for name in ("a.py", "build/x.o", "sub/keep.log", "sub/other.log", ".git/config", "__pycache__/a.pyc", "env/pyvenv.cfg", "env/bin/x", "ü b/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("build/\n*.log\n")
    (tmp_path / "sub" / ".gitignore").write_text("!keep.log\n")
    assert list(files_in(tmp_path)) == [".gitignore", "a.py", "sub/.gitignore", "sub/keep.log", "ü b/c.txt"]


def test_what_is_generated_inside_of_a_package_is_listed(tmp_path):
    names = ("shop/__init__.py", "shop/js/bundle.min.js", "shop/.env", "shop/.cache/x", "shop/__pycache__/a.pyc", "web/bundle.min.js", ".gitignore")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("*.min.js\n.env\n.cache/\n")
    assert list(files_in(tmp_path)) == [".gitignore", "shop/__init__.py", "shop/js/bundle.min.js"]


def test_a_source_distribution_is_listed_whole(tmp_path):
    for name in ("PKG-INFO", ".gitignore", "docs/api.yaml", "shop.egg-info/SOURCES.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("docs/\n")
    assert list(files_in(tmp_path)) == [".gitignore", "PKG-INFO", "docs/api.yaml", "shop.egg-info/SOURCES.txt"]


def test_the_digest_tells_bytes_names_and_the_executable_bit(tmp_path):
    (tmp_path / "a").write_text("1")
    digests = {digest_of_files(tmp_path)}
    (tmp_path / "a").chmod(0o755)
    digests.add(digest_of_files(tmp_path))
    (tmp_path / "a").write_text("2")
    digests.add(digest_of_files(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    digests.add(digest_of_files(tmp_path))
    assert len(digests) == 4


def test_the_digest_does_not_tell_times_or_places(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("1")
    os.utime(tmp_path / "one" / "a", (1, 1))
    assert digest_of_files(tmp_path / "one") == digest_of_files(tmp_path / "two")


def test_a_link_out_of_the_folder_is_not_copied(tmp_path):
    (tmp_path / "secret").write_text("secret")
    source = tmp_path / "source"
    source.mkdir()
    (source / "a").write_text("a")
    (source / "out").symlink_to("../secret")
    (source / "in").symlink_to("a")
    copy_files(source, tmp_path / "copy")
    assert sorted(os.listdir(tmp_path / "copy")) == ["a", "in"]


def test_a_copy_below_the_folder_itself_ends(tmp_path):
    (tmp_path / "a").write_text("a")
    copy_files(tmp_path, tmp_path / "cache" / "copy")
    assert list(files_in(tmp_path)) == ["a", "cache/copy/a"]
