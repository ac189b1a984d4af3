"""The database's tables as they are now. How they came to be is in ``migrations/versions``; a test keeps both equal."""

from heritage.storage.schema.accounts import agency, api_key, person, sign_in_attempt, web_session
from heritage.storage.schema.alerts import alert, channel, delivery
from heritage.storage.schema.audit import audit_checkpoint, audit_event, audit_node
from heritage.storage.schema.base import KEY, UtcDateTime, metadata, ordered
from heritage.storage.schema.cases import case_entry, case_file, case_holding
from heritage.storage.schema.images import described, descriptor, image, image_hash, keypoint_set, spec
from heritage.storage.schema.keeping import meta, operation, reply
from heritage.storage.schema.photos import photo, photo_keeping, search_photo
from heritage.storage.schema.registry import (
    CARD_FIELDS,
    record,
    record_image,
    record_revision,
    record_share,
    record_status,
    record_term,
)
from heritage.storage.schema.review import comparison, counterpart, decision, hit, not_of_scans, search
from heritage.storage.schema.scans import listing, listing_photo, photo_hash, scan, seen, seen_region
from heritage.storage.schema.watching import looked_back, watch

HEAD = "0018"
"""The newest migration. Known here so that opening an up-to-date database need not load Alembic."""

__all__ = [
    "CARD_FIELDS",
    "HEAD",
    "KEY",
    "UtcDateTime",
    "agency",
    "alert",
    "api_key",
    "audit_checkpoint",
    "audit_event",
    "audit_node",
    "case_entry",
    "case_file",
    "case_holding",
    "channel",
    "comparison",
    "counterpart",
    "decision",
    "delivery",
    "described",
    "descriptor",
    "hit",
    "image",
    "image_hash",
    "keypoint_set",
    "listing",
    "listing_photo",
    "looked_back",
    "meta",
    "metadata",
    "not_of_scans",
    "operation",
    "ordered",
    "person",
    "photo",
    "photo_hash",
    "photo_keeping",
    "record",
    "record_image",
    "record_revision",
    "record_share",
    "record_status",
    "record_term",
    "reply",
    "scan",
    "search",
    "search_photo",
    "seen",
    "seen_region",
    "sign_in_attempt",
    "spec",
    "watch",
    "web_session",
]
