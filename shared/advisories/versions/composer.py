"""Composer's version order for PHP packages: ``v1.2.3-beta2``, ``2.x-dev``, ``20240131``.

Rules: ``VersionParser::normalize`` of composer/semver, then PHP's ``version_compare``. Branches (``dev-main``) have no
place among the versions.
"""

import re

from shared.advisories.versions.encoding import MAX_VERSION, number, require

_MODIFIER = (
    r"[._-]?(?:(?P<stability>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<count>(?:[.-]?[0-9]+)*+))?(?P<dev>[.-]?dev)?"
)
_CLASSIC = re.compile(rf"v?(?P<numbers>[0-9]{{1,5}}(?:\.[0-9]+){{0,3}}){_MODIFIER}", re.ASCII)
_DATE = re.compile(
    rf"v?(?P<numbers>[0-9]{{4}}(?:[.:-]?[0-9]{{2}}){{1,6}}(?:[.:-]?[0-9]{{1,3}}){{0,2}}){_MODIFIER}", re.ASCII
)
_BRANCH = re.compile(r"v?(?P<numbers>[0-9]+(?:\.(?:[0-9]+|[x*])){0,3})[.-]?dev", re.ASCII)
_BUILD = re.compile(r"\+[^\s+]+\Z")
_DIGITS = re.compile(r"[0-9]+")
_FIELDS = 4
_OPEN = "9999999"  # what a branch such as 2.x has in place of the numbers that it leaves open

# What a token sorts as against any other kind, the end of a version among them.
_STABILITIES = {"alpha": 2, "a": 2, "beta": 3, "b": 3, "rc": 4, "patch": 7, "pl": 7, "p": 7}
_DEV, _STOP, _NUMBER = b"\x01", b"\x05", b"\x06"


def sort_key(version: str) -> bytes:
    """Return the key of a Composer version, or raise InvalidVersion."""
    text = version.strip().lower()
    require(len(text) <= MAX_VERSION and text.isascii(), version, "Composer")
    text = _BUILD.sub("", text)
    if parts := _CLASSIC.fullmatch(text):
        return _key(_padded(parts["numbers"], "0"), parts)
    if parts := _DATE.fullmatch(text):
        return _key(_DIGITS.findall(parts["numbers"]), parts)
    parts = _BRANCH.fullmatch(text)
    require(parts, version, "Composer")
    return _numbers_key(_padded(re.sub(r"[x*]", _OPEN, parts["numbers"]), _OPEN)) + _DEV + _STOP if parts else b""


def _padded(numbers: str, filler: str) -> list[str]:
    fields = _DIGITS.findall(numbers)
    return fields + [filler] * (_FIELDS - len(fields))


def _key(numbers: list[str], parts: re.Match[str]) -> bytes:
    key = bytearray(_numbers_key(numbers))
    stability = parts["stability"]
    if stability == "stable":
        return bytes(key) + _STOP
    if stability:
        key.append(_STABILITIES[stability])
        key += _numbers_key(_DIGITS.findall(parts["count"]))
    return bytes(key) + (_DEV if parts["dev"] else b"") + _STOP


def _numbers_key(numbers: list[str]) -> bytes:
    return b"".join(_NUMBER + number(digits) for digits in numbers)
