"""Which files name a Python or Node package, by the shape of their paths."""

import re

# Every such path holds one of these: a quick look at a list of thousands of paths, also where apk splits them.
MARKS = (b"METADATA", b".egg-info", b"EGG-INFO", b"package.json")

_PYTHON = (b".dist-info/METADATA", b".egg-info", b".egg-info/PKG-INFO", b"/EGG-INFO/PKG-INFO")
_NODE = re.compile(rb"(?:\A|/)node_modules/(?:@[^/]+/)?[^@./][^/]*/package\.json\Z")


def is_python_file(path: bytes) -> bool:
    """Say whether a path is that of Python metadata: wheel (PEP 427), egg-info file or folder, egg."""
    return path.endswith(_PYTHON)


def is_node_file(path: bytes) -> bool:
    """Say whether a path is the package.json of an installed Node package, scoped or not."""
    return _NODE.search(path) is not None


def is_language_file(path: bytes) -> bool:
    """Say whether a path is that of a Python or Node package."""
    return is_python_file(path) or is_node_file(path)
