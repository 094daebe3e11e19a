import yaml

from builders import plan_of
from paredown.comparison import Evidence, Held
from paredown.emitters.compose_file import compose_file
from paredown.emitters.seen import Seen
from paredown.rules.examine_compose import examine_compose

YES = Evidence(Held.YES, "it was tried")
PLAN = plan_of(name="shop", ports=(8000,), writable=("/data", "/cache"), volumes=("/data",))


def test_restrictions_that_were_seen_to_work_are_asked_for() -> None:
    service = yaml.safe_load(compose_file(PLAN, "shop:1", Seen(read_only=YES, no_capabilities=YES, memory=100 << 20)))["services"]["shop"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["tmpfs"] == ["/tmp:uid=10001,gid=0,mode=0775", "/cache:uid=10001,gid=0,mode=0775"]
    assert service["volumes"] == ["data:/data"]
    assert service["mem_limit"] == "208m"


def test_what_was_not_seen_is_a_comment_with_its_reason() -> None:
    text = compose_file(PLAN, "shop:1", Seen(read_only=Evidence(Held.NO, "it writes to\n/app/x")))
    assert "read_only" not in yaml.safe_load(text)["services"]["shop"]
    assert "    # read_only: true: it writes to /app/x" in text
    assert "mem_limit" not in text


def test_our_own_rules_find_nothing_worse_than_a_hint() -> None:
    found = examine_compose(compose_file(PLAN, "shop:1", Seen(read_only=YES, no_capabilities=YES, memory=100 << 20)), "compose.yaml", None)
    assert [finding.rule for finding in found if finding.severity != "info"] == []
