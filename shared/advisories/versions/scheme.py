"""The version schemes by name, and the one function that the rest of the product calls."""

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from shared.advisories.versions import apk, composer, deb, gem, maven, nuget, pep440, rpm, semver


class Scheme(StrEnum):
    """A version order. The values are stored in snapshots."""

    DEB = "deb"
    APK = "apk"
    RPM = "rpm"
    PEP440 = "pep440"
    SEMVER = "semver"
    MAVEN = "maven"
    NUGET = "nuget"
    GEM = "gem"
    COMPOSER = "composer"


_SORT_KEYS: dict[Scheme, Callable[[str], bytes]] = {
    Scheme.DEB: deb.sort_key,
    Scheme.APK: apk.sort_key,
    Scheme.RPM: rpm.sort_key,
    Scheme.PEP440: pep440.sort_key,
    Scheme.SEMVER: semver.sort_key,
    Scheme.MAVEN: maven.sort_key,
    Scheme.NUGET: nuget.sort_key,
    Scheme.GEM: gem.sort_key,
    Scheme.COMPOSER: composer.sort_key,
}


@lru_cache(maxsize=65536)
def sort_key(scheme: Scheme, version: str) -> bytes:
    """Return bytes, never empty, that compare as the versions of the scheme do, or raise InvalidVersion."""
    return _SORT_KEYS[scheme](version)
