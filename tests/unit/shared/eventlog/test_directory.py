"""The stream directory."""

from shared.domain.events import ImageDeleted
from shared.eventlog.directory import SHARDS, StreamDirectory
from shared.eventlog.interface import StreamName
from shared.eventlog.memory_log import MemoryEventLog
from shared.eventlog.streams import image_stream, index_stream, rules_stream
from shared.services.commands import command
from tests.support.examples import REGISTRY, START, digest, image_id
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


def test_a_walk_goes_on_behind_any_name() -> None:
    directory, log = StreamDirectory(MemoryTable()), MemoryEventLog(lambda: START)
    for number in range(100):
        name = image_stream(image_id(number))
        directory.add(name)
        log.append(log.load(name), command("c", "x", at=START, actor="a", cause="c"), [ImageDeleted("app")])
    everything = list(directory.names("image"))
    assert everything == list(log.streams("image"))
    for at in (0, 37, 99):
        assert list(directory.names("image", after=everything[at])) == everything[at + 1 :]
        assert list(log.streams("image", after=everything[at])) == everything[at + 1 :]
