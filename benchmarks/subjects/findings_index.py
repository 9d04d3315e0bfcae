"""The index of findings: made from nothing, brought up to date, and asked; and the table that it is made of."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.preparation.fleet import cve, image_number, repository_of
from benchmarks.subjects.timed import Outcome, Timed
from functions.images import list_images
from shared import bootstrap
from shared.bootstrap import App
from shared.domain.finding_criteria import FindingCriteria
from shared.domain.image_health import worst_image_first
from shared.domain.severity import Severity
from shared.services.query_images import ImageFilter
from shared.settings import Settings
from shared.storage.account import load_sdk

_QUESTIONS = 100


def build(storage: str, folder: str, images: str) -> Timed:
    """Time the first question, which makes the index of nothing."""
    app = _app(storage, folder)
    for file in _files(folder):
        file.unlink()

    def timed() -> Outcome:
        count = app.findings_index.count(FindingCriteria())
        size = sum(file.stat().st_size for file in _files(folder))
        return int(images), {"findings": count, "bytes": size}

    return timed


def restart(storage: str, folder: str, images: str) -> Timed:
    """Time the first question of a process that finds an index: it compares all rows."""
    app = _app(storage, folder)

    def timed() -> Outcome:
        return 1, {"findings": app.findings_index.count(FindingCriteria())}

    return timed


def refresh(storage: str, folder: str, images: str, changed: str) -> Timed:
    """Time a question after so many rows were written."""
    app = _app(storage, folder)
    app.findings_index.revision()
    for number in range(int(changed)):
        table = app.generations.live().images
        found = table.get(image_number(number))
        assert found is not None
        table.put(image_number(number), *found)

    def timed() -> Outcome:
        return 1, {"revision": app.findings_index.revision().number}

    return timed


def table(storage: str, folder: str, images: str) -> Timed:
    """Time the list of all images without the index: every row is read, then sorted."""
    app = _app(storage, folder)

    def timed() -> Outcome:
        listed = app.images.listed()
        shown = sorted(listed, key=lambda answer: worst_image_first(answer.health))
        return 1, {"images": len(shown)}

    return timed


def first_page(storage: str, folder: str, images: str) -> Timed:
    """Time ``GET /api/images`` behind its trigger, each time with a look for changes: pages of 100."""
    import azure.functions as func

    app = _app(storage, folder)
    bootstrap._app = app
    request = func.HttpRequest("GET", "https://plimsoll.example/api/images", params={}, body=b"")
    return _asked(app, lambda number: len(list_images(request).get_body()))


def whole_list(storage: str, folder: str, images: str) -> Timed:
    """Time the list of all images as a service gives it."""
    app = _app(storage, folder)
    return _asked(app, lambda number: len(app.query_images.images_matching(ImageFilter(), None)), 5)


def by_cve(storage: str, folder: str, images: str) -> Timed:
    """Time the search for a CVE."""
    return _found(storage, folder, lambda number: FindingCriteria(cve=cve(number, number % 100)))


def by_package(storage: str, folder: str, images: str) -> Timed:
    """Time the search for a package that every image has, the first page of many."""
    return _found(storage, folder, lambda number: FindingCriteria(package=f"package{number % 50}"))


def by_repository(storage: str, folder: str, images: str) -> Timed:
    """Time the search for the critical findings of a repository."""
    return _found(
        storage, folder, lambda number: FindingCriteria(repository=repository_of(number), severity=Severity.CRITICAL)
    )


def worst(storage: str, folder: str, images: str) -> Timed:
    """Time the first page of all findings."""
    return _found(storage, folder, lambda number: FindingCriteria(disabled=False))


def _found(storage: str, folder: str, criteria: Callable[[int], FindingCriteria]) -> Timed:
    app = _app(storage, folder)
    return _asked(app, lambda number: len(app.query_findings(criteria(number), None, most=101).found))


def _asked(app: App, ask: Callable[[int], int], questions: int = _QUESTIONS) -> Timed:
    app.findings_index.revision()
    ask(0)

    def timed() -> Outcome:
        took: list[float] = []
        for number in range(questions):
            began = time.perf_counter()
            found = ask(number)
            took.append(time.perf_counter() - began)
        tail = statistics.quantiles(took, n=20, method="inclusive")[-1]
        return questions, {"found": found, "p95 µs": round(tail * 1e6), "worst µs": round(max(took) * 1e6)}

    return timed


def _app(storage: str, folder: str) -> App:
    load_sdk()
    return App(Settings(storage_connection=storage, cache_dir=folder))


def _files(folder: str) -> list[Path]:
    return list(Path(folder).rglob("*.sqlite*"))
