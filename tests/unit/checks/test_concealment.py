import pytest

from paredown.checks.concealment import concealed

TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("ENV DB_PASSWORD=hunter2 DEBUG=1", "hunter2"),
        ("ENV API_KEY two words", "two words"),
        ("RUN pip install -i https://me:pw@host/simple x", "me:pw"),
        (f"RUN git clone https://{TOKEN}@github.com/x", TOKEN),
        (f"RUN echo {TOKEN}", TOKEN),
        ("ENV URL=postgresql://app:geheim@db/app", "geheim"),
        ('RUN curl -H "Authorization: Bearer abc.def-ghi" https://x', "abc.def-ghi"),
        ("RUN curl -u me:geheim https://x", "geheim"),
        ("RUN echo 'root:geheim' | chpasswd", "geheim"),
        ("RUN login --password geheim", "geheim"),
        ('  SECRET_KEY: "geheim"', "geheim"),
        ("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"),
    ],
)
def test_secret_is_hidden_and_all_else_keeps_its_place(text: str, secret: str) -> None:
    shown = concealed(text)
    assert secret not in shown
    assert len(shown) == len(text)
    assert [shown.partition("*")[0]] == [text[: len(shown.partition("*")[0])]]


@pytest.mark.parametrize(
    "text",
    [
        "ARG TOKEN=${OTHER}",
        "ENV POSTGRES_PASSWORD_FILE=/run/secrets/db TOKENIZERS_PARALLELISM=false AUTHOR=Jane",
        "RUN --mount=type=secret,id=pip_token,target=/x pip install x",
        "COPY secret.txt /x",
        "RUN git clone ssh://git@github.com/x && pip install git+https://github.com/a/b",
        "ENV TOKEN_TTL=3600 ACCESS_TOKEN_EXPIRE_MINUTES=30 AUTH=true",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert concealed(text) == text
