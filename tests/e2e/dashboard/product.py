"""What the API of a product would answer, from values that a test may change while the page is open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from shared.advisories.signals.interface import SignalFeed
from shared.advisories.states import FeedState
from shared.api.errors import ApiError, not_found
from shared.api.findings import found_body, unreadable_body
from shared.api.images import findings_body, history_body, image_body
from shared.api.paging import PageRequest, page
from shared.api.parameters import image_filter
from shared.api.recommendations import left_out_body, recommendation_body
from shared.api.score import score_body
from shared.api.trends import Trends
from shared.domain.base_advice import ImageBase
from shared.domain.comparison import compare
from shared.domain.exploits import ExploitSignals, NoSignals
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.health_history import HistoryEntry
from shared.domain.image_health import Health, ImageHealth, JudgedFinding
from shared.domain.recommendations import LeftOut, Recommendation
from shared.domain.stored_names import PROJECTIONS_POISON_QUEUE, PROJECTIONS_QUEUE, SCANS_POISON_QUEUE, SCANS_QUEUE
from shared.domain.trends import TrendPoint
from shared.domain.upgrades import Upgrade
from shared.projections.billing import BilledImage
from shared.projections.dead_letters import DeadLetters
from shared.projections.walks import Pass
from shared.services.query_exposure import ExposedImage
from shared.services.query_registries import RegistryAnswer
from shared.services.query_status import QueryStatus
from shared.services.query_tags import TaggedImage
from shared.storage.queues import MessageQueue
from shared.storage.tables import Row, Table
from tests.e2e.dashboard.clocks import Clocks
from tests.e2e.dashboard.plan_desk import PlanDesk, registry_bodies
from tests.e2e.dashboard.rule_desk import RuleDesk

_MONTH = "2026-11"
_QUEUES = (SCANS_QUEUE, SCANS_POISON_QUEUE, PROJECTIONS_QUEUE, PROJECTIONS_POISON_QUEUE)
_NO_LAG = {"oldestHintSeconds": None, "streams": 0, "events": 0, "complete": True}
_SWEEP = {
    "current": None,
    "last": msgspec.to_builtins(
        Pass(datetime(2026, 11, 22, 8, 17, tzinfo=UTC), datetime(2026, 11, 22, 8, 32, tzinfo=UTC), 7)
    ),
}


@dataclass(frozen=True)
class Attachment:
    """An answer that is a file."""

    name: str
    content: bytes

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers with which the API serves files."""
        return {"Content-Disposition": f'attachment; filename="{self.name}"', "Content-Type": "application/json"}


@dataclass(frozen=True)
class _Queue:
    """A queue, without a storage account."""

    name: str
    length: int

    def depth(self) -> int:
        return self.length


