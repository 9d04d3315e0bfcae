"""The stream directory."""

from shared.eventlog.directory import StreamDirectory
from shared.eventlog.interface import SHARDS, StreamName
from shared.eventlog.streams import image_stream, index_stream, rules_stream
from tests.support.examples import REGISTRY, digest, image_id
from tests.support.memory_storage import MemoryTable


def test_the_names_of_a_kind_are_listed_and_no_others() -> None:
    directory = StreamDirectory(MemoryTable())
    images = {image_stream(image_id(number)) for number in range(200)}
    others = [index_stream(REGISTRY, digest(1)), rules_stream("sub"), StreamName("image2", ("x", "y"))]
    for name in [*images, *others]:
        directory.add(name)
    assert set(directory.names("image")) == images
    assert list(directory.names("index")) == others[:1]


def test_a_name_that_is_entered_twice_is_listed_once() -> None:
    directory = StreamDirectory(MemoryTable())
    directory.add(rules_stream("sub"))
    directory.add(rules_stream("sub"))
    assert list(directory.names("rules")) == [rules_stream("sub")]


def test_names_are_spread_over_all_partitions() -> None:
    table = MemoryTable()
    directory = StreamDirectory(table)
    for number in range(400):
        directory.add(image_stream(image_id(number)))
    assert len({partition for partition, _ in table.rows}) == SHARDS
