"""Several images of one installation, each with its own findings."""

from tests.support.examples import finding, package, push, report
from tests.support.memory_app import MemoryAdvisories, MemoryApp


def fleet(app: MemoryApp, count: int = 5) -> None:
    """Push images; the first has one flaw, the second two, the others those of the second."""
    for number in range(1, count + 1):
        hits = [finding("CVE-1"), finding("CVE-2", of=package("zlib"))][:number]
        app.world.advisories = MemoryAdvisories(report=report(hits))
        app.record_push(push(f"e{number}", number, number, tag=f"v{number}"))
        app.work()
