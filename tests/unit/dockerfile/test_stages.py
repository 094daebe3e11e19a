from paredown.dockerfile.parse import parse
from paredown.dockerfile.stages import Stage, source_of, stages, undefined


def found(text: str) -> tuple[Stage, ...]:
    return stages(parse(text))


def test_arguments_before_the_first_stage_hold_in_from_and_where_they_are_named_again():
    text = "ARG V=3.13 W\nARG TAG=${V}-slim\nFROM python:$TAG\nARG V\nARG X=1 Y=$X\nENV A=$V-$TAG-$Y\n"
    (stage,) = found(text)
    assert stage.base == "python:3.13-slim"
    assert stage.state.environment["A"] == "3.13--1"


def test_the_environment_goes_before_arguments():
    (stage,) = found("FROM a\nENV A=1\nARG A=2 B=$A\nENV C=$A$B\n")
    assert stage.state.environment["C"] == "11"


def test_pairs_of_one_instruction_see_what_was_before_it():
    (stage,) = found("FROM a\nENV A=1\nENV A=2 B=$A\n")
    assert stage.state.environment["B"] == "1"


def test_a_stage_has_what_the_one_below_it_sets_but_not_its_arguments():
    child = found('FROM a:1 AS Base\nARG X=1\nENV A=1\nUSER u\nWORKDIR /b\nSHELL ["/bin/bash", "-c"]\nFROM base\nWORKDIR c/../d\n')[1]
    assert (child.state.environment["A"], child.state.arguments, child.state.user) == ("1", {}, "u")
    assert (child.state.folder, child.state.shell, child.image) == ("/b/d", ("/bin/bash", "-c"), "a:1")


def test_arguments_of_the_platform_are_known_in_from():
    (stage,) = found("FROM --platform=$BUILDPLATFORM a-$TARGETARCH-$NO\n")
    assert (stage.base, stage.undefined) == ("a-amd64-", ("NO",))


def test_a_copy_names_a_stage_by_name_or_number_or_an_image():
    known = found("FROM a AS one\nFROM b\nCOPY --from=ONE a b\nCOPY --from=0 a b\nCOPY --from=x:1 a b\nCOPY a b\n")
    assert [source_of(step, known[:1]) for step in known[1].steps] == [known[0], known[0], "x:1", None]


def test_what_nothing_sets_is_undefined():
    (stage,) = found("FROM a\nARG A\nCOPY $A $B /x${C:-c}\nRUN echo $D\n")
    assert [undefined(step) for step in stage.steps[1:]] == [("B",), ()]


def test_a_long_chain_of_stages_has_its_image():
    text = "FROM a AS s0\n" + "".join(f"FROM s{number} AS s{number + 1}\n" for number in range(1500))
    assert found(text)[-1].image == "a"
