"""`paredown run`: try an image here, without an engine."""

import sys
from pathlib import Path

import click

from paredown.errors import ANSWER_IS_NO, UserError


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--port", "-p", type=int, default=0, help="Lead this port of 127.0.0.1 to the service. Default: a free one.")
@click.option("--ask", metavar="PATH", help="Ask for PATH, print the answer, end; exit 1 when there is none or its status is 400 or more.")
@click.option("--env", "-e", multiple=True, metavar="NAME=VALUE", help="Set a variable for the service.")
@click.option("--network", is_flag=True, help="Let the service reach the network of this machine.")
@click.option("--patience", type=float, default=30, show_default=True, help="Seconds to wait for the first answer.")
def run(image: Path, port: int, ask: str | None, env: tuple[str, ...], network: bool, patience: float) -> None:
    """Start an image in a sandbox: read-only root, no capabilities, a network of its own; without Docker and without root."""
    from paredown.cli import surroundings
    from paredown.progress import Quiet
    from paredown.sandbox import wait_until_answers
    from paredown.trial import started

    environment = dict(_variable(text) for text in env)
    means = surroundings.means(Quiet(), mirror=None, locked=False)
    with started(image, environment=environment, network=network, means=means) as service:
        if ask is not None:
            answer = wait_until_answers(service, service.port, ask, timeout=patience)
            by_itself = service.wait(0)
            ended = by_itself or service.stop(10)
            if answer is None:
                sys.stderr.write((ended.stdout + ended.stderr).decode("utf-8", "replace"))
                reason = f"the service ended with status {ended.status}" if by_itself else f"none within {patience:g} s"
                sys.stderr.write(f"no answer to GET {ask}: {reason}\n")
                sys.exit(ANSWER_IS_NO)
            sys.stderr.write(f"GET {ask}: {answer.status}\n")
            sys.stdout.buffer.write(answer.body + b"\n")
            sys.exit(ANSWER_IS_NO if answer.status >= 400 else 0)
        if not network:
            sys.stderr.write(f"http://127.0.0.1:{service.forward(port)} leads to the service; Ctrl-C ends it\n")
        try:
            over = service.wait(None)
        except KeyboardInterrupt:
            over = service.stop(10)
    if over is not None:
        sys.stdout.buffer.write(over.stdout)
        sys.stderr.buffer.write(over.stderr)
        sys.exit(over.status)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UserError(f"--env {text!r} sets nothing", fix="write it as NAME=VALUE")
    return name, value
