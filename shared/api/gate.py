"""The gate for pipelines as the native API takes and shows it: ``curl --fail`` makes an exit status of the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from shared.api.parameters import chosen, probability
from shared.domain.gate import Decision, GatePolicy, GateVerdict, Leniency
from shared.domain.references import ImageId
from shared.domain.severity import Severity

_RETRY_SECONDS = 5

_MOST = {severity.value: severity for severity in Severity if severity is not Severity.UNKNOWN}
_FLAGS = {"true": True, "false": False}
_LENIENCIES = {leniency.value: leniency for leniency in Leniency}
# A client that tries again does so for 503 and not for 409: curl(1), --retry.
_ANSWERS = {
    Decision.PASSED: (200, "", {}),
    Decision.FAILED: (409, "GateFailed", {}),
    Decision.PENDING: (503, "GatePending", {"Retry-After": str(_RETRY_SECONDS)}),
}


class GateAnswer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]


def parse_policy(query: Mapping[str, str]) -> GatePolicy:
    """Read a policy; raise ApiError 400.

    ``max``, ``fixableOnly`` and ``allow`` (words with commas) are strict if missing; ``failExploited`` and ``epssFrom``
    make it stricter.
    """
    words = [word.strip() for word in query.get("allow", "").split(",") if word.strip()]
    return GatePolicy(
        most=chosen("max", query.get("max") or Severity.NEGLIGIBLE, _MOST),
        fixable_only=chosen("fixableOnly", query.get("fixableOnly") or "false", _FLAGS),
        allow=frozenset(chosen("allow", word, _LENIENCIES) for word in words),
        fail_exploited=chosen("failExploited", query.get("failExploited") or "false", _FLAGS),
        epss_from=probability("epssFrom", query.get("epssFrom")),
    )


def gate_answer(image: ImageId, policy: GatePolicy, found: GateVerdict) -> GateAnswer:
    """Give 200 for an image that passes, 409 for one that fails, and 503 with Retry-After where it is too early."""
    status, code, headers = _ANSWERS[found.verdict]
    body = {
        **msgspec.to_builtins(found),
        "registry": image.registry,
        "digest": image.digest,
        "max": policy.most,
        "fixableOnly": policy.fixable_only,
        "failExploited": policy.fail_exploited,
        "epssFrom": policy.epss_from,
        "allow": sorted(policy.allow),
    }
    if code:
        body["error"] = {"code": code, "message": found.reason}
    return GateAnswer(status, headers, body)
