import yaml

from builders import NOWHERE, plan_of
from paredown.comparison import Evidence, Held
from paredown.emitters.kubernetes import manifest
from paredown.emitters.seen import Seen
from paredown.plan import HealthCheck

YES = Evidence(Held.YES, "it was tried")
PLAN = plan_of(name="shop_web", ports=(8000, 9000), writable=("/data",), health=HealthCheck(path="/up", origin=NOWHERE))


def test_the_container_gets_what_it_was_seen_to_work_with() -> None:
    deployment, service = yaml.safe_load_all(manifest(PLAN, "shop:1", Seen(read_only=YES, no_capabilities=YES, memory=90 << 20)))
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsUser"] == 10001
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert container["resources"] == {"requests": {"memory": "96Mi"}, "limits": {"memory": "192Mi"}}
    assert container["readinessProbe"]["httpGet"] == {"path": "/up", "port": 8000}
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp", "/data"]
    assert [port["port"] for port in service["spec"]["ports"]] == [8000, 9000]
    assert deployment["metadata"]["name"] == "shop-web"


def test_what_was_not_seen_is_a_comment() -> None:
    text = manifest(PLAN, "shop:1", Seen())
    container = next(yaml.safe_load_all(text))["spec"]["template"]["spec"]["containers"][0]
    assert container["securityContext"] == {"allowPrivilegeEscalation": False}
    assert "# readOnlyRootFilesystem: true: it was not tried" in text
    assert "resources" not in container


def test_a_service_without_a_port_has_no_service_and_no_probes() -> None:
    documents = list(yaml.safe_load_all(manifest(plan_of(name="worker"), "worker:1", Seen())))
    assert len(documents) == 1
    assert "readinessProbe" not in documents[0]["spec"]["template"]["spec"]["containers"][0]
