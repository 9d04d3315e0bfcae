"""Python's version order: ``1!2.3rc1.post2.dev3+local.4``.

Rules: the PyPA specification "Version specifiers" (PEP 440), with its normalisations.
"""

import re

from shared.advisories.versions.encoding import END, MAX_VERSION, number, require

_GRAMMAR = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<phase>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre>\d*))?"
    r"(?P<post>-(?P<implicit>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<explicit>\d*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<devnumber>\d*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.ASCII,
)
_SEPARATORS = re.compile(r"[-_.]")
_TRAILING_ZEROS = re.compile(r"(\.0+)+$")

_PHASES = {"a": 2, "alpha": 2, "b": 3, "beta": 3, "c": 4, "rc": 4, "pre": 4, "preview": 4}
_ONLY_DEV, _NO_PHASE = b"\x01", b"\x05"
_NO_POST, _POST = b"\x01", b"\x02"
_DEV, _NO_DEV = b"\x01", b"\x02"
_TEXT, _NUMBER = b"\x01", b"\x02"


def sort_key(version: str) -> bytes:
    """Return the key of a Python version, or raise InvalidVersion."""
    text = version.strip().lower()
    parts = _GRAMMAR.fullmatch(text) if len(text) <= MAX_VERSION else None
    require(parts, version, "Python")
    return _key(parts) if parts else b""


def _key(parts: re.Match[str]) -> bytes:
    release = _TRAILING_ZEROS.sub("", parts["release"])
    key = bytearray(number(parts["epoch"] or "0"))
    for component in release.split("."):
        key += number(component)
    key += END + _phase_key(parts)
    key += _POST + number(parts["implicit"] or parts["explicit"] or "0") if parts["post"] else _NO_POST
    key += _DEV + number(parts["devnumber"]) if parts["dev"] else _NO_DEV
    return bytes(key) + _local_key(parts["local"])


def _phase_key(parts: re.Match[str]) -> bytes:
    if parts["phase"]:
        return bytes((_PHASES[parts["phase"]],)) + number(parts["pre"])
    # A bare development release comes before every pre-release of the same version.
    return _ONLY_DEV if parts["dev"] and not parts["post"] else _NO_PHASE


def _local_key(local: str | None) -> bytes:
    key = bytearray()
    for segment in _SEPARATORS.split(local) if local else ():
        key += _NUMBER + number(segment) if segment.isdecimal() else _TEXT + segment.encode("ascii") + END
    return bytes(key) + END
