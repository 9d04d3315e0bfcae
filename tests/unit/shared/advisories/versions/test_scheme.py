from itertools import permutations

import pytest

from shared.advisories.intervals import NEVER, including
from shared.advisories.versions.encoding import InvalidVersion
from shared.advisories.versions.scheme import Scheme, sort_key

VERSIONS = {
    Scheme.DEB: ["1", "1.0", "1.0-1", "1.0-1+b1", "1~", "1a", "1:1", "1-1~bpo"],
    Scheme.APK: ["1", "1.0", "1.0-r1", "1.0_git1", "1.0_rc", "1.0_rc1", "1a", "1.0~ab", "1.0~abc"],
    Scheme.RPM: ["1", "1-1", "1-1.el8", "1~", "1^", "1a-1", "1ab-1", "1:1-1"],
    Scheme.PEP440: ["1", "1.1", "1.dev0", "1a1", "1.post1", "1+a", "1+a.b", "1+ab", "1!1"],
    Scheme.SEMVER: ["1", "1.1", "1.1.1.1", "1-a", "1-a.b", "1-ab", "1-1"],
    Scheme.MAVEN: ["1", "1.1", "1-1", "1-ga.1", "1-rc", "1-rc-1", "1-foo", "1-foox", "1-foo-1", "1-sp", "foo1"],
    Scheme.NUGET: ["1", "1.1", "1.1.1.1", "1-a", "1-a.b", "1-ab", "1-1"],
    Scheme.GEM: ["1", "1.1", "1.a", "1.a.0.b", "1.a.1", "1.ab", "1-1"],
    Scheme.COMPOSER: ["1", "1.1", "1-dev", "1-rc", "1-rc1", "1-rc1.1", "1-rc1-dev", "1-p", "1.x-dev", "20240101"],
}


@pytest.mark.parametrize("scheme", Scheme)
def test_every_scheme_orders_numbers_as_numbers(scheme: Scheme) -> None:
    assert sort_key(scheme, "1.9") < sort_key(scheme, "1.10")


@pytest.mark.parametrize("scheme", Scheme)
def test_no_key_is_the_beginning_of_another_so_that_an_interval_can_include_its_last_version(scheme: Scheme) -> None:
    for one, other in permutations(VERSIONS[scheme], 2):
        assert not sort_key(scheme, other).startswith(sort_key(scheme, one)), (one, other)
        if sort_key(scheme, one) < sort_key(scheme, other):
            assert including(sort_key(scheme, one)) < sort_key(scheme, other)


@pytest.mark.parametrize("scheme", Scheme)
def test_every_key_sorts_before_the_end_of_all_versions(scheme: Scheme) -> None:
    assert all(b"" < sort_key(scheme, version) < NEVER for version in VERSIONS[scheme])


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("text", ["\x00", "\n", "1\x00", "\ud800", "1" * 10_000, "~" * 257])
def test_hostile_texts_are_refused_by_every_scheme(scheme: Scheme, text: str) -> None:
    with pytest.raises(InvalidVersion):
        sort_key(scheme, text)
