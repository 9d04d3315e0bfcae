"""Which files name packages of a language, by the shape of their paths."""

import re

# Every such path holds one of these: a quick look at a list of thousands of paths, also where apk splits them.
MARKS = (
    *(b"METADATA", b".egg-info", b"EGG-INFO", b"package.json"),
    *(b".jar", b".war", b".ear", b"pom.properties", b".deps.json", b".gemspec", b"installed.json"),
)

_PYTHON = (b".dist-info/METADATA", b".egg-info", b".egg-info/PKG-INFO", b"/EGG-INFO/PKG-INFO")
_NODE = re.compile(rb"(?:\A|/)node_modules/(?:@[^/]+/)?[^@./][^/]*/package\.json\Z")

JAVA_ARCHIVES = (b".jar", b".war", b".ear")
_POM = re.compile(rb"(?:\A|/)META-INF/maven/[^/]+/[^/]+/pom\.properties\Z")
_DOTNET = b".deps.json"
_RUBY = re.compile(rb"(?:\A|/)specifications/(?:default/)?[^/]+\.gemspec\Z")
_PHP = b"/composer/installed.json"


def is_python_file(path: bytes) -> bool:
    """Say whether a path is that of Python metadata: wheel (PEP 427), egg-info file or folder, egg."""
    return path.endswith(_PYTHON)


def is_node_file(path: bytes) -> bool:
    """Say whether a path is the package.json of an installed Node package, scoped or not."""
    return _NODE.search(path) is not None


def is_java_archive(path: bytes) -> bool:
    """Say whether a path is that of a Java archive: of a library, or of a web or enterprise application."""
    return path.endswith(JAVA_ARCHIVES)


def is_pom_file(path: bytes) -> bool:
    """Say whether a path is that of the ``pom.properties`` that Maven puts into what it builds."""
    return _POM.search(path) is not None


def is_dotnet_file(path: bytes) -> bool:
    """Say whether a path is that of the list of what a .NET application depends on."""
    return path.endswith(_DOTNET)


def is_ruby_file(path: bytes) -> bool:
    """Say whether a path is that of the specification of an installed gem."""
    return _RUBY.search(path) is not None


def is_php_file(path: bytes) -> bool:
    """Say whether a path is that of Composer's list of what it installed."""
    return path.endswith(_PHP)


def is_language_file(path: bytes) -> bool:
    """Say whether a path is that of packages of a language."""
    return path.endswith(_BY_ENDING) or is_node_file(path) or is_ruby_file(path) or is_pom_file(path)


_BY_ENDING = (*_PYTHON, *JAVA_ARCHIVES, _DOTNET, _PHP)
