"""Every target, by name."""

from tests.fuzz.interface import Target
from tests.fuzz.targets import feeds, languages, layers, os_packages, queries, registries, signals

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (os_packages, languages, layers, registries, feeds, queries, signals)
    for target in module.TARGETS
}
