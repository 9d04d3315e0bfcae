"""What the package managers of languages leave in an image."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping

from shared.inventory.readers.dotnet import read_deps
from shared.inventory.readers.elf_sections import HEAD, section, unloaded_start
from shared.inventory.readers.go.build_info import BuildInfo
from shared.inventory.readers.go.modules import read_modules
from shared.inventory.readers.java import read_archive, read_pom
from shared.inventory.readers.java_names import of_archive, of_file_name
from shared.inventory.readers.node import read_package_json
from shared.inventory.readers.php import read_installed_json
from shared.inventory.readers.program import read_program
from shared.inventory.readers.python import read_metadata
from shared.inventory.readers.ruby import read_gemspec
from shared.inventory.readers.rust import read_audit, read_crates
from tests.fuzz.interface import Target
from tests.fuzz.properties import check_facts, check_found, check_reader
from tests.support.bodies import PassingBody
from tests.support.go_programs import MODULES, go_program
from tests.unit.shared.inventory.readers.elf_making import LOADED, elf

_METADATA = b"Metadata-Version: 2.1\nName: whole\nVersion: 1.0\nRequires-Dist: other\n\nName: of the description\n"
_PACKAGE_JSON = b'{"name": "@scope/whole", "version": "1.0.0", "dependencies": {"left-pad": "^1"}, "x": [1, null]}'
_DEPS = b'{"libraries": {"A/1.0": {"type": "package"}, "runtimepack.B/2": {"type": "runtimepack"}}}'
_INSTALLED = b'{"packages": [{"name": "a/b", "version": "v1.0"}], "dev": true}'
_GEMSPEC = (
    b'# stub: whole 1.0.0 ruby lib\n\nGem::Specification.new do |s|\n  s.name = %q<whole>\n  s.version = "1.0.0"\n'
)
_POM = b"#Generated\nversion=1.0\ngroupId=com.example\nartifactId=whole\n"
_MANIFEST = (
    b"Manifest-Version: 1.0\r\nImplementation-Title: whole\r\nImplementation-Version: 1\r\n .0\r\n\r\nName: x\r\n"
)
_AUDIT = {
    "packages": [
        {"name": "whole", "version": "1.0.0", "source": "crates.io"},
        {"name": "b", "version": "1", "kind": "build"},
    ]
}
# The smallest program that is looked at has 256 KiB: the parts that are changed are put into one of that size.
_PROGRAM = go_program()
_TEXT = slice(4096, 4096 + 256 * 1024)


def _python(content: bytes) -> None:
    check_reader(read_metadata, "a-1.dist-info/METADATA", content)
    # The first of two headers counts, and nothing behind it may hide it.
    check_found(check_reader(read_metadata, "", b"Name: whole\nVersion: 1\n" + content.lstrip(b" \t\r\n")), "whole")


def _node(content: bytes) -> None:
    check_reader(read_package_json, "node_modules/a/package.json", content)


def _dotnet(content: bytes) -> None:
    check_reader(read_deps, "app.deps.json", content)


def _php(content: bytes) -> None:
    check_reader(read_installed_json, "vendor/composer/installed.json", content)


def _ruby(content: bytes) -> None:
    check_reader(read_gemspec, "specifications/a-1.gemspec", content)
    check_found(check_reader(read_gemspec, "", b"# stub: whole 1 ruby lib\n" + content), "whole")


def _java_archive(content: bytes) -> None:
    check_reader(read_archive, "usr/share/java/whole-1.0.jar", content)


def _java_names(content: bytes) -> None:
    check_reader(read_pom, "META-INF/maven/com.example/whole/pom.properties", content)
    name = content.decode("utf-8", "backslashreplace").replace("/", "")
    assert all(part.isascii() for part in of_file_name(name))
    assert of_archive(name[:4096], content) is not None
    of_archive(content.decode("utf-8", "backslashreplace")[:4096], b"")


def _go(content: bytes) -> None:
    half = len(content) // 2
    head, data = content[:half], content[half:]
    check_facts(read_program(PassingBody(head.ljust(_TEXT.stop, b"\0") + data)))
    changed = _PROGRAM[: _TEXT.stop] + content + _PROGRAM[_TEXT.stop + len(content) :]
    check_facts(read_program(PassingBody(changed, piece=1000)))


def _go_modules(content: bytes) -> None:
    version, _line, modules = content.decode("utf-8", "replace").partition("\n")
    whole = "dep\texample.com/whole\tv1.0.0\th1:a=\n"
    check_facts(read_modules(BuildInfo(version, modules)))
    check_found(check_facts(read_modules(BuildInfo(version, f"{whole}dep\tb\tv1\n{modules}"))), "example.com/whole")


def _rust(content: bytes) -> None:
    check_facts(read_audit(content))
    check_facts(read_audit(zlib.compress(content, 1)))


def _elf(content: bytes) -> None:
    head = content[:HEAD]
    start = unloaded_start(head)
    assert start is None or start >= 0
    for at in {0, LOADED, min(start or 0, len(content))}:
        found = section(head, content[at:], at, b".dep-v0")
        assert found is None or found in content
        check_facts(read_crates(head, content[at:], at))


def _zip(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def _jars() -> list[bytes]:
    plain = {"META-INF/MANIFEST.MF": _MANIFEST, "META-INF/maven/com.example/whole/pom.properties": _POM}
    inner = _zip(plain)
    return [inner, _zip({**plain, "WEB-INF/lib/inner-2.0.jar": inner}), _zip({}), b"#!/bin/sh\n" + inner]


def _programs() -> list[bytes]:
    old = go_program("go1.12", pointed=True)
    return [_PROGRAM[: _TEXT.start] + _PROGRAM[_TEXT.stop :], _PROGRAM[_TEXT.stop :], old[: _TEXT.start]]


TARGETS = (
    Target("python", _python, lambda: [_METADATA]),
    Target("node", _node, lambda: [_PACKAGE_JSON]),
    Target("dotnet", _dotnet, lambda: [_DEPS]),
    Target("php", _php, lambda: [_INSTALLED, b'[{"name": "a/b", "version": "1"}]']),
    Target("ruby", _ruby, lambda: [_GEMSPEC, _GEMSPEC.partition(b"\n")[2]]),
    Target("java-archive", _java_archive, _jars),
    Target(
        "java-names",
        _java_names,
        lambda: [_POM, _MANIFEST, b"log4j-api-2.17.1-rc-1.jar", b"r/.m2/repository/a/b/1/b-1.jar"],
    ),
    Target("go", _go, _programs),
    Target("go-modules", _go_modules, lambda: [b"go1.22.1\n" + MODULES.encode()]),
    Target("rust", _rust, lambda: [json.dumps(_AUDIT).encode(), zlib.compress(json.dumps(_AUDIT).encode())]),
    Target(
        "elf",
        _elf,
        lambda: [elf({b".dep-v0": zlib.compress(json.dumps(_AUDIT).encode())}), elf({}, bits=32, order=">")],
    ),
)
