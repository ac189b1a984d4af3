"""Alerts as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from heritage.domain.alerts import Alert
from heritage.domain.audit import written_time
from heritage.faces.languages import _
from heritage.faces.mails import CAUTION, subject_of
from heritage.faces.web.rendering import environment

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # a feed must say when it changed, and an empty one has not


def alerts_feed(alerts: Sequence[Alert], agency: str, base: str, identity: str) -> str:
    """The newest first. ``base``: the address of this heritage, or empty; ``identity`` names its database."""
    return (
        environment()
        .get_template("alerts.xml")
        .render(
            alerts=[(one, subject_of(one), written_time(one.raised_at)) for one in alerts],
            title=_("Alerts"),
            caution=_(CAUTION),
            agency=agency,
            base=base.rstrip("/"),
            identity=identity,
            updated=written_time(max((one.raised_at for one in alerts), default=_NEVER)),
        )
    )
