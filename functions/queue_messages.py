"""Messages of storage queues, as text or as base64."""

import azure.functions as func

from shared.domain.messages import unencoded


def body_of(message: func.QueueMessage) -> bytes:
    """Return what a message says, whether its sender encoded it or not.

    host.json asks for messages as they are (``messageEncoding: none``), as the host cannot be asked to take both: a
    message that it cannot decode goes to the poison queue unseen, and is not decoded there either.
    """
    return unencoded(bytes(message.get_body()))
