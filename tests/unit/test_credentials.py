"""Secrets are found by name and content; what only looks like one is let through. Every token here is made up."""

import pytest

from paredown.credentials import by_content, by_name

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
RANDOM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6"


@pytest.mark.parametrize("name", [".env", ".env.local", "deploy/.env.production", ".ENV", "id_rsa", "keys/id_ed25519", "a.p12", "a.pfx"])
def test_name_of_a_secret(name: str) -> None:
    secret = by_name(name)
    assert secret is not None
    assert secret.line is None


@pytest.mark.parametrize(
    "name", [".env.example", ".env.sample", "deploy/.env.template", "settings.py", "id_rsa.pub", "environment.env", "credentials.py", "secrets.py"]
)
def test_name_of_no_secret(name: str) -> None:
    assert by_name(name) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (f"-----BEGIN PRIVATE KEY-----\n{BODY}\n", "a private key"),
        (f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n", "a private key"),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\r\n{BODY}\r\n", "a private key"),
        (f'KEY = "-----BEGIN EC PRIVATE KEY-----\\n{BODY}"', "a private key"),
        (f'{{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n{BODY}"}}', "a Google service account's key"),
        ("key = AKIA" + "Q3EGRZ5VWXKD7TPM", "an AWS access key"),
        ("AWS_SECRET_ACCESS_KEY=" + RANDOM[:40], "an AWS secret key"),
        ("token: ghp_" + RANDOM[:36], "a GitHub token"),
        ("github_pat_" + RANDOM[:22] + "_" + RANDOM[:44], "a GitHub token"),
        ("xoxb-123456789012-" + RANDOM[:24], "a Slack token"),
        ("sk_live_" + RANDOM[:24], "a Stripe key"),
        ("pypi-AgEIcHlwaS5vcmc" + RANDOM, "a PyPI token"),
        ("glpat-" + RANDOM[:20], "a GitLab token"),
        ("client-key-data: " + RANDOM[:44], "a cluster's client key"),
    ],
)
def test_content_with_a_secret(content: str, kind: str) -> None:
    found = list(by_content("app/config.py", b"# first\n\n" + content.encode()))
    assert kind in {secret.kind for secret in found}
    assert {secret.line for secret in found} == {3}
    assert not any(RANDOM[:20] in str(secret) or BODY[:20] in str(secret) for secret in found)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".netrc", "machine x login y password z"),
        (".pypirc", "[pypi]\nusername = __token__\npassword = x"),
        ("pip.conf", "[global]\nindex-url = https://me:hunter2@pypi.example.org/simple"),
        ("requirements.txt", "--extra-index-url https://me:hunter2@pypi.example.org/simple"),
        (".npmrc", "//registry.example.org/:_authToken=0123456789abcdef"),
        (".docker/config.json", '{"auths": {"x": {"auth": "bWU6aHVudGVyMg=="}}}'),
        (".git-credentials", "https://me:hunter2@example.org"),
    ],
)
def test_file_for_credentials_with_some(path: str, content: str) -> None:
    (secret,) = by_content(path, content.encode())
    assert "hunter2" not in str(secret)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("settings.py", 'SECRET_KEY = os.environ["SECRET_KEY"]\nPASSWORD = "password"\nDATABASE = "postgres://user:password@db/app"\n'),
        ("auth.py", 'if pem.startswith("-----BEGIN PRIVATE KEY-----"):\n    load(pem)\n'),
        ("certifi/cacert.pem", f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----\n"),
        ("key.pem", f"-----BEGIN PUBLIC KEY-----\n{BODY}\n"),
        (
            "docs.md",
            "export TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nAKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        ),
        ("pip.conf", "[global]\nindex-url = https://${USER}:${PASSWORD}@pypi.example.org/simple"),
        ("requirements.txt", "git+https://github.com/a/b@main\nflask==3.0\n"),
        (".npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}"),
        ("hashes.txt", "sha256:" + "0123456789abcdef" * 4),
    ],
)
def test_content_without_a_secret(path: str, content: str) -> None:
    assert list(by_content(path, content.encode())) == []
