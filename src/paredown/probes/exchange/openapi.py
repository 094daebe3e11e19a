"""Requests by the service's own OpenAPI document: reads, creates, reads of what was created, changes, and deletes last."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from paredown.probes.exchange.client import timed_out
from paredown.probes.exchange.described import json_of
from paredown.probes.exchange.documents import Operation, is_document, operations, prefix_of
from paredown.probes.exchange.holes import filled, holes, plain, shape
from paredown.probes.exchange.interface import Answer, Binding, Guide, HttpAnswer, HttpRequest, Known, Request
from paredown.probes.exchange.resources import Resources
from paredown.probes.exchange.schema import Schemas
from paredown.probes.exchange.trials import Trial, text_of, trials
from paredown.result import Skipped

MOST = 400  # requests in all
MOST_OF_ONE = 12  # of one operation
_MOST_PATHS = 12  # whose other methods are tried: that is the framework's business, the same on every path
_MOST_REPEATED = 3  # of what is valid
_USUAL = (
    "/openapi.json", "/api/openapi.json", "/swagger.json", "/api/schema/", "/v1/openapi.json", "/api/v1/openapi.json", "/api/swagger.json",
    "/schema/openapi.json", "/docs/openapi.json", "/openapi/openapi.json", "/apispec_1.json",
)  # fmt: skip
_DOCUMENT = re.compile(r"(openapi|swagger|apispec|schema)[^/]*/?$", re.IGNORECASE)
_ACCEPT = (("Accept", "application/json, application/vnd.oai.openapi+json;q=0.9, */*;q=0.1"),)
_ENDS = re.compile(r"log[-_]?out|sign[-_]?out|shut[-_]?down|revoke|purge|flush|reset|delete[-_]?account", re.IGNORECASE)
_BEGINS = (re.compile(r"register|sign[-_]?up", re.IGNORECASE), re.compile(r"log[-_]?in|sign[-_]?in|token|session|auth", re.IGNORECASE))

Asking = Generator[Request | Known | Skipped, Answer | None, None]


def ask(guide: Guide) -> Asking:
    """What the documents that the service offers tell to ask."""
    documents: list[Mapping[str, Any]] = []
    prefixes: list[str] = []
    candidates = [path for path in _paths(guide.routes) if _DOCUMENT.search(path)]
    for target in (*candidates, *(path for path in _USUAL if path not in candidates)):
        if documents and target not in candidates:
            break
        answer = yield HttpRequest(key=f"GET {target}", method="GET", target=target, headers=_ACCEPT)
        document = json_of(answer)
        if is_document(document):
            documents.append(document)
            prefixes.append(_prefix(document, guide.routes))
    for document, prefix in zip(documents, prefixes, strict=True):
        told = operations(document, prefix)
        for operation in told:
            yield Known(operation.route)
        yield from _Questions(document, told, MOST // len(documents)).ask()


def _paths(routes: Sequence[str]) -> list[str]:
    """The paths that can be read and have no holes."""
    return [path for method, _, path in (route.partition(" ") for route in routes) if method == "GET" and "{" not in path]


def _prefix(document: Mapping[str, Any], routes: Sequence[str]) -> str:
    """The document's own prefix, unless the framework lists the paths without it (then a proxy in front was meant)."""
    prefix = prefix_of(document)
    known = {shape(route.partition(" ")[2]) for route in routes}
    bare = {shape(path) for path in document["paths"]}
    return "" if prefix and bare & known and not {prefix + path for path in bare} & known else prefix


@dataclass(frozen=True, slots=True)
class _Reference:
    """A property or parameter that names something the service holds: what stands for its value, until each run fills it."""

    binding: Binding
    unquoted: bool


