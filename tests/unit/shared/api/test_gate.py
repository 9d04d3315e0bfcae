"""The gate on the wire: what may be asked, and a status for each verdict."""

import pytest

from shared.api.errors import ApiError
from shared.api.gate import gate_answer, parse_policy
from shared.domain.gate import Decision, GatePolicy, GateVerdict, Leniency
from shared.domain.severity import Severity
from tests.support.examples import image_id


def test_what_is_not_asked_for_is_strict() -> None:
    assert parse_policy({}) == GatePolicy(Severity.NEGLIGIBLE, fixable_only=False, allow=frozenset())
    assert parse_policy({"fixableonly": "true", "Max": "critical", "allowed": "unknown"}) == GatePolicy()


def test_everything_can_be_asked_for() -> None:
    query = {"max": "medium", "fixableOnly": "true", "allow": "unknown, not-assessed,,unsupported"}
    assert parse_policy(query) == GatePolicy(Severity.MEDIUM, fixable_only=True, allow=frozenset(Leniency))


@pytest.mark.parametrize("query", [{"max": "unknown"}, {"max": "x"}, {"fixableOnly": "1"}, {"allow": "critical"}])
def test_what_is_not_understood_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ApiError) as caught:
        parse_policy(query)
    assert caught.value.status == 400
    assert next(iter(query)) in caught.value.message


@pytest.mark.parametrize(
    ("decision", "status", "code"),
    [(Decision.PASSED, 200, None), (Decision.FAILED, 409, "GateFailed"), (Decision.PENDING, 503, "GatePending")],
)
def test_a_verdict_has_a_status_and_one_that_stops_is_an_error(
    decision: Decision, status: int, code: str | None
) -> None:
    told = gate_answer(image_id(), GatePolicy(), GateVerdict(decision, "why", ()))
    assert (told.status, "Retry-After" in told.headers) == (status, status == 503)
    assert told.body.get("error") == (None if code is None else {"code": code, "message": "why"})
    assert (told.body["verdict"], told.body["max"]) == (decision, "negligible")
