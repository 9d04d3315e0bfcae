"""Which files of a layer are wanted, and which reader gets their content: the one place that knows the paths."""

from collections.abc import Callable

from shared.inventory.interface import FileFacts, Reader
from shared.inventory.readers.apk import read_installed
from shared.inventory.readers.dotnet import read_deps
from shared.inventory.readers.dpkg import read_status, read_status_d
from shared.inventory.readers.java import read_archive, read_pom
from shared.inventory.readers.language import (
    JAVA_ARCHIVES,
    is_dotnet_file,
    is_java_archive,
    is_node_file,
    is_php_file,
    is_pom_file,
    is_python_file,
    is_ruby_file,
)
from shared.inventory.readers.node import read_package_json
from shared.inventory.readers.os_release import read_os_release
from shared.inventory.readers.ownership import read_list, read_md5sums
from shared.inventory.readers.php import read_installed_json
from shared.inventory.readers.python import read_metadata
from shared.inventory.readers.rpm.database import read_database, read_log
from shared.inventory.readers.ruby import read_gemspec

OS_RELEASES = ("etc/os-release", "usr/lib/os-release")
_PROGRAM_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin")
_SHELLS = ("sh", "bash", "ash", "dash", "busybox")
_PACKAGE_MANAGERS = ("dpkg", "apt", "apt-get", "apk", "rpm", "yum", "dnf", "microdnf", "tdnf", "zypper")
# What the names above may be links to.
_LINK_TARGETS = ("ksh", "mksh", "zsh", "toybox", "dnf-3", "dnf5")
_RPM_FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
_RPM_NAMES = ("rpmdb.sqlite", "Packages", "Packages.db")


def _below(folders: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}" for folder in folders for name in names)


RPM_DATABASES = _below(_RPM_FOLDERS, _RPM_NAMES)
OS_DATABASES = ("var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed", *RPM_DATABASES)
SHELLS = _below(_PROGRAM_FOLDERS, _SHELLS)
PACKAGE_MANAGERS = _below(_PROGRAM_FOLDERS, _PACKAGE_MANAGERS)

PRESENT = FileFacts()
"""The facts of a file of which only its existence matters."""

LISTS = (read_list, read_md5sums)
"""The readers of lists that also name programs."""

_STATUS_D = b"var/lib/dpkg/status.d/"
_INFO = b"var/lib/dpkg/info/"
_ENDINGS = (
    *(b"/METADATA", b"/PKG-INFO", b".egg-info", b"/package.json", b".list"),
    *(*JAVA_ARCHIVES, b"/pom.properties", b".deps.json", b".gemspec", b"/installed.json"),
)
_LANGUAGES: tuple[tuple[Callable[[bytes], bool], Reader], ...] = (
    (is_python_file, read_metadata),
    (is_node_file, read_package_json),
    (is_java_archive, read_archive),
    (is_pom_file, read_pom),
    (is_dotnet_file, read_deps),
    (is_ruby_file, read_gemspec),
    (is_php_file, read_installed_json),
)

ARCHIVES: tuple[Reader, ...] = (read_archive,)
"""The readers of files that may be many and large: each is let go of at once, and left unread if it is too large."""

_BY_PATH: dict[bytes, Reader | FileFacts] = {
    **{path.encode(): read_os_release for path in OS_RELEASES},
    b"var/lib/dpkg/status": read_status,
    b"lib/apk/db/installed": read_installed,
    b"usr/lib/apk/db/installed": read_installed,
    **{path.encode(): read_database for path in RPM_DATABASES},
    **{path.encode(): read_log for path in _below(_RPM_FOLDERS, ("rpmdb.sqlite-wal",))},
    **{path.encode(): PRESENT for path in (*SHELLS, *PACKAGE_MANAGERS, *_below(_PROGRAM_FOLDERS, _LINK_TARGETS))},
}


def wanted(path: bytes) -> Reader | FileFacts | None:
    """Return the reader of a file, or the facts that its mere existence gives, or None for nearly every file."""
    found = _BY_PATH.get(path)
    if found is None and (path.endswith(_ENDINGS) or path.startswith(_STATUS_D)):
        return _by_shape(path)
    return found


def _by_shape(path: bytes) -> Reader | None:
    if path.startswith(_STATUS_D):
        return read_md5sums if path.endswith(b".md5sums") else read_status_d
    if path.endswith(b".list"):
        return read_list if path.startswith(_INFO) else None
    return next((reader for is_one, reader in _LANGUAGES if is_one(path)), None)
