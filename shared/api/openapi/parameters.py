"""The parameters that routes have in common, with the grammar that is checked when they are read."""

from __future__ import annotations

from shared.api.openapi.interface import Parameter
from shared.api.paging import DEFAULT_TOP, MAX_TOP
from shared.api.parameters import MAX_WORDS
from shared.api.trends import DEFAULT_POINTS, MAX_POINTS
from shared.domain.gate import Leniency
from shared.domain.image_health import Health
from shared.domain.severity import Severity

_DIGEST = "^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$"
_REGISTRY = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?$"
_TAG = "^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$"
_SOME_DIGEST = "sha256:" + "0" * 64

OF_PATHS = {
    one.name: one
    for one in (
        Parameter(
            "registry", "The login server.", {"type": "string", "pattern": _REGISTRY}, "path", "contoso.azurecr.io"
        ),
        Parameter("digest", "The manifest digest.", {"type": "string", "pattern": _DIGEST}, "path", _SOME_DIGEST),
        Parameter("older", "Its digest.", {"type": "string", "pattern": _DIGEST}, "path", _SOME_DIGEST),
        Parameter("scan_id", "The id of a scan.", {"type": "string", "minLength": 1}, "path", "manual-1"),
        Parameter("id", "The id of a rule.", {"type": "string", "minLength": 1}, "path", "rule-1"),
    )
}

AS_OF = Parameter(
    "asOf",
    "A time: the answer as the log knew it then.",
    {"type": "string", "format": "date-time"},
    example="2026-11-22T10:00:00Z",
)
_TOP = {"type": "integer", "minimum": 1, "maximum": MAX_TOP, "default": DEFAULT_TOP}
PAGES = (
    Parameter("top", "How many items a page has at most.", _TOP),
    Parameter("skipToken", "Where the page begins: from the nextLink of the page before.", {"type": "string"}),
)
OF_IMAGES = (
    Parameter("registry", "Only images of this registry.", {"type": "string", "pattern": _REGISTRY}),
    Parameter("repository", "Only images that are in this repository.", {"type": "string", "maxLength": 255}),
    Parameter("health", "Only images of this health.", {"enum": [*Health]}),
)
_WORDS = {"type": "string", "maxLength": MAX_WORDS}
_PROBABILITY = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
OF_FINDINGS = (
    Parameter("cve", "Any name of the flaw: its CVE, its advisory or an alias.", _WORDS, example="CVE-2026-0001"),
    Parameter("package", "The name of the package, or of its source package.", _WORDS, example="openssl"),
    Parameter("version", "The version of that package.", _WORDS),
    Parameter("severity", "Only findings of this severity.", {"enum": [*Severity]}),
    *OF_IMAGES[:2],
    Parameter("digest", "Only findings of this image.", {"type": "string", "pattern": _DIGEST}),
    Parameter("fixable", "Only findings with a fix, or without one.", {"type": "boolean"}),
    Parameter("disabled", "Only findings that a rule disables, or that none does.", {"type": "boolean"}),
    Parameter("exploited", "Only known exploited vulnerabilities, or only others.", {"type": "boolean"}),
    Parameter("epssFrom", "Only findings whose EPSS score is this or higher.", _PROBABILITY),
)
OF_TAGS = (
    Parameter("registry", "The registry.", {"type": "string", "pattern": _REGISTRY}, required=True),
    Parameter("repository", "The repository.", {"type": "string", "maxLength": 255}, required=True),
    Parameter("tag", "Only this tag.", {"type": "string", "pattern": _TAG}),
    Parameter("digest", "Only what named this image.", {"type": "string", "pattern": _DIGEST}),
)
MONTH = Parameter(
    "month",
    "The month; now by default.",
    {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    example="2026-11",
)
OF_OPENVEX = (
    Parameter("registry", "Make rules for this registry only.", {"type": "string", "pattern": _REGISTRY}),
    Parameter("repository", "Make rules for this repository only.", {"type": "string", "maxLength": 255}),
    Parameter("preview", "Only say what would change.", {"type": "boolean", "default": False}),
)
OF_WINDOW = (
    *OF_IMAGES[:2],
    Parameter(
        "from",
        "Where the window begins; 30 days before its end by default.",
        {"type": "string", "format": "date-time"},
        example="2026-10-22T10:00:00Z",
    ),
    Parameter(
        "to",
        "Where the window ends: the answer as the log knew it then; now by default.",
        {"type": "string", "format": "date-time"},
        example="2026-11-22T10:00:00Z",
    ),
)
POINTS = Parameter(
    "points",
    "How many times are told, evenly spaced.",
    {"type": "integer", "minimum": 1, "maximum": MAX_POINTS, "default": DEFAULT_POINTS},
)
TARGET_DAYS = Parameter(
    "targetDays",
    "Days within which findings are to be remediated: for all severities, or for some with commas between.",
    {"type": "string"},
    example="critical:7,high:14",
)
SEVERITY = Parameter("severity", "Only findings of this severity.", {"enum": [*Severity]})
REASON = Parameter("reason", "Why.", {"type": "string"})
SBOM_FORMAT = Parameter("format", "Which format.", {"enum": ["cyclonedx", "spdx"], "default": "cyclonedx"})
_REPEATED = "Names the request: a repeated one asks for the same."
SCAN_REQUEST_ID = Parameter(
    "x-ms-client-request-id",
    _REPEATED,
    {"type": "string", "pattern": _TAG},
    "header",
)
RULE_REQUEST_ID = Parameter("x-ms-client-request-id", _REPEATED, {"type": "string"}, "header")
OF_GATE = (
    Parameter(
        "max",
        "The highest severity that may pass.",
        {"enum": [severity for severity in Severity if severity is not Severity.UNKNOWN], "default": "negligible"},
    ),
    Parameter("fixableOnly", "Leave out findings without a fix.", {"type": "boolean", "default": False}),
    Parameter(
        "failExploited",
        "Let no known exploited vulnerability pass, whatever its severity.",
        {"type": "boolean", "default": False},
    ),
    Parameter("epssFrom", "Let no finding with this EPSS score or a higher one pass.", _PROBABILITY),
    Parameter(
        "allow",
        f"What else may pass, with commas between: {', '.join(Leniency)}.",
        {"type": "string", "pattern": f"^({'|'.join(Leniency)})(,({'|'.join(Leniency)}))*$"},
    ),
)