class _Questions:
    """The questions by one document; the leading run's answers lead from one to the next."""

    def __init__(self, document: Mapping[str, Any], told: Sequence[Operation], most: int) -> None:
        self._document, self._told, self._most = document, told, most
        self._resources = Resources()
        self._asked = 0
        self._left_out = 0
        deletes = sum(operation.method == "DELETE" for operation in told)
        spare = most - 3 * _MOST_PATHS - 2 * _MOST_REPEATED * deletes - 2 * sum(operation.method == "GET" for operation in told)
        self._most_of_one = min(MOST_OF_ONE, max(2, spare // max(1, len(told))))

    def ask(self) -> Asking:
        ending = [operation for operation in self._told if _ENDS.search(operation.path)]
        usual = [operation for operation in self._told if operation not in ending]
        reads = [operation for operation in usual if operation.method == "GET"]
        flat = [operation for operation in usual if not holes(operation.path)]
        deep = [operation for operation in usual if holes(operation.path) and operation.method != "DELETE"]
        for operation in (
            *(operation for operation in flat if operation.method == "GET"),
            *sorted((operation for operation in flat if operation.method not in ("GET", "DELETE")), key=_beginning),
            *sorted(deep, key=lambda operation: (len(holes(operation.path)), ("GET", "POST", "PUT", "PATCH").index(operation.method))),
        ):
            yield from self._try(operation)
        for operation in reads:
            yield from self._repeat(operation, "after the changes")
        yield from self._other_methods(usual)
        deletes = [operation for operation in usual if operation.method == "DELETE"]
        for operation in sorted(deletes, key=lambda operation: -len(holes(operation.path))):
            yield from self._try(operation)
            yield from self._repeat(operation, "again")
            for read in reads:
                if shape(read.path) == shape(operation.path):
                    yield from self._repeat(read, "after the deletion")
        for operation in ending:
            yield from self._try(operation)
        yield HttpRequest(key="GET a path that is not there", method="GET", target="/paredown/no-such-path")
        if self._left_out:
            reason = f"at most {self._most_of_one} requests are made of an operation and {self._most} in all"
            yield Skipped(what=f"{self._left_out} further requests by the OpenAPI document", reason=reason)

    def _try(self, operation: Operation) -> Asking:
        references = self._references(operation)
        schemas = self._schemas(operation, references)
        possible = trials(operation, schemas, MOST)
        self._left_out += max(0, len(possible) - self._most_of_one)
        for trial in possible[: self._most_of_one]:
            if self._asked >= self._most:
                self._left_out += 1
                continue
            request = self._request(operation, trial, schemas, references)
            self._asked += 1
            answer = yield request
            if not isinstance(answer, HttpAnswer) or _may_never_end(answer, request):
                return
            if trial.valid and 200 <= answer.status < 300:
                self._resources.take(operation.method, operation.path, request.key, json_of(answer))

    def _repeat(self, operation: Operation, when: str) -> Asking:
        """The valid trials once more."""
        references = self._references(operation)
        schemas = self._schemas(operation, references)
        for trial in trials(operation, schemas, _MOST_REPEATED):
            if not trial.valid:
                continue
            if self._asked >= self._most:
                self._left_out += 1
                continue
            self._asked += 1
            yield self._request(operation, replace(trial, label=f"{trial.label}, {when}"), schemas, references)

    def _other_methods(self, told: Sequence[Operation]) -> Asking:
        by_path: dict[str, list[Operation]] = {}
        for operation in told:
            by_path.setdefault(operation.path, []).append(operation)
        for path, own in list(by_path.items())[:_MOST_PATHS]:
            methods = {operation.method for operation in own}
            first = min(own, key=lambda operation: operation.method != "GET")
            request = self._request(first, Trial(label="", path={}, query=(), headers=()), Schemas(self._document), {})
            refused = next((method for method in ("PUT", "DELETE", "PATCH", "POST", "GET") if method not in methods), None)
            for method in (*(("HEAD",) if "GET" in methods else ()), "OPTIONS", *((refused,) if refused else ())):
                self._asked += 1
                yield replace(request, key=f"{method} {plain(path)}, which the document does not list", method=method, route="")

    def _schemas(self, operation: Operation, references: Mapping[str, _Reference]) -> Schemas:
        """What changes a thing says something else than what created it."""
        changes = operation.method in ("PUT", "PATCH") and bool(holes(operation.path))
        return Schemas(self._document, {name: reference.binding.placeholder for name, reference in references.items()}, variant=1 if changes else 0)

    def _references(self, operation: Operation) -> dict[str, _Reference]:
        """The properties of the body and the parameters of the query that name something which is held."""
        schemas = Schemas(self._document)
        told = {one.name: schemas.plain(one.schema) for one in operation.parameters_in("query")}
        if operation.content is not None:
            told |= {name: schemas.plain(node) for name, node in schemas.properties(schemas.plain(operation.content.schema)).items()}
        found = {}
        for name, schema in told.items():
            kind = schema.get("type")
            place = self._resources.refers(name, kind) if kind in ("integer", "string") else None
            if place is not None:
                found[name] = _Reference(Binding(placeholder=f"~of-{name}~", source=place.source, pointer=place.pointer), kind == "integer")
        return found

    def _request(self, operation: Operation, trial: Trial, schemas: Schemas, references: Mapping[str, _Reference]) -> HttpRequest:
        values = {name: quote(value, safe="") for name, value in trial.path.items()}
        parameters = {one.name: one for one in operation.parameters_in("path")}
        bindings = []
        for name, _ in holes(operation.path):
            if name in values:
                continue
            parameter = parameters.get(name)
            schema = schemas.plain(parameter.schema if parameter else {})
            place = self._resources.find(operation.path, name, schema.get("type"))
            if place is not None:
                values[name] = f"~{name}~"
                bindings.append(Binding(placeholder=f"~{name}~", source=place.source, pointer=place.pointer))
            else:
                told = parameter.example if parameter is not None and parameter.example is not None else schemas.value(schema, name=name, variant=0)
                values[name] = quote(text_of(told), safe="/")
        target = filled(operation.path, values) + (f"?{urlencode(trial.query)}" if trial.query else "")
        body = trial.body
        for reference in references.values():
            mark = reference.binding.placeholder
            body = body.replace(f'"{mark}"'.encode(), mark.encode()) if reference.unquoted else body
            bindings += [reference.binding] if mark in target or mark.encode() in body else []
        return HttpRequest(
            key=f"{operation.route}, {trial.label}", method=operation.method, target=target, headers=trial.headers, body=body,
            bindings=tuple(bindings), route=operation.route,
        )  # fmt: skip


def _beginning(operation: Operation) -> int:
    """Who registers, then signs in, can do the rest."""
    return next((place for place, words in enumerate(_BEGINS) if words.search(operation.path)), len(_BEGINS))


def _may_never_end(answer: HttpAnswer, request: HttpRequest) -> bool:
    kinds = [value for name, value in answer.headers if name.lower() == "content-type"]
    return answer.error == timed_out(request.timeout) or any(kind.startswith("text/event-stream") for kind in kinds)
