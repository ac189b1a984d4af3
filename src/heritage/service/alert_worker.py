"""One thread in each server that tells what is due."""

import logging
from datetime import UTC, datetime

from heritage.service.alerting import Compose, Resting, deliver_due
from heritage.service.context import Context
from heritage.service.worker import Worker

POLL_S = 5.0
ROUND = 20  # deliveries between two looks at whether to stop

log = logging.getLogger("heritage.alerts")


class AlertWorker(Worker):
    """Tells alerts while it runs; several servers on one database share the work."""

    def __init__(self, context: Context, compose: Compose, poll_s: float = POLL_S) -> None:
        super().__init__("heritage-alerts", log, "alerts cannot be told at present")
        self._context = context
        self._compose = compose
        self._poll_s = poll_s
        self._resting = Resting()

    def _round(self) -> float:
        count = deliver_due(self._context, self._compose, lambda: datetime.now(UTC), ROUND, self._resting)
        return 0.0 if count == ROUND else self._poll_s
