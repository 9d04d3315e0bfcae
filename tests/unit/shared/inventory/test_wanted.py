import pytest

from shared.inventory.readers.apk import read_installed
from shared.inventory.readers.dotnet import read_deps
from shared.inventory.readers.dpkg import read_status, read_status_d
from shared.inventory.readers.java import read_archive, read_pom
from shared.inventory.readers.node import read_package_json
from shared.inventory.readers.os_release import read_os_release
from shared.inventory.readers.ownership import read_list, read_md5sums
from shared.inventory.readers.php import read_installed_json
from shared.inventory.readers.python import read_metadata
from shared.inventory.readers.rpm.database import read_database, read_log
from shared.inventory.readers.ruby import read_gemspec
from shared.inventory.wanted import OS_DATABASES, OS_RELEASES, PRESENT, wanted


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        (b"etc/os-release", read_os_release),
        (b"usr/lib/os-release", read_os_release),
        (b"var/lib/dpkg/status", read_status),
        (b"var/lib/dpkg/status.d/base", read_status_d),
        (b"var/lib/dpkg/status.d/base.md5sums", read_md5sums),
        (b"var/lib/dpkg/info/bash.list", read_list),
        (b"lib/apk/db/installed", read_installed),
        (b"usr/lib/apk/db/installed", read_installed),
        (b"a/x.dist-info/METADATA", read_metadata),
        (b"a/x.egg-info", read_metadata),
        (b"a/x.egg-info/PKG-INFO", read_metadata),
        (b"a/x.egg/EGG-INFO/PKG-INFO", read_metadata),
        (b"node_modules/x/package.json", read_package_json),
        (b"a/node_modules/@s/x/package.json", read_package_json),
        (b"var/lib/rpm/rpmdb.sqlite-wal", read_log),
        (b"app/a-1.0.jar", read_archive),
        (b"a.war", read_archive),
        (b"a.ear", read_archive),
        (b"app/META-INF/maven/g/a/pom.properties", read_pom),
        (b"app/a.deps.json", read_deps),
        (b"usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", read_gemspec),
        (b"usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", read_gemspec),
        (b"app/vendor/composer/installed.json", read_installed_json),
        (b"usr/bin/dpkg", PRESENT),
        (b"bin/busybox", PRESENT),
    ],
)
def test_a_wanted_file_goes_to_its_reader(path: bytes, reader: object) -> None:
    assert wanted(path) is reader


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"package.json",
        b"app/package.json",
        b"node_modules/package.json",
        b"a/node_modules/x/lib/package.json",
        b"a/node_modules/@s/package.json",
        b"a/node_modules/.cache/package.json",
        b"a/my_node_modules/x/package.json",
        b"a/METADATA",
        b"x-1.0/PKG-INFO",
        b"etc/apt/sources.list",
        b"rootfs/var/lib/dpkg/status",
        b"var/lib/dpkg/status-old",
        b"var/lib/dpkg/available",
        b"var/lib/rpm/Name",
        b"var/lib/rpm/Index.db",
        b"var/lib/rpm/rpmdb.sqlite-shm",
        b"opt/bin/sh",
        b"a/jar",
        b"a.jar/b.class",
        b"a/pom.properties",
        b"META-INF/maven/a/pom.properties",
        b"a/deps.json",
        b"gems/rake-13.0.6/rake.gemspec",
        b"specifications/more/rake-13.0.6.gemspec",
        b"vendor/installed.json",
        b"node_modules/a/installed.json",
    ],
)
def test_other_files_are_not_wanted(path: bytes) -> None:
    assert wanted(path) is None


@pytest.mark.parametrize("folder", [b"var/lib/rpm/", b"usr/lib/sysimage/rpm/", b"usr/share/rpm/"])
@pytest.mark.parametrize("name", [b"rpmdb.sqlite", b"Packages", b"Packages.db"])
def test_rpm_databases_are_read_wherever_they_lie(folder: bytes, name: bytes) -> None:
    assert wanted(folder + name) is read_database


def test_every_path_that_is_looked_up_in_an_image_is_read_from_its_layers() -> None:
    assert all(wanted(path.encode()) for path in (*OS_DATABASES, *OS_RELEASES))
