"""Read the bill of a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.domain import image
from shared.domain.stored_names import IMAGE_STREAM
from shared.eventlog.interface import EventLog
from shared.eventlog.streams import image_of
from shared.projections.billing import BilledImage, BillingTable


@dataclass(frozen=True)
class QueryBilling:
    """Makes statements: from the projection, or as of a time from the log itself."""

    log: EventLog
    billing: BillingTable

    def charges(self, month: str, at: datetime | None) -> list[BilledImage]:
        """Return the charges of a month (``YYYY-MM``), newest first."""
        found = self._from_log(month, at) if at else self.billing.charges(month)
        by_registry = sorted(found, key=lambda charge: charge.registry)
        return sorted(by_registry, key=lambda charge: (charge.time, charge.digest), reverse=True)

    def _from_log(self, month: str, at: datetime) -> Iterator[BilledImage]:
        for name in self.log.streams(IMAGE_STREAM):
            events = [one for one in self.log.load(name).events if one.meta.recorded_at <= at]
            charge = image.fold(events).charge
            if charge is not None and charge.at.strftime("%Y-%m") == month:
                about = image_of(name)
                yield BilledImage(about.registry, charge.repository, about.digest, charge.at, charge.event_id)
