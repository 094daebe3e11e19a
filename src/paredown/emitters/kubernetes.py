"""A Kubernetes Deployment and Service under the restrictions that the image was seen to work with."""

import json
from collections.abc import Iterator

from paredown.comparison import Held
from paredown.emitters.seen import Seen
from paredown.plan import HealthCheck, Plan

_READINESS_SECONDS = 5


def manifest(plan: Plan, image: str, seen: Seen) -> str:
    """The text of a manifest with a Deployment and, where the service has a port, a Service; unseen restrictions stand there as comments."""
    name = plan.name.rpartition("/")[2].partition(":")[0].replace("_", "-").replace(".", "-")
    documents = [_deployment(plan, name, image, seen)]
    if plan.ports:
        documents.append(_service(plan, name))
    return "---\n".join("\n".join(lines) + "\n" for lines in documents)


def _deployment(plan: Plan, name: str, image: str, seen: Seen) -> Iterator[str]:
    yield "# Each restriction below was seen to work with this image; one that was not is a comment."
    yield "apiVersion: apps/v1"
    yield "kind: Deployment"
    yield f"metadata: {{name: {name}, labels: {{app: {name}}}}}"
    yield "spec:"
    yield "  replicas: 1"
    yield f"  selector: {{matchLabels: {{app: {name}}}}}"
    yield "  template:"
    yield f"    metadata: {{labels: {{app: {name}}}}}"
    yield "    spec:"
    yield "      automountServiceAccountToken: false"
    yield "      securityContext:"
    yield f"        {{runAsNonRoot: true, runAsUser: {plan.user}, runAsGroup: 0, fsGroup: 0, seccompProfile: {{type: RuntimeDefault}}}}"
    yield "      containers:"
    yield f"        - name: {name}"
    yield f"          image: {json.dumps(image)}"
    if plan.ports:
        yield "          ports:"
        yield from (f"            - {{name: {'http' if place == 0 else f'port-{port}'}, containerPort: {port}}}" for place, port in enumerate(plan.ports))
    yield "          securityContext:"
    yield "            allowPrivilegeEscalation: false"
    yield from _restrictions(seen)
    if seen.memory_limit is not None:
        yield "          resources:  # measured under a small load, with room above it"
        yield f"            requests: {{memory: {seen.memory_request}Mi}}"
        yield f"            limits: {{memory: {seen.memory_limit}Mi}}"
    if plan.health is not None and plan.ports:
        yield from _probes(plan.health, plan.ports[0])
    folders = ("/tmp", *plan.writable)  # noqa: S108
    yield "          volumeMounts:"
    yield from (f"            - {{name: {_volume(path)}, mountPath: {json.dumps(path)}}}" for path in folders)
    yield "      volumes:"
    for path in folders:
        kept = "  # a volume in the Dockerfile: name a persistentVolumeClaim to keep what is in it" if path in plan.volumes else ""
        yield f"        - {{name: {_volume(path)}, emptyDir: {{}}}}{kept}"


def _restrictions(seen: Seen) -> Iterator[str]:
    for evidence, line in ((seen.read_only, "readOnlyRootFilesystem: true"), (seen.no_capabilities, "capabilities: {drop: [ALL]}")):
        yield f"            {line}" if evidence.held is Held.YES else f"            # {line}: {' '.join(evidence.seen.split())}"


def _probes(check: HealthCheck, port: int) -> Iterator[str]:
    # Without a known path a connection is all that can be asked for: any answer below 500 is beyond what httpGet can say.
    ask = f"httpGet: {{path: {json.dumps(check.path)}, port: {port}}}" if check.path else f"tcpSocket: {{port: {port}}}"
    patience = f"timeoutSeconds: {max(int(check.timeout), 1)}"
    yield f"          startupProbe: {{{ask}, periodSeconds: 1, failureThreshold: {max(int(check.start_period) * 3, 30)}}}"
    yield f"          readinessProbe: {{{ask}, periodSeconds: {_READINESS_SECONDS}, {patience}}}"
    yield f"          livenessProbe: {{{ask}, periodSeconds: {max(int(check.interval), 1)}, {patience}, failureThreshold: {check.retries}}}"


def _service(plan: Plan, name: str) -> Iterator[str]:
    yield "apiVersion: v1"
    yield "kind: Service"
    yield f"metadata: {{name: {name}}}"
    yield "spec:"
    yield f"  selector: {{app: {name}}}"
    yield "  ports:"
    yield from (f"    - {{name: {'http' if place == 0 else f'port-{port}'}, port: {port}, targetPort: {port}}}" for place, port in enumerate(plan.ports))


def _volume(path: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in path.strip("/").lower()).strip("-") or "root"
