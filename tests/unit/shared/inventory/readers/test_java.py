import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers import java
from shared.inventory.readers.java import read_archive, read_pom
from tests.unit.shared.inventory.readers.zip_making import archive, manifest, pom

CLASS: dict[str, bytes | str] = {"org/a/B.class": b"\xca\xfe\xba\xbe" * 100}


def package(name: str, version: str, inside: str = "") -> FoundPackage:
    return FoundPackage(PackageKind.MAVEN, name, version, inside=inside)


def packages(path: str, content: bytes) -> set[FoundPackage]:
    facts = read_archive(path, content)
    assert facts.unreadable == ""
    assert len(set(facts.packages)) == len(facts.packages)
    return set(facts.packages)


def test_a_maven_archive_names_its_coordinates() -> None:
    content = archive({**manifest(Implementation_Version="9"), **CLASS, **pom("org.a", "b", "1.0")})
    assert packages("lib/b-1.0.jar", content) == {package("org.a:b", "1.0")}
    assert packages("lib/renamed.jar", content) == {package("org.a:b", "1.0")}


def test_an_archive_that_another_tool_built_is_known_by_its_file_name() -> None:
    content = archive({**manifest(Implementation_Title="Spring", Implementation_Version="5.3"), **CLASS})
    assert packages("lib/spring-core-5.3.18.jar", content) == {package("spring-core", "5.3.18")}


def test_an_archive_without_a_version_in_its_file_name_is_known_by_its_manifest() -> None:
    content = archive({**CLASS, **manifest(Implementation_Title="spring-core", Implementation_Version="5.3.18")})
    assert packages("lib/app.jar", content) == {package("spring-core", "5.3.18")}


def test_a_version_that_maven_left_open_is_taken_from_the_manifest() -> None:
    content = archive({**manifest(Implementation_Version="2.1"), **pom("org.a", "b", "${revision}")})
    assert packages("app.jar", content) == {package("org.a:b", "2.1")}


def test_what_was_packed_into_an_archive_is_found_besides_the_archive_itself() -> None:
    content = archive({**pom("org.a", "b", "1.0"), **pom("org.c", "d", "2.0")})
    both = {package("org.a:b", "1.0"), package("org.c:d", "2.0")}
    assert packages("b-1.0.jar", content) == both
    assert packages("app.jar", content) == both
    assert packages("shaded-3.0.jar", content) == both | {package("shaded", "3.0")}


@pytest.mark.parametrize("content", [b"", archive({}), archive(CLASS), archive({"META-INF/MANIFEST.MF": b"\n"})])
def test_an_archive_that_says_nothing_is_no_package(content: bytes) -> None:
    assert read_archive("app.jar", content) == FileFacts()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_inside_an_archive_are_read_and_named_by_their_place(compression: int) -> None:
    library = archive({**CLASS, **pom("org.a", "b", "1.0")})
    web = archive(
        {"WEB-INF/lib/b-1.0.jar": library, "WEB-INF/lib/c-2.0.jar": archive(CLASS), "x.jar": b""}, compression
    )
    enterprise = archive({"web.war": web, "lib/b-1.0.jar": library}, compression)
    assert packages("app.ear", enterprise) == {
        package("org.a:b", "1.0", "lib/b-1.0.jar"),
        package("org.a:b", "1.0", "web.war!/WEB-INF/lib/b-1.0.jar"),
        package("c", "2.0", "web.war!/WEB-INF/lib/c-2.0.jar"),
    }


def test_a_broken_archive_inside_is_named_and_the_others_are_read() -> None:
    content = archive({"lib/x.jar": b"no zip", "lib/y.jar": archive(pom("org.a", "b", "1.0"))})
    facts = read_archive("app.war", content)
    assert facts.unreadable == "lib/x.jar: not a zip archive"
    assert facts.packages == (package("org.a:b", "1.0", "lib/y.jar"),)


def test_archives_are_read_to_a_depth_only() -> None:
    content = archive(pom("org.a", "b", "1.0"))
    for _ in range(3):
        content = archive({"a.jar": content})
    assert packages("a.jar", content) == {package("org.a:b", "1.0", "a.jar!/a.jar!/a.jar")}
    facts = read_archive("a.jar", archive({"a.jar": content}))
    assert facts.unreadable == "a.jar!/a.jar!/a.jar!/a.jar: archives in archives are read 4 deep"


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"a.jar": bytes(100_000), "b-1.0.jar": archive(CLASS)})
    monkeypatch.setattr(java, "_NESTED_BYTES", 99_999)
    facts = read_archive("app.jar", bomb)
    assert facts.unreadable == "a.jar: a.jar has 100000 bytes, 99999 are read"
    assert facts.packages == (package("b", "1.0", "b-1.0.jar"),)


@pytest.mark.parametrize("limit", ["_ALL_BYTES", "_ALL_MEMBERS"])
def test_what_is_read_of_one_file_is_limited_as_a_whole(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    content = archive({f"a-{number}.jar": archive({}) for number in range(10)})
    monkeypatch.setattr(java, limit, 5 if limit == "_ALL_MEMBERS" else 5 * len(archive({})))
    facts = read_archive("app.jar", content)
    assert facts.unreadable.startswith("holds more than ")
    assert len(facts.packages) == 5


def test_a_long_place_is_shortened() -> None:
    content = archive({"a" * 600 + "/b-1.jar": archive(CLASS)})
    (found,) = packages("app.jar", content)
    assert len(found.inside) == 512


def test_the_properties_of_an_unpacked_archive_are_read() -> None:
    path = "app/META-INF/maven/org.a/b/pom.properties"
    assert read_pom(path, b"version=1.0").packages == (package("org.a:b", "1.0"),)
    assert read_pom(path, b"version=${v}").unreadable == "pom.properties without artifact or version"


def test_reasons_of_hostile_length_are_shortened() -> None:
    content = archive({f"{'a' * 60_000}{number}.jar": b"x" for number in range(100)})
    assert len(read_archive("a.jar", content).unreadable) < 700


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read(content: bytes) -> None:
    assert isinstance(read_archive("a.jar", content), FileFacts)
    assert isinstance(read_pom("a", content), FileFacts)


@settings(deadline=None)
@given(st.data())
def test_any_damage_leaves_facts(data: st.DataObject) -> None:
    made = bytearray(archive({"a-1.jar": archive(pom("org.a", "b", "1.0")), **manifest(Bundle_Version="1")}))
    for _ in range(data.draw(st.integers(1, 5))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(read_archive("app.jar", bytes(made)), FileFacts)


def test_many_names_for_one_member_cost_no_more_than_the_budget() -> None:
    inner = archive({f"{number}.class": b"" for number in range(1000)})
    made = archive({"a.jar": inner}, zipfile.ZIP_STORED)
    start = made.rindex(b"PK\x01\x02")
    end = made.rindex(b"PK\x05\x06")
    entries = made[start:end] * 20_000
    size = len(entries).to_bytes(4, "little")
    content = made[:start] + entries + made[end : end + 12] + size + made[end + 16 :]
    begin = time.process_time()
    assert read_archive("app.jar", content).unreadable.startswith("holds more than ")
    assert time.process_time() - begin < 10


def test_the_name_of_an_archive_inside_cannot_steer_a_terminal() -> None:
    facts = read_archive("a.jar", archive({"lib/\x1b[31m\u202e.jar": b"no archive"}))
    assert facts.unreadable == "lib/\ufffd[31m\ufffd.jar: not a zip archive"
