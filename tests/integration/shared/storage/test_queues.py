"""A queue of the real storage."""

from base64 import b64encode

import pytest

from shared.storage.account import StorageAccount
from shared.storage.queues import MessageQueue
from tests.support.azurite import Azurite

_TEXT = b'{"stream":"rules|1"}'


@pytest.mark.parametrize("sent", [_TEXT, b64encode(_TEXT)])
def test_what_waits_is_read_whether_its_sender_encoded_it_or_not(azurite: Azurite, sent: bytes) -> None:
    account = StorageAccount(azurite.fresh_account())
    queue = MessageQueue(account, "hints")
    assert queue.depth() == 0  # made at its first use
    account.queues.get_queue_client("hints").send_message(sent.decode())
    assert [one.text for one in queue.peek()] == [_TEXT]
