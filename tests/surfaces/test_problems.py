"""Every error of Kith has a status, and one form for each surface."""

import json

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kith.accounts.errors import ApiKeyMissing
from kith.engine.errors import ImageTooLarge
from kith.errors import AppError, Busy
from kith.people.errors import PersonNotFound
from kith.surfaces.core.errors import CORE_STATUS, detail_response
from kith.surfaces.problems import STATUS, UNKNOWN, problem_of, problem_response
from tests.support.errors import every_error


def request() -> Request:
    scope = {"type": "http", "method": "GET", "path": "/x y", "query_string": b"name=Ana", "headers": []}
    return Request({**scope, "server": ("kith", 80), "scheme": "http", "kith.request_id": "abc"})


class TestStatuses:
    def test_every_error_has_one_and_a_name_of_its_own(self) -> None:
        found = [error for error in every_error() if error.__module__.startswith("kith.")]
        assert len(found) > 40
        for error in found:
            assert error.kind in STATUS, error
            assert error.title != AppError.title, error
        codes = [error.code for error in found]
        assert sorted(codes) == sorted(set(codes))

    def test_core_knows_all_kinds_too(self) -> None:
        assert STATUS.keys() <= CORE_STATUS.keys()

    def test_a_code_wins_over_its_kind(self) -> None:
        assert problem_of(ImageTooLarge("large")).status == 413
        assert problem_of(ImageTooLarge("large"), CORE_STATUS).status == 400


class TestProblem:
    def test_has_the_form_of_rfc_9457(self) -> None:
        answer = problem_response(
            request(), problem_of(PersonNotFound("there is no person 7", status=1, id=7))
        )
        assert answer.status_code == 404
        assert answer.media_type == "application/problem+json"
        assert json.loads(bytes(answer.body)) == {
            "type": "urn:kith:error:person_not_found", "title": "There is no such person", "status": 404,
            "detail": "there is no person 7", "instance": "/x y", "code": "person_not_found",
            "request_id": "abc", "id": 7,
        }  # fmt: skip

    def test_tells_when_to_come_back_and_what_is_missing(self) -> None:
        assert problem_response(request(), problem_of(Busy())).headers["retry-after"] == "1"
        assert (
            "ApiKey" in problem_response(request(), problem_of(ApiKeyMissing())).headers["www-authenticate"]
        )

    def test_says_nothing_of_what_nobody_expected(self) -> None:
        problem = problem_of(ValueError("the password is secret"))
        assert problem is UNKNOWN
        assert "secret" not in str(problem)

    def test_keeps_what_the_framework_says(self) -> None:
        problem = problem_of(HTTPException(405, headers={"allow": "GET"}))
        assert (problem.status, problem.code, problem.headers) == (
            405,
            "method_not_allowed",
            {"allow": "GET"},
        )

    def test_points_at_faults_without_repeating_them(self) -> None:
        errors = [{"loc": ("body", "a/b~c", 3), "msg": "wrong", "type": "int", "input": "secret"}]
        answer = problem_response(request(), problem_of(RequestValidationError(errors)))
        body = json.loads(bytes(answer.body))
        assert (body["status"], body["code"]) == (422, "request_invalid")
        assert body["errors"] == [{"pointer": "/body/a~1b~0c/3", "message": "wrong"}]
        assert "secret" not in str(body)

    @pytest.mark.parametrize("render", [problem_response, detail_response])
    def test_survives_any_text(self, render) -> None:
        errors = [{"loc": ("body", "\udcff"), "msg": "\ud800", "type": "x"}] * 1000
        for error in (PersonNotFound("\ud800\0"), RequestValidationError(errors)):
            body = render(request(), problem_of(error)).body
            assert len(body) < 5000
            json.loads(bytes(body))


class TestDetail:
    def test_is_a_sentence_or_a_list_of_faults(self) -> None:
        answer = detail_response(request(), problem_of(PersonNotFound("there is no person 7")))
        assert json.loads(bytes(answer.body)) == {"detail": "there is no person 7"}
        errors = [{"loc": ("body", "name"), "msg": "wrong", "type": "string_type", "input": 5}]
        answer = detail_response(request(), problem_of(RequestValidationError(errors)))
        assert json.loads(bytes(answer.body)) == {
            "detail": [{"loc": ["body", "name"], "msg": "wrong", "type": "string_type"}]
        }
