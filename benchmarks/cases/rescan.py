"""How many stored inventories a second are matched again."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison, Subject
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed

_IMAGES = 200


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for image in bench.images:
        inventory = str(bench.known_image(image).inventory)
        arguments = {"inventory": inventory, "advisories": str(bench.advisories), "images": str(_IMAGES)}
        floor = Timed("decode only", f"{_SUBJECTS}:decoded", {"inventory": inventory, "images": str(_IMAGES)})
        ours = (
            Timed("same layers", f"{_SUBJECTS}:same_layers", arguments),
            Timed("own layers", f"{_SUBJECTS}:own_layers", arguments),
            Timed("stored to report", f"{_SUBJECTS}:stored", arguments),
        )
        peers: tuple[Subject, ...] = (bench.trivy.rescan(image),) if bench.trivy else ()
        yield Comparison(
            f"Rescan: stored inventories of {image}, one core",
            (floor, *ours, *peers),
            (ours[0].name,),
            "1,000 images a second matched from memory, 100 times Trivy's SBOM rescans",
            operation="images",
        )


_SUBJECTS = "benchmarks.subjects.rescan"
RESCAN = Benchmark("rescan", "stored inventories matched again, images a second", _compare)
