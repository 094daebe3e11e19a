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


def test_what_a_stage_has_behind_onbuild_starts_those_from_it_and_no_further():
    text = "FROM a AS one\nONBUILD ENV A=1\nONBUILD RUN <<EOF\nmake\nEOF\nONBUILD ONBUILD RUN x\nENV A=0\nFROM one AS two\nRUN two\nFROM two\nRUN three\n"
    one, two, three = found(text)
    assert [step.instruction.name for step in two.steps] == ["ENV", "RUN", "RUN"]
    assert (two.steps[0].state.environment["A"], two.steps[1].state.environment["A"]) == ("0", "1")
    assert [step.instruction.line for step in three.steps] == [11]
    assert one.state.environment["A"] == "0"


def test_an_argument_that_is_only_declared_has_no_value_but_hides_nothing():
    (stage,) = found("ARG A=outer\nARG B\nFROM x\nARG B C\nENV D=$A,$B,$C\nARG A\nENV E=$A\n")
    assert stage.state.arguments == {"B": None, "C": None, "A": "outer"}
    assert (stage.state.environment["D"], stage.state.environment["E"]) == (",,", "outer")


def test_an_argument_of_a_stage_ends_with_it():
    first, second = found("FROM a AS one\nARG A=1\nFROM b\nENV B=$A\n")
    assert (first.state.arguments, second.state.environment["B"]) == ({"A": "1"}, "")


def test_arguments_of_the_platform_are_known_in_a_stage_once_they_are_named():
    (stage,) = found("FROM a\nENV A=$TARGETARCH\nARG TARGETARCH\nENV B=$TARGETARCH\n")
    assert (stage.state.environment["A"], stage.state.environment["B"]) == ("", "amd64")


def test_folders_and_users_are_expanded_where_they_stand():
    (stage,) = found("FROM a\nENV D=/srv U=app\nWORKDIR $D\nWORKDIR sub/../x\nUSER $U:1\nENV U=other\nRUN x\n")
    assert (stage.state.folder, stage.state.user) == ("/srv/x", "app:1")
    assert [step.state.folder for step in stage.steps[1:4]] == ["/", "/srv", "/srv/x"]


def test_a_name_that_two_stages_have_means_the_later_one():
    known = found("FROM a AS x\nFROM b AS x\nFROM x\n")
    assert known[2].image == "b"


def test_a_number_without_a_stage_is_told_as_it_is_written():
    known = found("FROM a\nARG N=0\nCOPY --from=7 a b\nCOPY --from=$N a b\n")
    assert [source_of(step, ()) for step in known[0].steps[1:]] == ["7", "0"]


def test_instructions_before_the_first_stage_belong_to_none():
    assert found("RUN x\nARG A=1\n") == ()
    (stage,) = found("ENV A=1\nFROM a$A\n")
    assert (stage.base, stage.undefined) == ("a", ("A",))


def test_a_step_has_what_stands_before_it_alone():
    (stage,) = found("FROM a\n" + "".join(f"ENV A{number}={number}\n" for number in range(300)))
    assert [len(step.state.environment) for step in stage.steps] == list(range(300))
