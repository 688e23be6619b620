"""The alerts that this client has seen lately: what a customer can be shown when Breather does not answer.

Words of the police that have been withdrawn must not live on here, so an alert is forgotten after a day.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from breather.client.assessment import Assessment

KEPT_SECONDS = 24 * 3600.0
MOST_ALERTS = 256
_STRONGEST_FIRST = ("kyc", "document", "phone", "ip")


class Recollection:
    """Last alert by jurisdiction and locale. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alerts: OrderedDict[tuple[str, str], tuple[float, Mapping[str, Any]]] = OrderedDict()

    def keep(self, assessment: Assessment) -> None:
        if assessment.alert is None or assessment.jurisdiction is None:
            return
        key = (assessment.jurisdiction, assessment.locale or "")
        with self._lock:
            self._alerts[key] = (time.monotonic(), assessment.alert)
            self._alerts.move_to_end(key)
            while len(self._alerts) > MOST_ALERTS:
                self._alerts.popitem(last=False)

    def recall(self, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The alert for the submitted withdrawal `body`: of its jurisdiction, in its locale if there is
        one, else in the locale seen last. Which jurisdiction is a guess from the strongest evidence; None
        where there is none.
        """
        residence = body.get("residence")
        evidence = residence if isinstance(residence, Mapping) else {}
        jurisdiction = next((evidence[name] for name in _STRONGEST_FIRST if evidence.get(name)), None)
        oldest = time.monotonic() - KEPT_SECONDS
        with self._lock:
            fresh = [(key, alert) for key, (seen, alert) in self._alerts.items() if seen > oldest]
        candidates = [(locale, alert) for (code, locale), alert in fresh if code == jurisdiction]
        for locale, alert in candidates:
            if locale == body.get("locale"):
                return alert
        return candidates[-1][1] if candidates else None
