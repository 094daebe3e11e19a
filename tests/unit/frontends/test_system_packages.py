from paredown.frontends.system_packages import wanted


def test_tools_stay_behind_and_libraries_go_along() -> None:
    found = wanted(("build-essential", "curl", "git", "libpq-dev=15.*", "tesseract-ocr", "python3-dev"))
    assert found.run == ("libpq5", "tesseract-ocr")
    assert set(found.build) == {"build-essential", "curl", "git", "libpq-dev=15.*", "python3-dev"}


def test_headers_of_an_unknown_library_stay_and_are_told() -> None:
    found = wanted(("libodd-dev",))
    assert (found.run, found.build) == (("libodd-dev",), ("libodd-dev",))
    assert "libodd-dev" in found.notes[0]


def test_what_only_a_builder_had_is_for_building() -> None:
    assert wanted(("libpq5",), ("gcc", "libfoo")).build == ("gcc", "libfoo")
