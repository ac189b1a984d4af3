"""The states of scans and listings, in words."""

from heritage.domain.scans import ListingState, ScanState
from heritage.faces.languages import N_

STATE_WORDS = {
    ListingState.STRONG: N_("strong match"),
    ListingState.POSSIBLE: N_("possible match"),
    ListingState.NOTHING: N_("nothing found"),
    ListingState.UNREADABLE: N_("unreadable"),
    ListingState.UNREACHABLE: N_("unreachable"),
    ListingState.WAITING: N_("waiting"),
}
SCAN_WORDS = {
    ScanState.RUNNING: N_("running"),
    ScanState.PAUSED: N_("paused"),
    ScanState.FINISHED: N_("finished"),
    ScanState.CANCELLED: N_("cancelled"),
}
