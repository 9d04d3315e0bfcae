"""The first scan of an image, against the bare cost of pulling it, and against a peer."""

from collections.abc import Iterator

from benchmarks.image_name import ImageName
from benchmarks.interface import Benchmark, Comparison, Subject
from benchmarks.peers.trivy import Trivy
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed


def _compare(bench: Workbench) -> Iterator[Comparison]:
    # Found out before minutes are spent on what comes first.
    trivy = bench.trivy
    for image in bench.images:
        yield _inside(bench, image)
        yield _outside(bench, image, trivy)


def _inside(bench: Workbench, image: ImageName) -> Comparison:
    name = {"image": str(image)}
    verified = Timed("bare, all hashed", "benchmarks.subjects.bare_pull:verified", name)
    bare = Timed("bare", "benchmarks.subjects.bare_pull:half_verified", name)
    scan = Timed("scan", _SCAN, {**name, "advisories": str(bench.advisories)})
    return Comparison(
        f"First scan: {image}, in process",
        (verified, bare, scan),
        (verified.name, bare.name),
        "at most 1.3 times the bare download, sha256 and inflate; all hashed: and sha256 of what was inflated",
    )


def _outside(bench: Workbench, image: ImageName, trivy: Trivy | None) -> Comparison:
    arguments = {"image": str(image), "advisories": str(bench.advisories)}
    scan = Timed("scan", _SCAN, arguments, whole=True)
    peers: tuple[Subject, ...] = (trivy.scan(image),) if trivy else ()
    return Comparison(
        f"First scan: {image}, whole process with its start",
        (scan, *peers),
        (scan.name,),
        "a third of the wall and CPU time of Trivy, half its peak memory",
    )


_SCAN = "benchmarks.subjects.scan:first"
SCAN = Benchmark("scan", "first scan of an image from a registry", _compare)
