"""The whole HTTP application: API, web page, errors, limits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager

from fastapi import FastAPI

import heritage
from heritage.faces.api import (
    agencies,
    alerts,
    audit,
    cases,
    documents,
    errors,
    health,
    hits,
    images,
    inspecting,
    keys,
    matching,
    operations,
    people,
    photos,
    registry,
    scans,
    searches,
    sellers,
    watches,
)
from heritage.faces.api.around.bodies import BodyLimit
from heritage.faces.api.around.idempotency import Idempotency
from heritage.faces.api.around.languages import Languages
from heritage.faces.api.around.observing import Observed
from heritage.faces.api.around.rate_limits import RateLimits
from heritage.faces.api.around.request_ids import RequestIds
from heritage.faces.api.around.security import SecurityHeaders
from heritage.faces.api.metrics import Metrics
from heritage.faces.api.openapi import document
from heritage.faces.api.running import Running, Turns, open_warm
from heritage.faces.api.viewing import KnownCallers
from heritage.faces.mails import alert_mail
from heritage.faces.web import (
    account,
    administration,
    audit_log,
    case_forms,
    deciding,
    inbox,
    kept_searches,
    language,
    managing_agencies,
    managing_alerts,
    managing_keys,
    managing_people,
    pages,
    record,
    record_form,
    scan_review,
    signing_in,
)
from heritage.faces.web import cases as case_pages
from heritage.faces.web import registry as registry_pages
from heritage.faces.web import scans as scan_pages
from heritage.faces.web import sellers as seller_pages
from heritage.faces.web import watches as watch_pages
from heritage.faces.web.assets import Assets
from heritage.faces.web.carried import MAX_CARRIED
from heritage.service.alert_worker import AlertWorker
from heritage.service.auditing import sign_rest
from heritage.service.context import Context
from heritage.service.operation_worker import OperationWorker
from heritage.service.scan_worker import ScanWorker
from heritage.service.watch_worker import WatchWorker
from heritage.settings import Settings

MAX_FORM_BYTES = 10_000  # what strangers may send
MAX_SIGN_IN_BYTES = 10_000 + 4 * MAX_CARRIED  # with a form that is carried along, encoded once more
Opener = Callable[[Settings], AbstractContextManager[Context]]

_API = (matching, inspecting, registry, documents, images, hits, cases, alerts, searches, photos, watches, operations)
_API_OF_SCANS = (scans, sellers)
_API_OF_ACCOUNTS = (agencies, people, keys, audit, health)
_PAGES = (pages, deciding, inbox, kept_searches, signing_in, account, language, case_pages, case_forms)
_PAGES_OF_SCANS = (scan_pages, scan_review, seller_pages, watch_pages)
_PAGES_OF_RECORDS = (registry_pages, record, record_form)
_PAGES_FOR_ADMINS = (administration, managing_people, managing_keys, managing_alerts, managing_agencies, audit_log)


def create_app(settings: Settings, opener: Opener = open_warm) -> FastAPI:
    """The application; the context is opened when it starts and closed when it stops.

    No interactive documentation page: the usual ones load their scripts from elsewhere. The document itself is at
    ``/openapi.json``.
    """
    metrics = Metrics()
    app = FastAPI(
        title="heritage",
        summary="Matches photographs of cultural objects against registries of stolen ones.",
        version=heritage.__version__,
        lifespan=_lifespan(settings, opener, metrics),
        docs_url=None,
        redoc_url=None,
    )
    _surround(app, settings, metrics)
    errors.install(app)
    for part in (*_API, *_API_OF_SCANS, *_API_OF_ACCOUNTS):
        app.include_router(part.router)
    for part in (*_PAGES, *_PAGES_OF_SCANS, *_PAGES_OF_RECORDS, *_PAGES_FOR_ADMINS):
        app.include_router(part.router)
    app.mount("/static", Assets(), name="static")
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


def _lifespan(
    settings: Settings, opener: Opener, metrics: Metrics
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        turns = Turns(max(1, settings.thread_count // 2))
        with (
            opener(settings) as context,
            (worker := OperationWorker(context)).running(),
            (scan_worker := ScanWorker(context, turns.take_last)).running(),
            WatchWorker(context, turns.take_last).running(),
            AlertWorker(context, alert_mail).running(),
        ):
            app.state.running = Running(context, turns, worker, scan_worker, metrics)
            yield
            sign_rest(context.audit)  # here, since a server that is told to stop runs nothing after this

    return lifespan


def _surround(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """What is added later stands further out."""
    app.add_middleware(Idempotency)
    own_limits = {
        "/login": MAX_SIGN_IN_BYTES,
        "/language": MAX_FORM_BYTES,
        operations.IMPORTS: settings.max_import_bytes,
    }
    own_limits |= dict.fromkeys((scans.SCANS, "/scans/new"), settings.max_import_bytes)
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes, limit_by_path=own_limits)
    app.add_middleware(KnownCallers)
    app.add_middleware(RateLimits, quota=settings.request_limit, search_quota=settings.search_limit)
    app.add_middleware(Languages)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(RequestIds)
