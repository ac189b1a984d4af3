"""On whose behalf a request is answered."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from heritage.domain.access import AT_THE_MACHINE, Viewer


def viewer_of(_request: Request) -> Viewer:
    """Whoever signed the request; at a heritage without accounts, the person at the machine."""
    return AT_THE_MACHINE


ViewerNow = Annotated[Viewer, Depends(viewer_of)]
