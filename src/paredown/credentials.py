"""Tells secrets by their file names and contents: environment files, private keys, cloud tokens. Never shows one."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 1 << 20  # a larger file is data; its name still counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Something secret in the file at `path`; `line` counts from 1, None when the file as such is meant."""

    path: str
    line: int | None
    kind: str

    def __str__(self) -> str:
        return f"{self.path}{'' if self.line is None else f':{self.line}'} ({self.kind})"


# Content: (what it is, a literal that must be there, the expression that then must match). The literal makes the search quick.
_TOKENS: tuple[tuple[str, bytes, bytes], ...] = (
    ("a Google service account's key", b'"service_account"', rb'"private_key"\s*:\s*"-----BEGIN'),
    ("a private key", b"PRIVATE KEY", rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s|[A-Za-z-]+: [^\n]*){1,12}?[A-Za-z0-9+/=]{32}"),
    ("a PuTTY private key", b"PuTTY-User-Key-File", rb"PuTTY-User-Key-File-\d: "),
    ("an AWS access key", b"AKIA", rb"(?<![A-Z0-9])AKIA(?![A-Z0-9]{9}EXAMPLE)[A-Z2-7]{16}(?![A-Z0-9])"),
    (
        "an AWS secret key",
        b"aws_secret",
        rb"(?i)aws_secret_(?:access_)?key[\"']?\s*[=:]\s*[\"']?(?![A-Za-z0-9/+]*EXAMPLE)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])",
    ),
    ("an AWS secret key", b"AWS_SECRET", rb"AWS_SECRET_(?:ACCESS_)?KEY[\"']?\s*[=:]\s*[\"']?(?![A-Za-z0-9/+]*EXAMPLE)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"),
    ("a GitHub token", b"gh", rb"(?<![A-Za-z0-9])gh[opusr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])"),
    ("a GitHub token", b"github_pat_", rb"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{40,}"),
    ("a GitLab token", b"glpat-", rb"(?<![\w-])glpat-[\w-]{20,}"),
    ("a Slack token", b"xox", rb"xox[abeoprs]-\d{6,}-[A-Za-z0-9-]{16,}"),
    ("a Stripe key", b"k_live_", rb"(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{20,}"),
    ("a PyPI token", b"pypi-AgE", rb"pypi-AgE[A-Za-z0-9_-]{50,}"),
    ("an npm token", b"npm_", rb"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    ("a Hugging Face token", b"hf_", rb"(?<![A-Za-z0-9_])hf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    ("an OpenAI key", b"sk-", rb"(?<![A-Za-z0-9-])sk-(?:proj|svcacct)-[A-Za-z0-9_-]{40,}"),
    ("an Anthropic key", b"sk-ant-", rb"sk-ant-[a-z]+\d+-[A-Za-z0-9_-]{60,}"),
    ("a SendGrid key", b"SG.", rb"(?<![\w.])SG\.[\w-]{22}\.[\w-]{43}(?![\w-])"),
    ("a cluster's client key", b"client-key-data:", rb"client-key-data:\s*[A-Za-z0-9+/=]{40}"),
)
_SAMPLES = (".example", ".sample", ".template", ".dist")
_KEY_FILES = frozenset({"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"})
_KEY_STORES = (".p12", ".pfx", ".jks", ".keystore", ".ppk")
# Files whose whole purpose may be credentials: (names, what is looked for inside, what it is).
_CREDENTIALS: tuple[tuple[re.Pattern[str], re.Pattern[bytes], str], ...] = (
    (re.compile(r"(?:.*/)?[._]netrc"), re.compile(rb"\bpassword\s+\S"), "a password"),
    (re.compile(r"(?:.*/)?\.pypirc"), re.compile(rb"(?m)^\s*password\s*[=:]\s*\S"), "a password"),
    (re.compile(r"(?:.*/)?\.pgpass"), re.compile(rb"(?m)^[^#\n]*(?::[^:\n]*){4}"), "a password"),
    (re.compile(r"(?:.*/)?(?:pip\.conf|pip\.ini|\.npmrc|uv\.toml|requirements[^/]*\.txt|[^/]*\.pip)"),
     re.compile(rb"https?://[^\s/@:$]+:(?!\$)[^\s/@]+@"), "a password in an address"),
    (re.compile(r"(?:.*/)?\.npmrc"), re.compile(rb"_(?:authToken|password|auth)\s*=\s*(?!\$)\S{8}"), "a token"),
    (re.compile(r"(?:.*/)?\.docker/config\.json|(?:.*/)?\.dockercfg"), re.compile(rb'"auth"\s*:\s*"[^"]{8}'), "a registry's password"),
    (re.compile(r"(?:.*/)?(?:\.kube/config|kubeconfig[^/]*)"), re.compile(rb"\b(?:token|client-key-data|password):\s*\S{8}"), "a cluster's credentials"),
    (re.compile(r"(?:.*/)?\.git-credentials"), re.compile(rb"://[^\s/@]+@"), "a password"),
)  # fmt: skip


def by_name(path: str) -> Secret | None:
    """The secret that the name of `path` alone tells of, or None."""
    name = posixpath.basename(path).lower()
    if (name == ".env" or name.startswith(".env.")) and not name.endswith(_SAMPLES):
        return Secret(path=path, line=None, kind="an environment file")
    if name in _KEY_FILES:
        return Secret(path=path, line=None, kind="a private key")
    if name.endswith(_KEY_STORES):
        return Secret(path=path, line=None, kind="a key store")
    return None


def by_content(path: str, content: bytes) -> Iterator[Secret]:
    """Every kind of secret in `content` once, at its first line. Public keys and certificates are none."""
    for kind, needle, expression in _TOKENS:
        if needle not in content:
            continue
        for found in re.finditer(expression, content):
            if _looks_random(found[0]):
                yield Secret(path=path, line=content.count(b"\n", 0, found.start()) + 1, kind=kind)
                break
    for name, inner, kind in _CREDENTIALS:
        if name.fullmatch(path) and (first := inner.search(content)):
            yield Secret(path=path, line=content.count(b"\n", 0, first.start()) + 1, kind=kind)


def places(content: bytes) -> Iterator[tuple[int, int]]:
    """Where every token and key in `content` starts and ends."""
    for _, needle, expression in _TOKENS:
        if needle in content:
            yield from (found.span() for found in re.finditer(expression, content) if _looks_random(found[0]))


def _looks_random(token: bytes) -> bool:
    # `ghp_xxxxxxxxxxxx` stands in documentation; a real token uses most of its alphabet.
    return len(set(token[-24:])) >= 8
