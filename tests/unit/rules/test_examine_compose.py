import pytest

from paredown.dockerfile.syntax import Edit, edited
from paredown.errors import UserError
from paredown.rules.compose_files import RULES, ComposeRule
from paredown.rules.examine_compose import examine_compose
from paredown.rules.recipe import TextContext


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_example_is_found_and_the_better_one_is_silent(rule: ComposeRule) -> None:
    context = TextContext(dict(rule.files))
    found = examine_compose(rule.before, "compose.yaml", context, (rule,))
    assert found
    assert all(one.edits or one.advice for one in found)
    assert examine_compose(rule.after, "compose.yaml", context, (rule,)) == ()
    edits: list[Edit] = [edit for one in found for edit in one.edits]
    assert edited(rule.before, edits) == rule.after or not edits


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("services:\n  web:\n   image: a\n  - b\n", 4),
        ("services:\n  web: {image: a\n", 3),
        ("services:\n\tweb:\n", 2),
        ("services: *nowhere\n", 1),
    ],
)
def test_examine_compose_names_the_line_when_it_is_no_yaml(text: str, line: int) -> None:
    with pytest.raises(UserError) as refused:
        examine_compose(text, "compose.yaml", None)
    assert refused.value.where == f"compose.yaml:{line}"


@pytest.mark.parametrize("text", ["", "a: 1\n", "- services\n", "services\n", "services: \x00\n", "[" * 5000])
def test_examine_compose_refuses_when_it_is_no_compose_file(text: str) -> None:
    with pytest.raises(UserError):
        examine_compose(text, "compose.yaml", None)


def test_examine_compose_ends_when_a_file_merges_itself() -> None:
    assert isinstance(examine_compose("services: &a\n  <<: *a\n  web:\n    image: web:1\n", "compose.yaml", None), tuple)


def test_examine_compose_is_quick_when_merges_multiply() -> None:
    lines = ["a0: &a0 {privileged: true}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 40)]
    text = "\n".join((*lines, "services:", "  web:", "    image: web:1", "    <<: *a39", ""))
    assert [one.rule for one in examine_compose(text, "compose.yaml", None)] == ["compose-privileged"]


def test_examine_compose_takes_the_nearer_of_two_merged_values() -> None:
    text = "a: &a {privileged: true}\nb: &b {privileged: false, <<: *a}\nservices:\n  web:\n    image: web:1\n    <<: [*b, *a]\n"
    assert examine_compose(text, "compose.yaml", None) == ()


def test_examine_compose_is_silent_where_a_comment_says_so() -> None:
    text = 'version: "3" # paredown: ignore=compose-version-obsolete\nservices: {}\n'
    assert examine_compose(text, "compose.yaml", None) == ()
    assert examine_compose(text.replace("compose-version", "other"), "compose.yaml", None)


def rules_that_find(service: str, file: str = "compose.yaml", **files: str) -> set[str]:
    """The rules that find something in a hardened service with these lines more."""
    settled = "restart: always, mem_limit: 1g, read_only: true, cap_drop: [ALL], security_opt: [no-new-privileges:true]"
    text = f"services:\n  db: {{image: 'postgres:17', {settled}, healthcheck: {{test: pg_isready}}}}\n  web:\n    <<: {{{settled}}}\n{service}"
    return {one.rule for one in examine_compose(text, file, TextContext(files))}


@pytest.mark.parametrize(
    "lines",
    [
        "    image: ${IMAGE}\n",  # nobody knows its tag
        "    image: web@sha256:1234\n",
        "    image: localhost:5000/web:1\n",
        "    build: .\n    image: web\n",  # only a name for what is built
        "    image: web:1\n    environment: [TOKEN, 'PASSWORD=${PASSWORD}', SECRET_KEY_FILE=/run/secrets/key, DEBUG=1, 'API_KEY=']\n",
        "    image: web:1\n    environment:\n      TOKEN:\n      SECRET_KEY: ${KEY:?}\n      URL: postgres://db/web\n",
        "    image: web:1\n    ports: ['127.0.0.1:5432:5432', 8000:8000, {target: 5432}]\n",
        "    image: web:1\n    depends_on: {db: {condition: service_started}}\n",
        "    image: web:1\n    env_file: ../web.env\n",
        "    image: web:1\n    env_file: [{path: web.env, required: false}]\n",
        "    build: https://github.com/a/b.git\n",
        "    build: {context: ../web}\n",
        "    build: {context: '${WEB}'}\n",
        "    image: web:1\n    volumes: [/etc/localtime:/etc/localtime:ro, data:/data, {type: tmpfs, target: /tmp}]\n",
        "    image: web:1\n    privileged: false\n    network_mode: bridge\n",
        "    image: web:1\n    environment: [TOKEN=XXX-XXX, \"PASSWORD='<password>'\", SECRET=change-me-please]\n    cap_add: [NET_ADMIN]\n",
        "    extends: {file: other.yaml, service: web}\n    depends_on: [elsewhere]\n",
    ],
)
def test_examine_compose_is_silent_when_nothing_is_wrong_or_known(lines: str) -> None:
    assert rules_that_find(lines, Dockerfile="FROM python:3.13\n") == set()


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ("    image: web:1\n    ports: ['${PORT:-5432}:5432']\n", "compose-database-published"),
        ("    image: web:1\n    ports: [{target: 5432, published: 5432}]\n", "compose-database-published"),
        ("    image: registry:5000/web\n", "compose-image-latest"),
        ("    image: ${WEB:-web:latest}\n", "compose-image-latest"),
        ("    image: web:1\n    environment: ['URL=postgres://web:swordfish@db/web']\n", "compose-secret-in-environment"),
        ("    image: web:1\n    volumes: [{type: bind, source: /run/docker.sock, target: /run/docker.sock}]\n", "compose-engine-socket-mounted"),
        ("    image: web:1\n    env_file: [web.env]\n", "compose-env-file-missing"),
        ("    build: {context: ., dockerfile: web.Dockerfile}\n", "compose-build-missing"),
        ("    image: web:1\n    depends_on: [database]\n", "compose-dependency-unknown"),
        ("    image: web:1\n    cap_add: [CAP_SYS_ADMIN]\n", "compose-capability-added"),
    ],
)
def test_examine_compose_tells_what_is_wrong(lines: str, rule: str) -> None:
    assert rules_that_find(lines, Dockerfile="FROM python:3.13\n") == {rule}


def test_examine_compose_waits_for_no_env_file_that_everybody_makes() -> None:
    lines = "    image: web:1\n    env_file: .env\n"
    assert rules_that_find(lines, Dockerfile="") == {"compose-env-file-missing"}
    assert rules_that_find(lines, **{".gitignore": "/.env\n"}) == set()
    assert rules_that_find(lines, **{".env.example": "A=\n"}) == set()


def test_examine_compose_tells_of_mounted_sources_only_in_production() -> None:
    lines = "    build: .\n    volumes: ['.:/app']\n"
    assert rules_that_find(lines, "compose.prod.yaml", Dockerfile="") == {"compose-source-mounted"}
    assert rules_that_find(lines, "compose.yaml", Dockerfile="") == set()


def test_examine_compose_tells_a_shared_line_once() -> None:
    text = "x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: a:1\n  b:\n    <<: *base\n    image: b:1\n"
    assert [(one.rule, one.place.line) for one in examine_compose(text, "compose.yaml", None)] == [("compose-privileged", 2)]
