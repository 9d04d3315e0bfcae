import msgspec
import pytest

from shared.advisories.details import details_of, is_cve, is_flaw
from shared.advisories.osv import Record
from shared.advisories.schema import Details
from tests.unit.shared.advisories.osv_samples import record


def _record(name: str, **more: object) -> Record:
    return msgspec.convert(record(name, **more), Record)


def _details(name: str, **more: object) -> Details:
    return details_of(_record(name, **more))


def test_aliases_are_names_of_the_flaw() -> None:
    assert _details("GHSA-1", aliases=["CVE-2024-1000"]).names == ("GHSA-1", "CVE-2024-1000")


@pytest.mark.parametrize("name", ["DEBIAN-CVE-2024-1000", "ALPINE-CVE-2024-1000", "UBUNTU-CVE-2024-1000"])
def test_the_cve_in_a_name_and_in_upstream_is_the_same_flaw(name: str) -> None:
    assert _details(name).names == (name, "CVE-2024-1000")
    assert _details(name, upstream=["CVE-2024-1000"]).names == (name, "CVE-2024-1000")


def test_a_single_upstream_is_the_same_flaw() -> None:
    assert _details("DSA-1", upstream=["CVE-2024-1000"]).names == ("DSA-1", "CVE-2024-1000")


def test_an_erratum_of_several_flaws_covers_them_and_is_none_of_them() -> None:
    found = _details("DSA-1", upstream=["CVE-2024-1000", "CVE-2024-1001"])
    assert found.names == ("DSA-1",)
    assert found.covers == ("CVE-2024-1000", "CVE-2024-1001")


def test_an_erratum_without_upstream_covers_its_related_cves() -> None:
    found = _details("ALSA-2024:1", related=["CVE-2024-1000", "CVE-2024-1001", "GHSA-1"])
    assert found.covers == ("CVE-2024-1000", "CVE-2024-1001")


def test_what_is_related_to_a_flaw_with_aliases_is_another_flaw() -> None:
    found = _details("PYSEC-1", aliases=["CVE-2024-1000"], related=["CVE-2024-1001"])
    assert found.names == ("PYSEC-1", "CVE-2024-1000")
    assert found.covers == ()


def test_what_is_related_to_a_flaw_of_a_language_is_another_flaw() -> None:
    # PYSEC-2023-175 is such a record: a library within the package has flaws of its own.
    affected = [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]}]
    found = _details("PYSEC-1", related=["CVE-2024-1000", "CVE-2024-1001"], affected=affected)
    assert (found.names, found.covers) == (("PYSEC-1",), ())


def test_withdrawn_records_and_bug_fixes_are_no_flaws() -> None:
    assert is_flaw(_record("X-1"))
    assert not is_flaw(_record("X-1", withdrawn="2024-01-01T00:00:00Z"))
    assert not is_flaw(_record("ALBA-2024:1"))
    assert not is_flaw(_record("ALEA-2024:1", related=["ALSA-2024:2"]))


@pytest.mark.parametrize("field", ["related", "upstream", "aliases"])
def test_a_bug_fix_that_names_a_cve_is_one_of_a_flaw(field: str) -> None:
    assert is_flaw(_record("ALBA-2019:3693", **{field: ["CVE-2018-18074"]}))


def test_aliases_and_upstream_of_an_erratum_are_all_covered() -> None:
    found = _details("RLSA-1", aliases=["CVE-2024-1000", "RHSA-1"], upstream=["CVE-2024-1001", "CVE-2024-1002"])
    assert found.names == ("RLSA-1", "RHSA-1")
    assert found.covers == ("CVE-2024-1000", "CVE-2024-1001", "CVE-2024-1002")


def test_the_title_is_one_line_of_bounded_length() -> None:
    assert _details("X-1", summary="  Short \n more").title == "Short"
    assert _details("X-1", details="First line\nsecond").title == "First line"
    assert len(_details("X-1", summary="x" * 5000).title) == 200
    assert _details("X-1").title == ""


def test_only_web_addresses_are_references_and_not_too_many() -> None:
    urls = ["https://example.org/a", "javascript:alert(1)", "http://example.org/b c", "https://example.org/a"]
    assert _details("X-1", references=[{"url": url} for url in urls]).references == ("https://example.org/a",)
    many = [{"type": "WEB", "url": f"https://example.org/{number}"} for number in range(100)]
    assert len(_details("X-1", references=many).references) == 12


@pytest.mark.parametrize("name", ["CVE-2024-1000", "CVE-1999-0001", "CVE-2024-1234567"])
def test_cve_ids_are_recognised(name: str) -> None:
    assert is_cve(name)


@pytest.mark.parametrize("name", ["", "CVE-2024-1", "cve-2024-1000", "DEBIAN-CVE-2024-1000", "CVE-2024-1000\n"])
def test_other_names_are_no_cve_ids(name: str) -> None:
    assert not is_cve(name)
