"""Finds USER with a name where a number lets Kubernetes see that it is not root."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Edit
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.purpose import is_for_development
from paredown.rules.recipe import Recipe
from paredown.rules.service_users import accounts, service_user

_EVERYWHERE = {"nobody": 65534, "nonroot": 65532}


@rule(
    id="user-without-number",
    severity=Severity.INFO,
    summary="USER is a name, not a number",
    why="Under runAsNonRoot the kubelet refuses an image whose user is a name (`image has non-numeric user, cannot verify user is non-root`): it does not read "
    "the image's /etc/passwd.",
    sources=("https://kubernetes.io/docs/tasks/configure-pod-container/security-context/", "kubernetes/kubernetes pkg/kubelet/kuberuntime/security_context.go"),
    same_as=("CIS 4.1",),
    # The account of the name is the one of the number: engines find the same line of /etc/passwd, and so home, group and further groups.
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nRUN useradd --uid 10001 app\nUSER app\n",
    after="FROM python:3.13-slim\nRUN useradd --uid 10001 app\nUSER 10001\n",
)
def user_without_number(recipe: Recipe) -> Iterator[Found]:
    user = service_user(recipe)
    if user is None or user.step is None or user.name.isdigit() or user.name == "root" or is_for_development(recipe):
        return
    word = user.step.instruction.words[0]
    number = accounts(recipe).get(user.name)
    known = number if number is not None else _EVERYWHERE.get(user.name)
    advice = f"write `USER {known}`" if known is not None else f"give {user.name} a number (`useradd --uid 10001 {user.name}`) and write `USER 10001`"
    yield Found(
        message=f"Kubernetes cannot see that {user.name} is not root: its number says so",
        span=word.span, edits=(Edit(word.span, str(number)),) if number and word.text == user.name else (), advice=advice,
    )  # fmt: skip
