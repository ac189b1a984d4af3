"""Is the process up, and can it answer?"""

from fastapi import APIRouter, Request

from heritage.domain.access import AT_THE_MACHINE
from heritage.faces import examples
from heritage.faces.api.openapi import NO_SECURITY, answers
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import is_without_accounts
from heritage.faces.schemas import AliveModel, CoverageModel, ReadyModel

router = APIRouter(tags=["health"])

_READY = {"status": "ready", "index": "000000000340-77aa0c1d2e3f4051+340", "coverage": examples.COVERAGE}


@router.get("/livez", summary="Is the process up?", responses=answers({"status": "alive"}), openapi_extra=NO_SECURITY)
async def alive() -> AliveModel:
    """Needs no thread, database or model: restart the process when this fails."""
    return AliveModel()


@router.get(
    "/readyz",
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
