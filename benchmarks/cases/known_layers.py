"""The scan of an image whose layers are all known: only its manifest and configuration are pulled."""

from collections.abc import Iterator

from benchmarks.interface import Benchmark, Comparison
from benchmarks.preparation.workbench import Workbench
from benchmarks.processes import Timed


def _compare(bench: Workbench) -> Iterator[Comparison]:
    for image in bench.images:
        layers = str(bench.known_image(image).layers)
        arguments = {"image": str(image), "advisories": str(bench.advisories), "layers": layers}
        bare = Timed("two requests", "benchmarks.subjects.bare_pull:documents", {"image": str(image)})
        yield Comparison(
            f"Known layers: {image}",
            (
                bare,
                Timed("scan", "benchmarks.subjects.scan:known", arguments),
                Timed("scan, warm worker", "benchmarks.subjects.scan:known_again", arguments),
            ),
            (bare.name,),
            "under 100 ms",
        )


KNOWN_LAYERS = Benchmark("known-layers", "scan of an image whose layers are all in the cache", _compare)
