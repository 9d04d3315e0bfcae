"""What the host remembers of a timer between runs: when it fired last and is due next."""

from datetime import datetime

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob.aio import BlobClient

from local.host.wire import Json, Value


class TimerStatus(msgspec.Struct, frozen=True, rename="pascal"):
    """The content of a timer's status blob, as the timer extension writes it."""

    last: datetime
    next: datetime
    last_updated: datetime


class StatusBlob:
    """Keeps the status of one timer."""

    def __init__(self, blob: BlobClient) -> None:
        self._blob = blob

    async def load(self) -> TimerStatus | None:
        """Return the status, or None before the first run. A blob that is not a status counts as none."""
        try:
            stream = await self._blob.download_blob()
            return msgspec.json.decode(await stream.readall(), type=TimerStatus)
        except (ResourceNotFoundError, msgspec.DecodeError):
            return None

    async def save(self, status: TimerStatus) -> None:
        """Write the status."""
        await self._blob.upload_blob(msgspec.json.encode(status), overwrite=True)


def timer_payload(status: TimerStatus | None, *, is_past_due: bool) -> Value:
    """Return what a timer function gets."""
    content = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": is_past_due}
    return Json(msgspec.json.encode(content).decode())
