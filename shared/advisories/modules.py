"""Modules of RPM distributions: the same package built several times, of which one stream is installed at a time.

An erratum for a module speaks of the builds of its streams alone, whatever their versions are, and one without a module
of the ordinary builds alone. OSV has no field for that. The builds show that they are modular by the release
(``1.module_el8.9.0+3729+bee9dd5a``, ``...module+el8...``), and the summary names the streams: ``Important: nodejs:18
security update``. Label of an installed package: the tag ``MODULARITYLABEL`` of rpm, ``name:stream:version:context``.
"""

import re
from collections.abc import Iterable

ORDINARY = ""
"""Belongs to no module."""

UNTOLD = "*"
"""Belongs to a module, but nothing tells to which stream."""

_MAX_SUMMARY = 500
_MODULAR_RELEASE = re.compile(r"\.module[_+]")
_STREAM = re.compile(r"(?<![\w:.+-])([A-Za-z0-9][\w.+-]*:\w[\w.+-]*)(?![\w:+-])", re.ASCII)
_LABEL = re.compile(r"([A-Za-z0-9][\w.+-]*:\w[\w.+-]*)(?::.*)?", re.ASCII)


def advised_modules(builds: Iterable[str], summary: str) -> str | None:
    """Return what an advisory's builds belong to: ORDINARY, UNTOLD or streams (``idm:DL1 idm:client``).

    None without any build: it may speak of all.
    """
    builds = tuple(builds)
    if not builds:
        return None
    if not any(map(_is_modular, builds)):
        return ORDINARY
    # Every build carries the streams: a summary of hostile length names none.
    streams = _STREAM.findall(summary) if len(summary) <= _MAX_SUMMARY else ()
    return " ".join(dict.fromkeys(streams)) or UNTOLD


def installed_module(label: str, version: str) -> str:
    """Return what an installed package belongs to: ORDINARY, UNTOLD or its stream, such as ``nodejs:18``."""
    if label and (found := _LABEL.fullmatch(label)):
        return found[1]
    return UNTOLD if _is_modular(version) else ORDINARY


def concerns(advised: str | None, installed: str) -> bool | str:
    """Say whether an advisory's builds are of the module of an installed package, or why that cannot be told."""
    if advised is None or advised == installed == ORDINARY:
        return True
    if ORDINARY in (advised, installed):
        return False
    if advised == UNTOLD:
        return f"the advisory does not name its module stream, and the package is of {_shown(installed)}"
    if installed == UNTOLD:
        return f"the package does not name its module stream, and the advisory is for {advised}"
    return installed in advised.split(" ")


def _is_modular(build: str) -> bool:
    return ".module" in build and _MODULAR_RELEASE.search(build) is not None


def _shown(installed: str) -> str:
    return "an unnamed one" if installed == UNTOLD else installed
