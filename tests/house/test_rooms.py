"""Every room has its caption, and every file fits on a few screens."""

import ast

import sources

LONGEST_FILE = 350
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "base"}


def test_every_module_has_a_caption_of_one_sentence_first() -> None:
    captions = {sources.name(path): (ast.get_docstring(sources.tree(path)) or "").split("\n\n")[0] for path in sources.modules()}
    assert not {name: caption for name, caption in captions.items() if not caption.endswith(".")}


def test_every_module_is_short() -> None:
    lengths = {sources.name(path): path.read_text("utf-8").count("\n") for path in sources.modules()}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_every_module_has_a_name_that_says_what_it_is() -> None:
    assert not [sources.name(path) for path in sources.modules() if path.stem in NAMES_THAT_SAY_NOTHING]


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in sources.modules()}
    assert not [sources.name(folder) for folder in folders if not (folder / "__init__.py").is_file()]