class _DeadLetterRows:
    """The rows of the dead letters, without a storage account."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def query(self, *_: object, **__: object) -> list[Row]:
        return self._rows


@dataclass
class Product:
    """The answers. ``key`` is the function key that is asked for; ``broken`` starts the paths that a 503 answers.

    ``as_of`` has the product as it was at a time that a question may ask for; ``left_open`` is what is not known of the
    newer image of a comparison.
    """

    images: list[ImageHealth] = field(default_factory=list)
    findings: dict[str, Sequence[JudgedFinding]] = field(default_factory=dict)
    unreadable: list[tuple[ImageHealth, str]] = field(default_factory=list)
    upgrades: dict[str, Sequence[Upgrade]] = field(default_factory=dict)
    history: dict[str, list[HistoryEntry]] = field(default_factory=dict)
    bases: dict[str, ImageBase] = field(default_factory=dict)
    signals: ExploitSignals = field(default_factory=NoSignals)
    recommendations: list[Recommendation] = field(default_factory=list)
    passed_over: LeftOut | None = None
    tags: list[TaggedImage] = field(default_factory=list)
    charges: list[BilledImage] = field(default_factory=list)
    desk: RuleDesk = field(default_factory=RuleDesk)
    plans: PlanDesk = field(default_factory=PlanDesk)
    registries: list[RegistryAnswer] = field(default_factory=list)
    clocks: Clocks = field(default_factory=Clocks)
    feeds: list[FeedState] = field(default_factory=list)
    left_open: str = ""
    dead_letters: list[Row] = field(default_factory=list)
    trend: list[TrendPoint] = field(default_factory=list)
    queues: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_QUEUES, 0))
    notices: dict[str, Any] = field(default_factory=dict)
    signal_feeds: list[SignalFeed] = field(default_factory=list)
    lag: dict[str, Any] = field(default_factory=lambda: dict(_NO_LAG))
    key: str | None = None
    broken: str | None = None
    page_size: int = 1000
    as_of: dict[str, "Product"] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str, key: str | None, method: str = "GET", body: bytes = b"") -> Any:
        """Return the body for a path with its query, or raise ApiError."""
        self.asked.append(target)
        if self.key is not None and key != self.key:
            raise ApiError(401, "Unauthorized", "the key is missing or wrong")
        if self.broken is not None and target.startswith(self.broken):
            raise ApiError(503, "Unavailable", "the storage account does not answer")
        return self._answer(target, method, body)

    def _answer(self, target: str, method: str, body: bytes) -> Any:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if (then := self.as_of.get(query.get("asOf", ""))) is not None:
            return then._answer(target, method, body)
        if parts.path.startswith("/api/rules"):
            found = self.desk.answer(method, parts.path.split("/")[3:], body, query)
            return self._page(target, query, found) if isinstance(found, list) else found
        match [unquote(part) for part in parts.path.split("/")[2:]]:
            case ["images"]:
                return self._page(target, query, [image_body(one) for one in self._listed(query)])
            case ["images", _, digest, *rest]:
                return self._about_image(target, query, digest, rest)
            case ["plan"]:
                return self.plans.answer(method, body)
            case ["billing" | "status" | "score" | "trends" | "exposure" as whole]:
                return self._about_all(whole, query)
            case ["findings"]:
                return {**self._page(target, query, self._found(query)), **unreadable_body(self.unreadable)}
            case ["recommendations"]:
                return {**self._page(target, query, self._recommended(query)), **left_out_body(self.passed_over)}
            case ["tags" | "registries" as listed]:
                return self._page(target, query, self._list(listed, query))
            case _:
                raise not_found("RouteNotFound", f"nothing is at {parts.path}")

    def _about_all(self, what: str, query: dict[str, str]) -> Any:
        match what:
            case "billing":
                return self._bill(query.get("month", _MONTH))
            case "status":
                return self._status()
            case "score":
                return score_body(self._listed(query))
            case "exposure":
                return self.clocks.exposure(query)
            case _:
                return msgspec.to_builtins(Trends(self.trend))

    def _list(self, what: str, query: dict[str, str]) -> list[Any]:
        return list(msgspec.to_builtins(self._tagged(query))) if what == "tags" else registry_bodies(self.registries)

    def _listed(self, query: dict[str, str]) -> list[ImageHealth]:
        wanted = image_filter(query)
        return [one for one in self.images if wanted.holds(one)]

    def _about_image(self, target: str, query: dict[str, str], digest: str, rest: list[str]) -> Any:
        if rest == ["history"]:
            return self._page(target, query, history_body(self.history.get(digest, [])))
        found = [one for one in self.images if one.digest == digest]
        if rest == ["exposure"]:
            told = msgspec.to_builtins(self.clocks.of_image.get(digest, []))
            image = ExposedImage(found[0].health if found else None, self.clocks.untold)
            return {**self._page(target, query, told), "image": msgspec.to_builtins(image)}
        if not found:
            raise not_found("ImageNotFound", "this image was deleted or is no image; its history remains")
        match rest:
            case ["sbom" | "sarif" | "findings.csv" as kind]:
                return self._export(found[0], kind, query)
            case ["compare", older]:
                return self._compared(digest, older)
        if rest == ["findings"]:
            return self._page(target, query, findings_body(self.findings.get(digest, ()), self.signals))
        todo = {"upgrades": self.upgrades.get(digest, ()), "base": self.bases.get(digest)}
        return {**image_body(found[0]), **msgspec.to_builtins(todo)}

    def _recommended(self, query: dict[str, str]) -> list[Any]:
        wanted = query.get("repository")
        near = (one for one in self.recommendations if not wanted or any(wanted == on.repository for on in one.images))
        return [recommendation_body(one) for one in near]

    def _export(self, image: ImageHealth, kind: str, query: dict[str, str]) -> Attachment:
        if image.health is Health.UNSUPPORTED:
            raise ApiError(409, "NotScanned", "no scan of this image ended with an answer")
        ending = {"sarif": "sarif", "findings.csv": "csv"}.get(kind) or f"{query['format']}.json"
        return Attachment(f"{image.digest.replace(':', '-')}.{ending}", f"{kind} of {image.digest}".encode())

    def _compared(self, newer: str, older: str) -> dict[str, Any]:
        found = compare(self.findings.get(older, ()), self.findings.get(newer, ()))
        parts = {"fixed": found.fixed, "new": found.new, "unchanged": found.unchanged}
        counts = {f"{name}Count": len(part) for name, part in parts.items()}
        known = {"older": "", "newer": self.left_open}
        return {**counts, "leftOpen": known, **{name: findings_body(part) for name, part in parts.items()}}

    def _tagged(self, query: dict[str, str]) -> list[TaggedImage]:
        wanted = [(name, query[name]) for name in ("registry", "repository", "tag") if name in query]
        return [one for one in self.tags if all(getattr(one, name) == value for name, value in wanted)]

    def _found(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wanted = FindingCriteria(cve=query.get("cve"), package=query.get("package"), version=query.get("version"))
        pairs = ((image, one) for image in self.images for one in self.findings.get(image.digest, ()))
        return [found_body(image, one) for image, one in pairs if wanted.hold(image, one)]

    def _page(self, target: str, query: dict[str, str], items: list[Any]) -> dict[str, Any]:
        # Behind a proxy the host of a nextLink may be one that the browser cannot reach.
        url = f"https://inside.example{target}"
        top = str(min(int(query["top"]), self.page_size))
        numbered = list(enumerate(items))
        found = page(numbered, lambda item: (item[0],), PageRequest.parse(top, query.get("skipToken"), url))
        return {**found, "value": [one for _, one in found["value"]]}

    def _bill(self, month: str) -> dict[str, Any]:
        charges = [one for one in self.charges if one.time.strftime("%Y-%m") == month]
        return {"month": month, "total": len(charges), "charges": msgspec.to_builtins(charges)}

    def _status(self) -> dict[str, Any]:
        feeds = {
            "snapshot": "5f2c0e9d7a1b4c38",
            "publishedAt": "2026-11-22T09:35:00Z",
            "size": 61_341_696,
            "records": sum(feed.records for feed in self.feeds),
            "feeds": msgspec.to_builtins(self.feeds),
        }
        letters = DeadLetters(cast(Table, _DeadLetterRows(self.dead_letters)))
        projections: dict[str, Any] = {"live": 1, "building": None, "kept": [], "lag": self.lag, "sweep": _SWEEP}
        return QueryStatus(
            queues=tuple(cast(MessageQueue, _Queue(name, depth)) for name, depth in self.queues.items()),
            dead_letters=letters,
            feeds=lambda: feeds,
            projections=lambda: projections,
            versions={"reader": "12", "projection": "7"},
            notices=lambda: self.notices,
            watching=lambda: {"plan": self.plans.answer("GET", b"")},
            signals=lambda: {"snapshot": None, "since": None, "feeds": msgspec.to_builtins(self.signal_feeds)},
        )()
