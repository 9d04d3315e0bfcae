import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.java_names import Coordinates, of_archive, of_file_name, of_pom

POM = b"META-INF/maven/org.a/b/pom.properties"


@pytest.mark.parametrize(
    ("name", "artifact", "version"),
    [
        ("spring-core-5.3.18.jar", "spring-core", "5.3.18"),
        ("lib/guava-31.1-jre.jar", "guava", "31.1-jre"),
        ("log4j-1.2-api-2.17.1.jar", "log4j-1.2-api", "2.17.1"),
        ("netty-transport-native-epoll-4.1.65.Final-linux-x86_64.jar", "netty-transport-native-epoll", "4.1.65.Final"),
        ("bcprov-jdk15on-1.70.jar", "bcprov-jdk15on", "1.70"),
        ("app-0.0.1-SNAPSHOT.jar", "app", "0.0.1-SNAPSHOT"),
        ("app-1.0-20240101.123456-1.jar", "app", "1.0-20240101.123456-1"),
        ("doxia-1.0-alpha-2-sources.jar", "doxia", "1.0-alpha-2"),
        ("org.eclipse.jgit-6.10.0.202406032230-r.jar", "org.eclipse.jgit", "6.10.0.202406032230-r"),
        ("x-1-release-notes.jar", "x", "1-release"),
        ("jsr305-3.0.2.war", "jsr305", "3.0.2"),
        ("catalina.jar", "catalina", ""),
        ("my app.jar", "", ""),
        (".jar", "", ""),
        ("", "", ""),
    ],
)
def test_a_file_name_tells_artifact_and_version(name: str, artifact: str, version: str) -> None:
    assert of_file_name(name) == (artifact, version)


@pytest.mark.parametrize(
    "content",
    [
        b"groupId=org.a\nartifactId=b\nversion=1.0\n",
        b"#comment\r\n version = 1.0 \r\ngroupId:org.a\r\nartifactId=b",
        b"version=1.0",
    ],
)
def test_pom_properties_and_their_path_tell_everything(content: bytes) -> None:
    assert of_pom(POM, content) == Coordinates("org.a", "b", "1.0")
    assert of_pom(POM, content).name == "org.a:b"


@pytest.mark.parametrize("version", [b"${revision}", b"", b"unspecified", b"1 2", b"\xff", b"1" * 600])
def test_a_version_that_was_not_filled_in_is_not_known(version: bytes) -> None:
    assert of_pom(POM, b"version=" + version) == Coordinates("org.a", "b", "")


MANIFEST = (
    b"Manifest-Version: 1.0\r\nImplementation-Title: cata\r\n lina\r\nImplementation-Version: 9.0.50\r\n"
    b"Bundle-Version: 8\r\n\r\nName: x\r\nImplementation-Version: 7\r\n"
)


@pytest.mark.parametrize(
    ("path", "manifest", "expected"),
    [
        ("app.jar", MANIFEST, Coordinates("", "catalina", "9.0.50")),
        ("app.jar", MANIFEST.replace(b"\r\n", b"\n"), Coordinates("", "catalina", "9.0.50")),
        ("app.jar", MANIFEST.replace(b"\r\n ", b"").replace(b"\r\n", b"\r"), Coordinates("", "catalina", "9.0.50")),
        ("app.jar", MANIFEST.replace(b"9.0.50", b"${v}"), Coordinates("", "catalina", "8")),
        ("app.jar", MANIFEST.replace(b": cata", b": Apache Cata"), Coordinates("", "app", "9.0.50")),
        ("coyote-1.0.jar", MANIFEST, Coordinates("", "coyote", "1.0")),
        ("app.jar", b"Manifest-Version: 1.0\n", Coordinates("", "app", "")),
        ("app.jar", b"", Coordinates("", "app", "")),
    ],
)
def test_a_manifest_tells_what_the_file_name_does_not(path: str, manifest: bytes, expected: Coordinates) -> None:
    assert of_archive(path, manifest) == expected
    assert of_archive(path, manifest).name == expected.artifact


@pytest.mark.parametrize(
    "path",
    [
        "root/.m2/repository/org/a/b-c/1.0-x/b-c-1.0-x.jar",
        ".m2/repository/org/a/b-c/1.0-x/b-c-1.0-x-linux.jar",
        "root/.gradle/caches/modules-2/files-2.1/org.a/b-c/1.0-x/6b1f1c2b3c4d5e6f708192a3b4c5d6e7f8091a2b/b-c-1.0-x.jar",
    ],
)
def test_the_folders_of_a_build_tool_tell_the_group(path: str) -> None:
    assert of_archive(path, MANIFEST) == Coordinates("org.a", "b-c", "1.0-x")


def test_other_folders_do_not_tell_the_group() -> None:
    assert of_archive("repository/org/a/b/1.0/b-1.0.jar", b"") == Coordinates("", "b", "1.0")
    assert of_archive(".m2/repository/org/a/b/1.0/c-1.0.jar", b"") == Coordinates("", "c", "1.0")


@given(st.text(), st.binary())
def test_any_text_and_bytes_are_read(path: str, content: bytes) -> None:
    assert isinstance(of_pom(path.encode(errors="replace"), content), Coordinates)
    assert isinstance(of_archive(path.encode(errors="replace").decode(), content), Coordinates)


@pytest.mark.parametrize(
    "stem", ["a-1" + "-rc" * 80 + "!", "-1" * 120 + "!", "a" * 250 + "!", "a-1" + "-rc-1" * 40 + "!", "a-1-" * 60 + "!"]
)
def test_hostile_names_take_no_time(stem: str) -> None:
    start = time.process_time()
    of_file_name(stem + ".jar")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "path", [".m2/repository/" * 270, "files-2.1/" + "a/1/a-1" * 580, ".m2/repository/" + "a/" * 2000]
)
def test_hostile_paths_take_no_time(path: str) -> None:
    start = time.process_time()
    of_archive(path + "x.jar", b"")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "content", [b"\n " * 1_000_000, b"version" * 500_000, b" " * 4_000_000, b"Bundle-Version:" * 300_000]
)
def test_hostile_contents_take_linear_time(content: bytes) -> None:
    start = time.process_time()
    of_pom(POM, content)
    of_archive("a.jar", content)
    assert time.process_time() - start < 5
