"""Packages of a Go program: the standard library and the modules. Format: Go, ``runtime/debug.BuildInfo.String``."""

import re
from collections.abc import Iterator

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import Reasons, is_sane
from shared.inventory.readers.go.build_info import BuildInfo

# A build of the Go project has a version such as go1.22, go1.22.1, go1.21rc2 or "go1.22.1 X:boringcrypto".
_RELEASE = re.compile(r"go(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?(?:(rc|beta)(\d{1,5}))?(?![\w.])", re.ASCII)
_WITHOUT_VERSION = ("", "(devel)")


def read_modules(info: BuildInfo) -> FileFacts:
    """Return the standard library (``stdlib``, as the Go advisories call it) and the modules that have a version.

    A module that was built from a folder, as the main one mostly is, has none.
    """
    packages, reasons = [], Reasons()
    for name, version in (*_standard_library(info.version), *_modules(info.modules)):
        if is_sane(name) and is_sane(version):
            packages.append(FoundPackage(kind=PackageKind.GO, name=name, version=version))
        else:
            reasons.append(f"a Go module has a malformed name or version ({name[:60]!a} {version[:60]!a})")
    return FileFacts(packages=tuple(packages), unreadable=str(reasons))


def _standard_library(version: str) -> Iterator[tuple[str, str]]:
    """Yield the standard library with its version as a module's, as ``golang.org/x/vuln`` words it."""
    found = _RELEASE.match(version)
    if found:
        major, minor, patch, stage, number = found.groups()
        yield "stdlib", f"v{major}.{minor}.{patch or 0}" + (f"-{stage}.{number}" if stage else "")


def _modules(text: str) -> Iterator[tuple[str, str]]:
    """Yield the modules, each as its replacement where it has one."""
    module: tuple[str, str] | None = None
    for line in text.split("\n"):
        kind, _tab, rest = line.partition("\t")
        if kind in ("mod", "dep", "=>"):
            if module and kind != "=>" and module[1] not in _WITHOUT_VERSION:
                yield module
            name, _tab, rest = rest.partition("\t")
            module = name, rest.partition("\t")[0]
    if module and module[1] not in _WITHOUT_VERSION:
        yield module
