"""The support matrix, both columns as a table."""

import pytest

from shared.domain.media_types import DOCKER_MANIFEST, OCI_MANIFEST
from shared.domain.packages import Inventory, Platform
from shared.domain.support import ImageFacts, SupportMatrix, content_gaps, unsupported_content, unsupported_platform
from tests.support.examples import DEBIAN, LINUX, inventory, package

DEFENDER, EXTENDED = SupportMatrix.DEFENDER, SupportMatrix.EXTENDED
GZIP, ZSTD = "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.oci.image.layer.v1.tar+zstd"

PLATFORMS = [
    # what, facts, taken by defender, taken by extended
    ("docker on linux", ImageFacts(LINUX, DOCKER_MANIFEST, (GZIP,)), True, True),
    ("docker on linux, arm", ImageFacts(Platform("linux", "arm64", "v8"), DOCKER_MANIFEST, (GZIP,)), True, True),
    ("oci on linux", ImageFacts(LINUX, OCI_MANIFEST, (GZIP,)), False, True),
    ("zstd layers", ImageFacts(LINUX, DOCKER_MANIFEST, (GZIP, ZSTD)), False, True),
    ("windows", ImageFacts(Platform("windows", "amd64"), DOCKER_MANIFEST, ()), False, False),
    ("no platform", ImageFacts(Platform("", ""), DOCKER_MANIFEST, ()), False, False),
]


@pytest.mark.parametrize("case", PLATFORMS, ids=[case[0] for case in PLATFORMS])
def test_platforms_and_formats(case: tuple[str, ImageFacts, bool, bool]) -> None:
    _, facts, defender, extended = case
    assert (unsupported_platform(facts, DEFENDER) is None) is defender
    assert (unsupported_platform(facts, EXTENDED) is None) is extended


SCRATCH = Inventory(packages=())
CONTENTS = [
    ("a distribution", inventory(), True, True),
    ("without a shell", inventory(has_shell=False), False, True),
    ("without a package manager", inventory(has_package_manager=False), False, True),
    ("distroless", inventory(has_shell=False, has_package_manager=False), False, True),
    ("scratch", SCRATCH, False, False),
    ("scratch with packages", Inventory(packages=(package(),)), False, True),
    ("scratch with an unreadable database", Inventory(packages=(), unreadable=("rpmdb: torn",)), False, True),
    ("a distribution without packages", Inventory(packages=(), distribution=DEBIAN), False, True),
    ("a shell and nothing else", Inventory(packages=(), has_shell=True, has_package_manager=True), False, False),
]


@pytest.mark.parametrize("case", CONTENTS, ids=[case[0] for case in CONTENTS])
def test_contents(case: tuple[str, Inventory, bool, bool]) -> None:
    _, found, defender, extended = case
    assert (unsupported_content(found, DEFENDER) is None) is defender
    assert (unsupported_content(found, EXTENDED) is None) is extended


def test_a_distribution_without_its_package_database_is_a_gap() -> None:
    [gap] = content_gaps(Inventory(packages=(package(purl="pkg:pypi/flask@1"),), distribution=DEBIAN))
    assert gap == "no package database of Debian GNU/Linux 12 (bookworm) found"


@pytest.mark.parametrize(
    "found",
    [
        inventory(),
        inventory(package(purl="pkg:apk/alpine/musl@1")),
        inventory(package(purl="pkg:rpm/rhel/bash@5")),
        Inventory(packages=(package(purl="pkg:pypi/flask@1"),)),
        Inventory(packages=(), distribution=DEBIAN, unreadable=("dpkg: torn",)),
    ],
)
def test_otherwise_the_inventory_leaves_nothing_open(found: Inventory) -> None:
    assert content_gaps(found) == ()
