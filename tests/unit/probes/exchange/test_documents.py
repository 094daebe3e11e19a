from typing import Any

import pytest

from paredown.probes.exchange.documents import Content, Parameter, is_document, operations, prefix_of
from paredown.probes.exchange.schema import Schemas
from paredown.probes.exchange.trials import trials


def test_operations_of_swagger_2_take_what_those_of_openapi_3_take() -> None:
    swagger = {
        "swagger": "2.0", "basePath": "/v1/",
        "paths": {
            "/files": {
                "post": {
                    "consumes": ["multipart/form-data"],
                    "parameters": [
                        {"name": "file", "in": "formData", "type": "file", "required": True},
                        {"name": "limit", "in": "query", "type": "integer", "minimum": 1},
                    ],
                },
            },
        },
    }  # fmt: skip
    (operation,) = operations(swagger, prefix_of(swagger))
    assert operation.route == "POST /v1/files"
    assert operation.content is not None
    assert (operation.content.media_type, operation.content.required) == ("multipart/form-data", True)
    first = trials(operation, Schemas(swagger), 12)[0]
    assert b'name="file"; filename="text.txt"' in first.body


def test_parameters_of_an_operation_go_before_those_of_its_path() -> None:
    shared = {"name": "a", "in": "query", "schema": {"type": "string"}}
    own = {"name": "a", "in": "query", "required": True, "schema": {"type": "integer"}, "example": 4}
    (operation,) = operations({"openapi": "3.0.3", "paths": {"/": {"parameters": [shared], "get": {"parameters": [own]}}}}, "")
    assert operation.parameters == (Parameter(name="a", place="query", required=True, schema={"type": "integer"}, example=4),)


def test_body_is_of_the_kind_that_a_value_can_be_made_for() -> None:
    kinds = {"application/xml": {}, "application/json": {"schema": {"type": "integer"}, "examples": {"one": {"value": 7}}}}
    (operation,) = operations({"openapi": "3.0.3", "paths": {"/": {"post": {"requestBody": {"content": kinds}}}}}, "")
    assert operation.content == Content(media_type="application/json", required=False, schema={"type": "integer"}, example=7)
    assert trials(operation, Schemas({}), 12)[0].body == b"7"


@pytest.mark.parametrize(
    "paths", [[], {"/": 5}, {"/": {"get": []}}, {"/": {"get": {"parameters": [5, {"in": "query"}, {"name": 5, "in": "path"}]}}}, {"/": {"$ref": "#/no"}}]
)
def test_nonsense_in_a_document_is_passed_over(paths: Any) -> None:
    for operation in operations({"openapi": "3.0.3", "paths": paths}, ""):
        assert operation.parameters == ()


def test_document_is_told_by_its_keys() -> None:
    assert is_document({"openapi": "3.1.0", "paths": {}})
    assert not any(map(is_document, (None, [], {"openapi": "3.1.0"}, {"paths": {}})))
