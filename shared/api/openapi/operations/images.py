"""Images, what is wrong with them, and what to do."""

from shared.api.openapi.bodies import (
    ComparedImages,
    FoundFinding,
    Gate,
    HistoryItem,
    ListedFinding,
    ListedRecommendation,
    OneImage,
    StatedHealth,
    StoppedGate,
    UnreadableImages,
)
from shared.api.openapi.interface import Answer, Operation
from shared.api.openapi.parameters import AS_OF, OF_FINDINGS, OF_GATE, OF_IMAGES, OF_TAGS, PAGES
from shared.domain.image_health import ImageHealth
from shared.domain.recommendations import LeftOut
from shared.projections.findings_index.interface import Unanswered
from shared.services.query_tags import TaggedImage

_ONE = "/api/images/{registry}/{digest}"
_BAD = {400: ("InvalidParameter", "A parameter cannot be used.")}
_NOT_FOUND = {**_BAD, 404: ("ImageNotFound", "No such image is known, or it was deleted.")}
_REASON = "1 open finding of severity above high or unknown"
_STOPPED = {
    "verdict": "failed",
    "reason": _REASON,
    "images": [
        {
            "digest": "sha256:" + "0" * 64,
            "platform": "linux/amd64",
            "verdict": "failed",
            "reason": _REASON,
            "severities": {"critical": 1},
            "findings": [
                {
                    "id": "6f74369b-8be6-5eaf-be29-6c92fcbef2fd",
                    "flaw": "CVE-2026-0001",
                    "package": "openssl",
                    "version": "3.0.11-1",
                    "severity": "critical",
                    "fixedVersion": "3.0.15-1",
                }
            ],
        }
    ],
    "registry": "contoso.azurecr.io",
    "digest": "sha256:" + "0" * 64,
    "max": "high",
    "fixableOnly": False,
    "failExploited": False,
    "epssFrom": None,
    "allow": [],
    "error": {"code": "GateFailed", "message": _REASON},
}

IMAGES = (
    Operation(
        "list_images",
        "get",
        "/api/images",
        "List images with their health, worst first.",
        {200: Answer("The images.", ImageHealth, listed=True, caveat=True)},
        (*OF_IMAGES, AS_OF, *PAGES),
        errors=_BAD,
    ),
    Operation(
        "get_image",
        "get",
        _ONE,
        "Show one image, with the upgrades that close its findings, and its base.",
        {200: Answer("The image.", OneImage, caveat=True)},
        (AS_OF,),
        errors=_NOT_FOUND,
    ),
    Operation(
        "list_findings",
        "get",
        _ONE + "/findings",
        "List the findings of an image, worst first, disabled ones included.",
        {
            200: Answer(
                "The findings. Where there are none, ``image`` says whether that is good news.",
                ListedFinding,
                listed=True,
                besides={"image": StatedHealth},
                caveat=True,
            )
        },
        (AS_OF, *PAGES),
        errors={**_NOT_FOUND, 410: ("ReportNotKept", "The report of that time is no longer kept.")},
    ),
    Operation(
        "find_findings",
        "get",
        "/api/findings",
        "List the findings of all images, worst first, each with its image.",
        {
            200: Answer(
                "The findings. ``unanswered`` counts images that may have more of them, ``unreadable`` names those"
                " whose findings are unknown as their report cannot be read.",
                FoundFinding,
                listed=True,
                besides={"unanswered": Unanswered, "unreadable": UnreadableImages},
                caveat=True,
            )
        },
        (*OF_FINDINGS, AS_OF, *PAGES),
        errors=_BAD,
    ),
    Operation(
        "list_history",
        "get",
        _ONE + "/history",
        "List the events of an image and of the rules that touched it, newest first, with what each changed and why.",
        {200: Answer("The events.", HistoryItem, listed=True, caveat=True)},
        (AS_OF, *PAGES),
        errors={**_BAD, 404: ("ImageNotFound", "Nobody has heard of this image.")},
    ),
    Operation(
        "compare_images",
        "get",
        _ONE + "/compare/{older}",
        "Compare the findings of an image with those of an older one: fixed, new and unchanged.",
        {200: Answer("The findings.", ComparedImages, caveat=True)},
        (AS_OF,),
        errors={
            **_NOT_FOUND,
            409: ("NotComparable", "The findings of one of them are not known."),
            410: ("ReportNotKept", "The report of that time is no longer kept."),
        },
    ),
    Operation(
        "list_tags",
        "get",
        "/api/tags",
        "List what the tags of a repository named and from when to when, newest first.",
        {200: Answer("What they named.", TaggedImage, listed=True, caveat=True)},
        (*OF_TAGS, AS_OF, *PAGES),
        errors=_BAD,
    ),
    Operation(
        "get_gate",
        "get",
        _ONE + "/gate",
        "Say whether a pipeline may go on with an image, or with all images of an index.",
        {
            200: Answer("It may.", Gate, caveat=True),
            409: Answer("It may not.", StoppedGate, example=_STOPPED, caveat=True),
            503: Answer("Ask again.", StoppedGate, headers={"Retry-After": "Seconds to wait."}, caveat=True),
        },
        OF_GATE,
        errors={**_BAD, 403: ("RegistryNotAllowed", "The registry is not watched.")},
    ),
    Operation(
        "list_recommendations",
        "get",
        "/api/recommendations",
        "List what to do, the worst and most exploited first: upgrades, newer bases, and what has no fix.",
        {
            200: Answer(
                "What to do, over all unhealthy images but those ``leftOut``, where there are any.",
                ListedRecommendation,
                listed=True,
                besides={"leftOut": LeftOut},
                caveat=True,
            )
        },
        (*OF_IMAGES[:2], AS_OF, *PAGES),
        errors=_BAD,
    ),
)
