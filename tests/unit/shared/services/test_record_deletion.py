"""Deletions of images and of indexes."""

from shared.domain.media_types import OCI_INDEX
from shared.domain.registry_activity import RegistryDeletion
from tests.support.examples import at, deletion, digest, push
from tests.support.memory_app import MemoryApp, index_manifest

INDEX = 50


def delete(app: MemoryApp, gone: RegistryDeletion) -> None:
    app.receive_event.record_deletion(gone)


def with_index() -> MemoryApp:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, 1, 2)
    app.record_push(push("e1", INDEX, 1, media_type=OCI_INDEX))
    app.work()
    return app


def tags(app: MemoryApp, number: int) -> tuple[str, ...]:
    return app.state(number).repositories["app"].current_tags


def test_a_deleted_image_is_no_longer_listed_and_keeps_its_charge() -> None:
    app = MemoryApp()
    app.record_push(push("e1"))
    app.work()
    delete(app, deletion("d1", minute=5))
    app.work()
    assert list(app.images.listed()) == []
    assert [charge.digest for charge in app.query_billing.charges("2026-11", None)] == [digest(1)]


def test_a_deletion_that_overtakes_its_push_still_deletes() -> None:
    app = MemoryApp()
    delete(app, deletion("d1", minute=5))
    app.record_push(push("e1", minute=1))
    assert app.state().deleted
    assert app.state().open_scans == {}


def test_the_tags_of_a_deleted_index_leave_its_images_which_stay() -> None:
    app = with_index()
    delete(app, deletion("d1", INDEX, 5))
    assert (tags(app, 1), tags(app, 2)) == ((), ())
    assert not app.state(1).deleted
    assert app.index(INDEX).deleted_at == {"app": at(5)}


def test_the_same_deletion_of_an_index_again_changes_nothing() -> None:
    app = with_index()
    delete(app, deletion("d1", INDEX, 5))
    versions = app.stream(1).version, app.index(INDEX).version
    delete(app, deletion("d1", INDEX, 5))
    assert (app.stream(1).version, app.index(INDEX).version) == versions


def test_a_tag_that_an_image_has_by_itself_survives_the_deletion_of_the_index() -> None:
    app = with_index()
    app.record_push(push("e2", 1, 3, tag="own"))
    delete(app, deletion("d1", INDEX, 5))
    assert tags(app, 1) == ("own",)


def test_a_late_deletion_of_an_index_leaves_the_tag_of_its_later_push() -> None:
    app = with_index()
    app.record_push(push("e2", INDEX, 9, media_type=OCI_INDEX))
    app.work()
    delete(app, deletion("d1", INDEX, 5))
    assert tags(app, 1) == ("v1",)


def test_an_index_that_was_deleted_and_pushed_again_under_another_tag_has_only_that() -> None:
    app = MemoryApp()
    app.world.registry.manifests[digest(INDEX)] = index_manifest(INDEX, 1, 2)
    app.record_push(push("e1", INDEX, 1, media_type=OCI_INDEX, tag="old"))
    delete(app, deletion("d1", INDEX, 2))
    app.record_push(push("e2", INDEX, 3, media_type=OCI_INDEX, tag="new"))
    app.work()  # both scans of the index come only now
    assert (tags(app, 1), tags(app, 2)) == (("new",), ("new",))
    assert app.index(INDEX).open_scans == {}
