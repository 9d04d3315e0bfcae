from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.readers.language import MARKS, is_language_file

parts = st.sampled_from(
    [
        *("a", "x.dist-info", "METADATA", "x.egg-info", "PKG-INFO", "EGG-INFO", "node_modules", "package.json"),
        *("x.jar", "x.war", "x.ear", "META-INF", "maven", "pom.properties", "x.deps.json", "specifications"),
        *("default", "x.gemspec", "composer", "installed.json"),
    ]
)


@given(st.lists(parts).map("/".join))
def test_every_language_file_holds_a_mark(path: str) -> None:
    if is_language_file(path.encode()):
        assert any(mark in path.encode() for mark in MARKS)
