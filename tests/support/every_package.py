"""One layer with a file for every reader there is."""

import json
import zlib

from tests.support.go_programs import go_program
from tests.support.rpm_databases import bdb_database, header, ndb_database, sqlite_database
from tests.unit.shared.inventory.layer_making import file, folder, hard_link, link, manifest, metadata, stanza, tar
from tests.unit.shared.inventory.readers.elf_making import elf
from tests.unit.shared.inventory.readers.zip_making import archive, pom

_AUDIT = zlib.compress(json.dumps({"packages": [{"name": "adler", "version": "1.0.2"}]}).encode())
_CRATES = elf({b".comment": bytes(300_000), b".dep-v0": _AUDIT})
_JAR = archive(pom("org.example", "inner", "1.0"))
_DEPS = {"libraries": {"Newtonsoft.Json/12.0.3": {"type": "package"}}}
_GEMSPEC = 'Gem::Specification.new do |s|\n  s.name = "rake"\n  s.version = "13.0.6"\nend\n'
_INSTALLED = {"packages": [{"name": "symfony/yaml", "version": "v5.4.0"}]}
_STATUS = "var/lib/dpkg/status"

EVERY_PACKAGE = tar(
    file("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Débian"\n'),
    file(_STATUS, stanza("bash", "5.2")),
    file("var/lib/dpkg/info/bash.list", "/app/program\n"),
    file("var/lib/dpkg/status.d/tzdata", stanza("tzdata", "2024a")),
    file("lib/apk/db/installed", "P:musl\nV:1.2\n\n"),
    file("var/lib/rpm/rpmdb.sqlite", sqlite_database([header("glibc", module="m:1:2:3")])),
    file("var/lib/rpm/Packages.db", ndb_database([header("zlib")])),
    file("usr/lib/sysimage/rpm/Packages", bdb_database([header("curl")])),
    file("usr/lib/python3/dist-packages/six-1.16.dist-info/METADATA", metadata("six", "1.16")),
    file("app/node_modules/left-pad/package.json", manifest("left-pad", "1.3.0")),
    file("app/program", go_program()),
    file("app/crates", _CRATES),
    file("app/a.war", archive({**pom("org.example", "outer", "2.0"), "WEB-INF/lib/inner.jar": _JAR})),
    file("app/app.deps.json", json.dumps(_DEPS)),
    file("usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", _GEMSPEC),
    file("app/vendor/composer/installed.json", json.dumps(_INSTALLED)),
    file("app/" + "lång/" * 60 + "node_modules/deep/package.json", manifest("deep", "1.0.0")),
    folder("empty"),
    link("lib64", "lib"),
    hard_link("copy", _STATUS),
)
EVERY_NAME = frozenset(
    {
        *("bash", "tzdata", "musl", "glibc", "zlib", "curl", "six", "left-pad", "deep", "stdlib", "adler", "rake"),
        *("org.example:inner", "org.example:outer", "Newtonsoft.Json", "symfony/yaml"),
    }
)
