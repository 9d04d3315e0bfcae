"""Texts of queue messages: how functions get and send them.

The rules for outputs are those of the storage extension: a text that is a JSON array becomes one message for each
element, and JSON is written indented. No app should depend on the bytes.
"""

import base64
import binascii

import msgspec
from azure.storage.queue import QueueMessage

from local.host.wire import Binary, Json, Text, Value


class UnreadableMessage(Exception):
    """A message is not Base64, although ``queues.messageEncoding`` says so."""


def body_of(text: str, is_base64: bool) -> Value:
    """Decode the text of a message: a string if it is UTF-8, else bytes; raises ``UnreadableMessage``."""
    if not is_base64:
        return Text(text)
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableMessage(f"it is not Base64: {error}") from error
    try:
        return Text(content.decode())
    except UnicodeDecodeError:
        return Binary(content)


def texts_of(value: Value, is_base64: bool) -> list[str]:
    """Return the texts of the messages that a function sends with one output."""
    contents: list[str | bytes] = [value.content] if isinstance(value, Binary) else _split(value.content)
    encoded = (content if isinstance(content, bytes) else content.encode() for content in contents)
    return [base64.b64encode(content).decode() if is_base64 else content.decode() for content in encoded]


def _split(text: str) -> list[str | bytes]:
    try:
        parsed = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return [text]
    if isinstance(parsed, list):
        return [element if isinstance(element, str) else _indented(element) for element in parsed]
    return [_indented(parsed)] if isinstance(parsed, dict) else [text]


def _indented(content: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


def metadata_of(message: QueueMessage, body: Value) -> dict[str, Value]:
    """Return the trigger metadata of a message, under the names of the storage extension."""
    moments = {
        "InsertionTime": message.inserted_on,
        "ExpirationTime": message.expires_on,
        "NextVisibleTime": message.next_visible_on,
    }
    return {
        "QueueTrigger": body,
        "Id": Text(message.id),
        "PopReceipt": Text(message.pop_receipt or ""),
        "DequeueCount": Json(str(message.dequeue_count or 0)),
    } | {name: Json(f'"{moment.isoformat()}"') for name, moment in moments.items() if moment}
