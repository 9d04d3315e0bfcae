"""Ruby gems: the specification that RubyGems writes for each gem that it installs, read without running any Ruby.

Shapes: ``Gem::Specification#to_ruby`` and ``Gem::StubSpecification`` of RubyGems.
"""

import re

from shared.inventory.interface import FileFacts, FoundPackage, PackageKind
from shared.inventory.readers.fields import is_sane, text_of

_STUB = re.compile(rb"^# stub: ([^\s]+) ([^\s]+) ", re.MULTILINE)
_ATTRIBUTE = re.compile(
    rb"^[ \t]*\w+\.(name|version)[ \t]*=[ \t]*(?:Gem::Version\.new[ \t(]+)?(?:(\"|')([^\"'\\#\n]*)\2|%q<([^>\n]*)>)",
    re.MULTILINE,
)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.-]*")


def read_gemspec(_path: str, content: bytes) -> FileFacts:
    """Read the name and version of one gem, from the line for the loader or else from the assignments."""
    stub = _STUB.search(content)
    if stub:
        name, version = text_of(stub[1]), text_of(stub[2])
    else:
        values = {found[1]: text_of(found[3] or found[4] or b"") for found in _ATTRIBUTE.finditer(content)}
        name, version = values.get(b"name", ""), values.get(b"version", "")
    if not (is_sane(name) and is_sane(version) and _VERSION.fullmatch(version)):
        return FileFacts(unreadable="a gem specification without a plain name and version")
    return FileFacts(packages=(FoundPackage(kind=PackageKind.GEM, name=name, version=version),))
