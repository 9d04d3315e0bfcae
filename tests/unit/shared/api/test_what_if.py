"""The body of a question is read strictly."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shared.api.errors import ApiError
from shared.api.what_if import parse_what_if
from shared.domain.criteria import Criteria
from shared.domain.severity import Severity
from shared.domain.support import SupportMatrix
from shared.domain.suppositions import Supposition
from shared.services.what_if import WhatIfQuestion

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOMETHING = {"unhealthyFrom": "high"}


def parsed(**body: object) -> WhatIfQuestion:
    return parse_what_if(json.dumps(body).encode(), "sam", NOW)


def test_everything_may_be_supposed_together() -> None:
    rule = {"criteria": {"cves": ["CVE-1"]}, "reason": "r"}
    asked = parsed(
        rule=rule,
        without=["a"],
        unhealthyFrom="high",
        supportMatrix="defender",
        advisorySnapshot="s1",
        readers=True,
        registry="contoso.azurecr.io",
        repository="team/app",
        **{"from": "2026-11-01T00:00:00+01:00", "to": "2026-11-20T00:00:00Z"},
    )
    made = asked.supposed.rule
    assert made is not None
    assert (made.criteria, made.author) == (Criteria(("CVE-1",)), "sam")
    assert asked.supposed == Supposition(made, ("a",), Severity.HIGH, SupportMatrix.DEFENDER, "s1", readers=True)
    assert (asked.registry, asked.repository) == ("contoso.azurecr.io", "team/app")
    assert (asked.since, asked.until) == (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "nothing is supposed"),
        ({"registry": "contoso.azurecr.io"}, "nothing is supposed"),
        ({"unhealthyFrom": "hgih"}, "Invalid enum value"),
        ({"supportMatrix": "all"}, "Invalid enum value"),
        ({"thershold": "high"}, "unknown field"),
        ({**SOMETHING, "registry": "../x"}, "registry"),
        ({**SOMETHING, "from": "2026-11-01T00:00:00"}, "from: must have a time zone"),
        ({**SOMETHING, "to": "2026-11-23T00:00:00Z"}, "to: must not lie in the future"),
        ({**SOMETHING, "from": "2026-11-22T13:00:00Z"}, "from: must lie before the end"),
        ({**SOMETHING, "from": "2026-11-10T00:00:00Z", "to": "2026-11-10T00:00:00Z"}, "from: must lie before the end"),
        ({**SOMETHING, "to": "0001-01-01T00:00:00+14:00"}, "to: must be a time from year 1"),
        ({"rule": {"criteria": {"digests": ["x"]}, "reason": "r"}}, "digest"),
        ({"without": ["x"] * 501}, "length <= 500"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(body: dict[str, object], said: str) -> None:
    with pytest.raises(ApiError) as refused:
        parsed(**body)
    assert refused.value.status == 400
    assert said in refused.value.message


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b"{\xff}", b"[" * 100_000])
def test_what_is_no_question_is_refused(body: bytes) -> None:
    with pytest.raises(ApiError, match="what-if"):
        parse_what_if(body, "sam", NOW)
