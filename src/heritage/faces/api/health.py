"""Is the process up, and can it answer?"""

from fastapi import APIRouter

from heritage.faces import examples
from heritage.faces.api.openapi import answers
from heritage.faces.api.running import RunningNow
from heritage.faces.schemas.coverage import CoverageModel
from heritage.faces.schemas.health import AliveModel, ReadyModel

router = APIRouter(tags=["health"])

_READY = {"status": "ready", "index": "000000000340-77aa0c1d2e3f4051+340", "coverage": examples.COVERAGE}


@router.get("/livez", operation_id="health.alive", summary="Is the process up?", responses=answers({"status": "alive"}))
async def alive() -> AliveModel:
    """Needs no thread, database or model: restart the process when this fails."""
    return AliveModel()


@router.get(
    "/readyz", operation_id="health.ready", summary="Can a photo be answered now?", responses=answers(_READY, 503)
)
def ready(running: RunningNow) -> ReadyModel:
    """Reads the database and opens the newest index: send no photos while this fails."""
    context = running.context.current()
    index = context.gallery.snapshot().name
    return ReadyModel(index=index, coverage=CoverageModel.of(context.coverage()))
