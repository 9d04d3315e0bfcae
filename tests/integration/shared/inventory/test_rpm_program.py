"""The reader of rpm databases against rpm itself: what it wrote, and what it reads of what the tests write."""

import subprocess
from pathlib import Path

import pytest

from shared.inventory.readers.rpm.database import read_database, read_log
from tests.support.rpm_databases import bdb_database, header

SPEC = """
Name: tiny
Version: 1.2~rc1
Release: 3.el9
Epoch: 2
Summary: A package of nothing
License: MIT
BuildArch: noarch
%description
Nothing.
%package tool
Summary: A program
Epoch: 0
%description tool
A program.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/python3/site-packages/tiny-1.2.dist-info
echo '#!/bin/sh' >%{buildroot}/usr/bin/tiny
chmod 755 %{buildroot}/usr/bin/tiny
echo 'Name: tiny' >%{buildroot}/usr/lib/python3/site-packages/tiny-1.2.dist-info/METADATA
%files
/usr/lib/python3
%files tool
/usr/bin/tiny
"""
FIELDS = "%{NAME} %|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{MODULARITYLABEL}"


def rpm(folder: Path, backend: str, *arguments: str) -> list[str]:
    command = ["rpm", "--dbpath", str(folder), "--define", f"_db_backend {backend}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def queried(folder: Path, backend: str) -> set[str]:
    return set(rpm(folder, backend, "-qa", "--nodigest", "--nosignature", "--qf", FIELDS + "\\n"))


def found(content: bytes) -> set[str]:
    """Word the packages of a database as the query does."""
    facts = read_database("", content)
    assert facts.unreadable == ""
    return {
        f"{p.name} {p.version if ':' in p.version else f'0:{p.version}'} {p.architecture}"
        f" {p.source}-{p.source_version}.src.rpm {p.module or '(none)'}"
        for p in facts.packages
    }


def test_a_database_that_rpm_wrote_is_read_as_rpm_reads_it(tmp_path: Path) -> None:
    spec, database = tmp_path / "tiny.spec", tmp_path / "db"
    spec.write_text(SPEC)
    definitions = ["--define", f"_topdir {tmp_path}", "--define", "modularitylabel tiny:1:2:3"]
    subprocess.run(["rpmbuild", "--quiet", "-bb", *definitions, str(spec)], capture_output=True, check=True)
    packages = sorted(map(str, tmp_path.glob("RPMS/noarch/*.rpm")))
    rpm(database, "sqlite", "--initdb")
    rpm(database, "sqlite", "-i", "--justdb", "--nodeps", *packages)

    content = (database / "rpmdb.sqlite").read_bytes()
    assert found(content) == queried(database, "sqlite")
    assert "tiny 2:1.2~rc1-3.el9 noarch tiny-1.2~rc1-3.el9.src.rpm tiny:1:2:3" in found(content)
    assert read_log("", (database / "rpmdb.sqlite-wal").read_bytes()).unreadable == ""
    assert read_database("", content).owned == {
        "usr/bin/tiny": "tiny-tool",
        "usr/lib/python3/site-packages/tiny-1.2.dist-info/METADATA": "tiny",
    }


@pytest.mark.parametrize(("page_size", "order"), [(4096, "<"), (512, "<"), (4096, ">")])
def test_a_berkeley_database_of_the_tests_is_read_alike(tmp_path: Path, page_size: int, order: str) -> None:
    files = [(f"/usr/share/doc/file-{number}", 0o100644) for number in range(500)]
    headers = [header("bash"), header("node", epoch=1, module="node:1:2:3"), header("doc", files=files)]
    content = bdb_database(headers, page_size=page_size, order=order)
    (tmp_path / "Packages").write_bytes(content)
    assert found(content) == queried(tmp_path, "bdb_ro")
    assert len(found(content)) == 3
