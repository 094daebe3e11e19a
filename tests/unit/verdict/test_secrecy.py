"""What a verdict hides, and what it goes on telling."""

import pytest

from paredown.result import Difference, Mask, Skipped, Verdict
from paredown.verdict.secrecy import concealed, names_a_secret, secrets_in


def verdict_of(difference: Difference | None = None, mask: Mask | None = None, unproven: tuple[Skipped, ...] = ()) -> Verdict:
    return Verdict(
        before="a", after="b", runner="sandbox", differences=(difference,) if difference else (), intended=(), unproven=unproven, skipped=(), coverage=(),
        masks=(mask,) if mask else (), checks=(),
    )  # fmt: skip


def shown(text: str, place: str = "", given: tuple[str, ...] = ()) -> str:
    return concealed(verdict_of(Difference(probe="http", key="GET /", place=place, before="fine", after=text)), given).differences[0].after


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        ("/headers/set-cookie/*", "session=31493ac8fd60; HttpOnly; Path=/", "session=***; HttpOnly; Path=/"),
        ("/headers/set-cookie", '["session=31493ac8; Secure", "lang=de"]', '["session=***; Secure", "lang=***"]'),
        ("/body/access_token", "c7a096e4d2f6bb82", "***"),
        ("/headers/x-api-key", '["0123abcd"]', '["***"]'),
        ("/body", '{"id": 1, "password": "hunter2", "name": "Ada"}', '{"id": 1, "password": "***", "name": "Ada"}'),
        ("/body", '{"headers": {"authorization": ["Token abc"], "x": 1}}', '{"headers": {"authorization": ["***"], "x": 1}}'),
        ("", '{"headers": {"set-cookie": ["a=b; Path=/"], "server": ["uvicorn"]}}', '{"headers": {"set-cookie": ["a=***; Path=/"], "server": ["uvicorn"]}}'),
        ("/body/text", "sent Bearer abc.def-123 to /x", "sent Bearer *** to /x"),
        ("/body/url", "http://shop/x?page=2&access_token=abcdef&n=1", "http://shop/x?page=2&access_token=***&n=1"),
        ("/body/any", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "***"),
        ("", "cannot connect to postgres://shop:geheim@db/shop", "cannot connect to postgres://***@db/shop"),
    ],
)
def test_a_secret_is_hidden_where_its_name_or_its_looks_tell(place: str, text: str, told: str) -> None:
    assert shown(text, place) == told


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("/body/token_type", "bearer"),
        ("/body/tokens_used", "12"),
        ("/body/access_token", "(absent)"),
        ("/status", "500"),
        ("/body/detail", "the basic plan is not enough"),
        ("/body", '{"expires_in": 3600, "token_type": "bearer"}'),
    ],
)
def test_what_is_no_secret_is_told(place: str, text: str) -> None:
    assert shown(text, place) == text


def test_what_the_user_lent_is_hidden_wherever_it_stands() -> None:
    unproven = concealed(verdict_of(unproven=(Skipped(what="the service", reason="ValueError: bad key: opensesame"),)), ["opensesame"]).unproven
    assert unproven[0].reason == "ValueError: bad key: ***"


def test_masks_hide_both_values_and_the_key() -> None:
    mask = concealed(verdict_of(mask=Mask(probe="http", key="a.har:1, GET /x?token=abc", place="/headers/set-cookie/*", one="s=1", other="s=2"))).masks[0]
    assert (mask.key, mask.one, mask.other) == ("a.har:1, GET /x?token=***", "s=***", "s=***")


def test_a_body_gives_away_its_secrets() -> None:
    assert list(secrets_in('{"user": "ada", "password": "correct horse"}')) == ["correct horse"]
    assert list(secrets_in("user=ada&password=correct-horse")) == ["correct-horse"]


def test_names_tell_of_headers_and_variables() -> None:
    assert all(map(names_a_secret, ("Authorization", "X-Api-Key", "Cookie", "DATABASE_PASSWORD", "SECRET_KEY")))
    assert not any(map(names_a_secret, ("Accept", "APP_ENV", "Content-Type", "TOKEN_URL")))
