"""Which files of a layer are wanted, and which reader gets their content: the one place that knows the paths."""

from shared.inventory.interface import FileFacts, Reader
from shared.inventory.readers.apk import read_installed
from shared.inventory.readers.dpkg import read_status, read_status_d
from shared.inventory.readers.language import is_node_file, is_python_file
from shared.inventory.readers.node import read_package_json
from shared.inventory.readers.os_release import read_os_release
from shared.inventory.readers.ownership import read_list, read_md5sums
from shared.inventory.readers.python import read_metadata
from shared.inventory.readers.rpm.database import read_database, read_log

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
_ENDINGS = (b"/METADATA", b"/PKG-INFO", b".egg-info", b"/package.json", b".list")

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
    if is_python_file(path):
        return read_metadata
    return read_package_json if is_node_file(path) else None
