"""The tags of a deleted index: whoever comes last takes them away."""

from shared.domain import image_index
from shared.domain.events import ImageDeleted
from shared.domain.media_types import OCI_INDEX
from shared.domain.messages import ScanMessage
from shared.eventlog.streams import index_stream
from shared.services.commands import command
from shared.services.untag_index import UntagIndex
from tests.support.examples import REGISTRY, at, digest, push
from tests.support.memory_app import MemoryApp, index_manifest

INDEX = index_stream(REGISTRY, digest(10))


def resolved() -> MemoryApp:
    app = MemoryApp()
    app.world.registry.manifests[digest(10)] = index_manifest(10, 1, 2)
    app.record_push(push("e1", 10, media_type=OCI_INDEX))
    app.work()
    return app


def delete_the_index(app: MemoryApp) -> None:
    told = command("delete-d1", "d1", at=at(1), actor="ci", cause="d1")
    app.transactor.run(INDEX, image_index.fold, told, lambda state: [ImageDeleted("app")])


def test_an_index_that_is_there_keeps_its_tags() -> None:
    app = resolved()
    UntagIndex(app.log, app.transactor)(INDEX)
    app.work()
    assert [app.health(number).tags for number in (1, 2)] == [("v1",), ("v1",)]


def test_a_deletion_whose_worker_died_is_finished_by_whoever_looks_into_the_index_again() -> None:
    app = resolved()
    delete_the_index(app)
    app.run_scan(ScanMessage(str(INDEX), "push-e1"), last_attempt=True)
    app.work()
    assert [app.health(number).tags for number in (1, 2)] == [(), ()]


def test_taking_the_tags_twice_changes_nothing() -> None:
    app = resolved()
    delete_the_index(app)
    UntagIndex(app.log, app.transactor)(INDEX)
    before = app.stream(1)
    UntagIndex(app.log, app.transactor)(INDEX)
    assert app.stream(1) == before
