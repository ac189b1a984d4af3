"""Is the process up, and can it answer?"""

import hmac

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from heritage.domain.access import AT_THE_MACHINE
from heritage.faces import examples
from heritage.faces.api.openapi import NO_SECURITY, answers
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import is_without_accounts
from heritage.faces.schemas.coverage import CoverageModel
from heritage.faces.schemas.health import AliveModel, ReadyModel

router = APIRouter(tags=["health"])


_READY = {"status": "ready", "index": "000000000340-77aa0c1d2e3f4051+340", "coverage": examples.COVERAGE}


@router.get(
    "/livez",
    operation_id="health.alive",
    summary="Is the process up?",
    responses=answers({"status": "alive"}),
    openapi_extra=NO_SECURITY,
)
async def alive() -> AliveModel:
    """Needs no thread, database or model: restart the process when this fails."""
    return AliveModel()


@router.get(
    "/readyz",
    operation_id="health.ready",
    summary="Can a photo be answered now?",
    responses=answers(_READY, 503),
    response_model_exclude_none=True,
    openapi_extra=NO_SECURITY,
)
def ready(request: Request, running: RunningNow) -> ReadyModel:
    """Reads the database and opens the newest index: send no photos while this fails.

    What is in the registry is told only where there are no accounts: this answers anybody.
    """
    context = running.context.current()
    index, coverage = context.gallery.snapshot().name, context.coverage(AT_THE_MACHINE)
    if not is_without_accounts(request):
        return ReadyModel()
    return ReadyModel(index=index, coverage=CoverageModel.of(coverage))


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, running: RunningNow) -> Response:
    """For Prometheus on this machine, or one that has the token; for others there is nothing here."""
    token = running.context.settings.metrics_token
    is_here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else is_here):
        raise HTTPException(404)
    return Response(running.metrics.text(running.turns.waiting_count), media_type=CONTENT_TYPE_LATEST)
