"""Names of streams."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.references import ImageId
from shared.eventlog.interface import StreamName
from shared.eventlog.streams import image_of, image_stream, index_stream, rules_stream
from tests.support.examples import digest

PARTS = st.text(st.characters(exclude_characters="|", codec="utf-8"))


@given(st.lists(PARTS, min_size=1))
def test_a_name_is_read_back_as_it_was_written(parts: list[str]) -> None:
    name = StreamName("image", tuple(parts))
    assert StreamName.parse(str(name)) == name


def test_an_image_is_named_by_registry_and_digest() -> None:
    about = ImageId("contoso.azurecr.io", digest(1))
    assert str(image_stream(about)) == f"image|contoso.azurecr.io|{digest(1)}"
    assert image_of(image_stream(about)) == about
    assert index_stream(*about) != image_stream(about)
    assert str(rules_stream("sub")) == "rules|sub"
