"""Tags and comparisons over HTTP."""

from functions import tags
from shared.domain.findings import FixStatus
from shared.domain.image_health import Health
from tests.support.examples import REGISTRY, deletion, digest, finding, package, pull, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp
from tests.support.triggers import ask

OPENSSL = package("openssl", "3.0.1")
NEWER = package("openssl", "3.0.2")


def biography(**wanted: str) -> list[dict[str, object]]:
    query = "&".join(f"{name}={value}" for name, value in {"registry": REGISTRY, **wanted}.items())
    status, body = ask(tags.list_tags, f"/api/tags?{query}")
    assert status == 200
    return list(body["value"])


def moved(app: MemoryApp) -> str:
    """Let a tag move from image 1 to image 2; return the repository."""
    app.record_push(push("e1", 1, tag="latest"))
    app.work()
    app.record_push(push("e2", 2, minute=5, tag="latest"))
    app.work()
    return app.health(1).repository


def test_the_biography_of_a_tag_tells_what_it_named_newest_first(app: MemoryApp) -> None:
    repository = moved(app)
    now, before = biography(repository=repository, tag="latest")
    assert (now["digest"], now["until"], now["advice"]) == (digest(2), None, "")
    assert (before["digest"], before["until"], before["movedTo"]) == (digest(1), now["since"], digest(2))
    assert before["advice"] == (
        "was `latest` until 2026-11-02, never seen pulled, still pullable by digest: delete it where nobody needs it"
    )


def test_an_old_image_that_is_pulled_says_so_and_one_that_is_deleted_needs_no_advice(app: MemoryApp) -> None:
    repository = moved(app)
    app.read_pull_log.record_pull(pull("p1", 1, 10))
    app.work()
    assert "last pulled 2026-11-02" in str(biography(repository=repository)[1]["advice"])
    app.receive_event.record_deletion(deletion("d1", minute=20))
    app.work()
    old = biography(repository=repository)[1]
    assert (old["deleted"], old["advice"], old["health"]) == (True, "", None)


def test_a_biography_is_told_as_of_a_time_and_of_one_image(app: MemoryApp) -> None:
    app.record_push(push("e1", 1, tag="latest"))
    app.work()
    repository, then = app.health(1).repository, app.world.clock().isoformat().replace("+00:00", "Z")
    app.world.clock.forward(minutes=10)
    app.record_push(push("e2", 2, minute=5, tag="latest"))
    app.work()
    (before,) = biography(repository=repository, asOf=then)
    assert (before["digest"], before["until"], before["health"]) == (digest(1), None, app.health(1).health)
    (old,) = biography(repository=repository, digest=digest(1))
    assert (old["digest"], old["movedTo"]) == (digest(1), digest(2))
    assert biography(repository=repository, asOf="2020-01-01T00:00:00Z") == []


def test_an_image_with_another_tag_is_not_old(app: MemoryApp) -> None:
    app.record_push(push("e0", 1, tag="1.0"))
    repository = moved(app)
    assert [one["advice"] for one in biography(repository=repository)] == ["", "", ""]
    assert biography(repository=repository, tag="1.0")[0]["digest"] == digest(1)
    assert biography(repository="other") == []


def test_what_names_no_repository_is_a_bad_request(app: MemoryApp) -> None:
    for query in ("", f"registry={REGISTRY}", "repository=app", f"registry={REGISTRY}&repository=app&tag=-"):
        assert ask(tags.list_tags, f"/api/tags?{query}")[0] == 400


def compared(older: int, newer: int, query: str = "") -> tuple[int, dict[str, object]]:
    route = {"registry": REGISTRY, "digest": digest(newer), "older": digest(older)}
    return ask(tags.compare_images, f"/x{query}", route=route)


def test_two_images_are_compared_by_flaw_and_package_whatever_the_version(app: MemoryApp) -> None:
    old = [finding("CVE-1", of=OPENSSL), finding("CVE-2", of=OPENSSL)]
    new = [finding("CVE-2", of=NEWER, fix_status=FixStatus.NOT_FIXED), finding("CVE-3", of=NEWER)]
    for number, found in enumerate((old, new), start=1):
        app.world.advisories = MemoryAdvisories(report=report(found))
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    status, body = compared(1, 2)
    assert status == 200
    assert (body["fixedCount"], body["newCount"], body["unchangedCount"]) == (1, 1, 1)
    names = {part: [one["cve"] for one in body[part]] for part in ("fixed", "new", "unchanged")}  # type: ignore[attr-defined]
    assert names == {"fixed": ["CVE-1"], "new": ["CVE-3"], "unchanged": ["CVE-2"]}
    assert body["unchanged"][0]["package"]["version"] == "3.0.2"  # type: ignore[index]
    assert compared(1, 1)[1]["unchangedCount"] == 2
    assert body["leftOpen"] == {"older": "", "newer": ""}


def test_what_looks_fixed_in_an_image_with_gaps_is_said_to_be_uncertain(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1"), finding("CVE-2")]))
    app.record_push(push("e1", 1, tag="v1"))
    app.work()
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-2")], gaps=("no advisories for npm",)))
    app.record_push(push("e2", 2, tag="v2"))
    app.work()
    assert app.health(2).health is Health.UNHEALTHY
    body = compared(1, 2)[1]
    assert (body["fixedCount"], body["leftOpen"]) == (1, {"older": "", "newer": "no advisories for npm"})


def test_what_has_no_answer_is_not_compared(app: MemoryApp) -> None:
    app.world.advisories = MemoryAdvisories(report=report([finding("CVE-1")]))
    app.record_push(push("e1", 1))
    app.work()
    app.world.advisories = None
    app.record_push(push("e2", 2, tag="v2"))
    app.work()
    for older, newer in ((1, 2), (2, 1)):
        status, body = compared(older, newer)
        assert (status, body["error"]["code"]) == (409, "NotComparable")  # type: ignore[index]
    assert compared(1, 3)[0] == 404


def test_an_image_that_nobody_has_advisories_for_has_fixed_nothing(app: MemoryApp) -> None:
    for number, told in enumerate((report([finding("CVE-1")]), report([], ("no advisories for mystery 7",))), start=1):
        app.world.advisories = MemoryAdvisories(report=told)
        app.record_push(push(f"e{number}", number, tag=f"v{number}"))
        app.work()
    status, body = compared(1, 2)
    assert (status, body["error"]["code"]) == (409, "NotComparable")  # type: ignore[index]
    assert "no advisories for mystery 7" in body["error"]["message"]  # type: ignore[index]
