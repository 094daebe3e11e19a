import pytest
from tests.builders import told

from paredown.rules.dockerfiles.secret_copied import secret_copied
from paredown.rules.dockerfiles.secret_in_command import secret_in_command
from paredown.rules.dockerfiles.secret_in_variable import secret_in_variable

FROM = "FROM python:3.13-slim\n"


@pytest.mark.parametrize(
    "text",
    [
        "ARG NPM_TOKEN",
        "ENV DB_PASSWORD=hunter22",
        "ARG GITHUB_TOKEN\nENV GITHUB_TOKEN=$GITHUB_TOKEN",
        "ENV DATABASE_URL=postgresql://shop:Kd8sK2@db/shop",
        "ENV API_KEY Kd8sK2",
    ],
)
def test_variable_is_found_when_it_holds_a_secret(text: str) -> None:
    found = told(secret_in_variable, FROM + text)
    assert len(found) == text.count("\n") + 1
    assert not any("hunter22" in one or "Kd8sK2" in one for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "ENV DB_PASSWORD_FILE=/run/secrets/db",
        "ENV TOKENIZERS_PARALLELISM=false",
        "ENV PASSWORD_HASHERS=argon2",
        "ENV SECRET_KEY=",
        "ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
        "ENV MAX_TOKENS=4096",
        "ENV SECRET_NAME=shop",
        "ENV AUTH_TOKEN_URL=https://example.org/token",
        "ENV ACCESS_TOKEN_EXPIRE_MINUTES=30",
        "ENV SECRET_KEY=build",
        "ARG CACHE_KEY=1",
        "ENV DATABASE_URL=postgresql://db/shop",
    ],
)
def test_variable_is_no_secret_when_its_name_or_value_says_so(text: str) -> None:
    assert told(secret_in_variable, FROM + text) == []


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install --index-url https://ci:Kd8sK2@pypi.example.org/simple x",
        "ARG GIT_TOKEN\nRUN git clone https://${GIT_TOKEN}@github.com/a/b",
        "ARG PASSWORD\nRUN curl -u me:$PASSWORD https://example.org",
        'RUN curl -H "Authorization: Bearer Kd8sK2" https://example.org',
    ],
)
def test_command_is_found_when_it_holds_a_secret(text: str) -> None:
    (found,) = told(secret_in_command, FROM + text)
    assert "Kd8sK2" not in found


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install git+ssh://git@github.com/a/b",
        "RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) && git clone https://$TOKEN@github.com/a/b",
        'RUN --mount=type=secret,id=t curl -H "Authorization: Bearer $(cat /run/secrets/t)" https://example.org',
        "RUN --mount=type=secret,id=t,env=TOKEN pip install --index-url https://ci:$TOKEN@pypi.example.org/simple x",
        "ARG VERSION\nRUN curl -o x https://example.org/$VERSION@x",
        "RUN echo someone@example.org",
        "RUN pip install 'x @ https://example.org/x.whl'",
    ],
)
def test_command_is_clean_when_its_secret_is_mounted_or_none(text: str) -> None:
    assert told(secret_in_command, FROM + text) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("COPY .env /app/", 1),
        ("COPY .env.production /app/.env", 1),
        ("COPY id_rsa /root/.ssh/id_rsa", 1),
        ("COPY .ssh /root/.ssh", 1),
        ("ADD .netrc /root/", 1),
        ("COPY .env.example /app/.env", 0),
        ("COPY rds-ca-bundle.pem /etc/ssl/", 0),
        ("COPY --from=build /app/.env /app/", 0),
        ("COPY . .", 0),
    ],
)
def test_copy_is_found_when_it_names_a_secret(text: str, count: int) -> None:
    assert len(told(secret_copied, FROM + text)) == count


def test_copy_is_judged_by_what_the_context_has() -> None:
    text = FROM + "COPY pip.conf /etc/pip.conf\n"
    assert len(told(secret_copied, text, {"pip.conf": "[global]\nindex-url = https://ci:Kd8sK2@pypi.example.org/simple\n"})) == 1
    assert told(secret_copied, text, {"pip.conf": "[global]\nindex-url = https://pypi.example.org/simple\n"}) == []
    assert told(secret_copied, FROM + "COPY .env .\n", {".env": "A=1", ".dockerignore": ".env\n"}) == []
