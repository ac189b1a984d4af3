"""The composition root: the one package that knows every adapter.

`parts` says what a context is, `stores` what of it is kept, `opening` opens one and `composing` fills it. The others
are for whoever needs an adapter and no context: `models`, `sources` to read, `documents` to write, `addresses` to tell.
"""

from heritage.service.context.addresses import check_channel_address
from heritage.service.context.documents import (
    graph_of,
    html_of,
    lido_of,
    linked_art_of,
    manifest_of,
    open_report,
    pdf_of,
    report_pdf_of,
    sellers_table_of,
    write_records,
    write_scan,
)
from heritage.service.context.models import add_model, model_names, open_calibration, open_embedder, pull_model
from heritage.service.context.opening import open_context, open_printing
from heritage.service.context.parts import Context
from heritage.service.context.sources import (
    open_evaluation_set,
    open_listings,
    open_photos_by_address,
    open_source,
    propose_mapping,
)

__all__ = [
    "Context",
    "add_model",
    "check_channel_address",
    "graph_of",
    "html_of",
    "lido_of",
    "linked_art_of",
    "manifest_of",
    "model_names",
    "open_calibration",
    "open_context",
    "open_embedder",
    "open_evaluation_set",
    "open_listings",
    "open_photos_by_address",
    "open_printing",
    "open_report",
    "open_source",
    "pdf_of",
    "propose_mapping",
    "pull_model",
    "report_pdf_of",
    "sellers_table_of",
    "write_records",
    "write_scan",
]
