"""The readers against the real thing: the packages of this machine and of this virtual environment."""

import importlib.metadata
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.inventory.interface import PackageKind
from shared.inventory.merge import merge_layers
from shared.inventory.readers.dpkg import read_status
from shared.inventory.readers.os_release import read_os_release
from tests.unit.shared.inventory.layer_making import file, layer

STATUS = Path("/var/lib/dpkg/status")


def dpkg_query(fields: str) -> set[tuple[str, ...]]:
    answer = subprocess.run(["dpkg-query", "-W", "-f", fields + "\\n"], capture_output=True, text=True, check=True)
    return {tuple(line.split("\t")) for line in answer.stdout.splitlines()}


def test_dpkg_status_agrees_with_dpkg_query() -> None:
    fields = "${Package}\\t${Version}\\t${source:Package}\\t${source:Version}\\t${Architecture}\\t${db:Status-Status}"
    installed = {row[:-1] for row in dpkg_query(fields) if row[-1] == "installed"}

    facts = read_status("var/lib/dpkg/status", STATUS.read_bytes())

    assert installed == {(p.name, p.version, p.source, p.source_version, p.architecture) for p in facts.packages}
    assert len(installed) == len(facts.packages) > 50
    assert facts.unreadable == ""


def test_the_lists_of_dpkg_name_the_owner_that_dpkg_names() -> None:
    installed = sorted(Path("/usr/lib/python3/dist-packages").glob("*.egg-info*"))
    metadata = [path / "PKG-INFO" if path.is_dir() else path for path in installed]
    lists = [file(str(path), path.read_bytes()) for path in Path("/var/lib/dpkg/info").glob("*.list")]
    inventory = merge_layers([layer(*lists, *(file(str(path), path.read_bytes()) for path in metadata))])

    owners = {f"/{package.path}": package.owner for package in inventory.packages if package.owner}
    assert owners == owners_of(metadata)


def test_the_distribution_agrees_with_the_standard_library() -> None:
    found = read_os_release("", Path("/etc/os-release").read_bytes()).distribution
    expected = platform.freedesktop_os_release()
    assert found is not None
    assert (found.id, found.version_id) == (expected["ID"], expected.get("VERSION_ID", ""))
    assert found.name == expected["PRETTY_NAME"]


def test_python_packages_agree_with_importlib() -> None:
    site = Path(pytest.__file__).parents[1]
    expected = {(found.name, found.version) for found in importlib.metadata.distributions(path=[str(site)])}

    entries = [file(str(path), path.read_bytes()) for path in site.glob("*.dist-info/METADATA")]
    packages = merge_layers([layer(*entries)]).packages

    assert {(package.name, package.version) for package in packages} == expected
    assert {package.purl.split("/")[0] for package in packages} == {f"pkg:{PackageKind.PYPI}"}
    assert len(expected) > 20


def test_the_registry_of_the_tests_is_a_program_of_go_that_its_debian_package_owns() -> None:
    program = Path(str(shutil.which("docker-registry"))).resolve()
    lists = Path("/var/lib/dpkg/info/docker-registry.list")
    inventory = merge_layers([layer(file(str(program), program.read_bytes()), file(str(lists), lists.read_bytes()))])
    found = {package.name: package for package in inventory.packages}
    assert re.fullmatch(r"v1\.\d+\.\d+", found["stdlib"].version)
    assert {package.owner for package in inventory.packages} == {"docker-registry"}


def owners_of(paths: list[Path]) -> dict[str, str]:
    """Ask dpkg; it answers ``package[:architecture]: path`` for the paths that it knows."""
    answer = subprocess.run(["dpkg-query", "-S", "/", *map(str, paths)], capture_output=True, text=True, check=False)
    rows = (line.rpartition(": ") for line in answer.stdout.splitlines())
    return {path: owner.partition(":")[0] for owner, _, path in rows if path in set(map(str, paths))}
