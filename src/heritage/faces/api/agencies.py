"""Agencies, and who one is oneself."""

from typing import Annotated

from fastapi import APIRouter, Path

from heritage.domain.access import Scope
from heritage.faces import examples
from heritage.faces.api.openapi import answers, created
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.accounts import (
    AgenciesModel,
    AgencyChange,
    AgencyModel,
    FoundedModel,
    InvitationModel,
    MeModel,
    NewAgencyModel,
)
from heritage.service import accounts

router = APIRouter(tags=["accounts"])

AgencyName = Annotated[str, Path(examples=["Customs of the North"], description="may contain slashes")]


@router.get(
    "/v1/me", operation_id="me.get", summary="On whose behalf this is answered", responses=answers(examples.ME, 503)
)
def me(viewer: ViewerNow) -> MeModel:
    return MeModel.of(viewer)


@router.get(
    "/v1/agencies",
    operation_id="agencies.list",
    summary="All agencies, by name",
    dependencies=[needs(Scope.READ)],
    responses=answers({"agencies": [examples.AGENCY]}, 503),
)
def agencies(running: RunningNow, viewer: ViewerNow) -> AgenciesModel:
    """Everybody may know them: records are shared with agencies by name."""
    found = accounts.agencies(running.context.database, viewer)
    return AgenciesModel(agencies=[AgencyModel.of(agency) for agency in found])


@router.post(
    "/v1/agencies",
    operation_id="agencies.create",
    summary="Make an agency and its first admin",
    status_code=201,
    dependencies=[needs(Scope.ACCOUNTS)],
    responses=created(examples.FOUNDED, 409, 422, 503),
)
def add_agency(running: RunningNow, viewer: ViewerNow, wanted: NewAgencyModel) -> FoundedModel:
    """For admins of the agency that runs this heritage. The admin's first password is shown this once."""
    agency, admin = accounts.add_agency(running.context.database, viewer, wanted.name, wanted.admin)
    return FoundedModel(agency=AgencyModel.of(agency), admin=InvitationModel.of(admin))


@router.patch(
    "/v1/agencies/{name:path}",
    operation_id="agencies.change",
    summary="Say for how many days your agency's photos are kept",
    dependencies=[needs(Scope.ACCOUNTS)],
    responses=answers({**examples.AGENCY, "photo_days": 90}, 404, 422, 503),
)
def change_agency(running: RunningNow, viewer: ViewerNow, name: AgencyName, wanted: AgencyChange) -> AgencyModel:
    """For the agency's own admins. Photos that are kept already are kept no longer than so many days from now.

    A photo in which a hit was found is kept until the hit is rejected.
    """
    return AgencyModel.of(accounts.set_photo_days(running.context.database, viewer, name, wanted.photo_days))


@router.post(
    "/v1/agencies/{name:path}/suspend",
    operation_id="agencies.suspend",
    summary="Let nobody of the agency in",
    dependencies=[needs(Scope.ACCOUNTS)],
    responses=answers({**examples.AGENCY, "suspended_at": "2026-06-01T08:00:00Z"}, 404, 409, 422, 503),
)
def suspend_agency(running: RunningNow, viewer: ViewerNow, name: AgencyName) -> AgencyModel:
    """From the next request on. For admins of the agency that runs this heritage."""
    return AgencyModel.of(accounts.set_agency_suspended(running.context.database, viewer, name, suspended=True))


@router.post(
    "/v1/agencies/{name:path}/resume",
    operation_id="agencies.resume",
    summary="Let a suspended agency in again",
    dependencies=[needs(Scope.ACCOUNTS)],
    responses=answers(examples.AGENCY, 404, 422, 503),
)
def resume_agency(running: RunningNow, viewer: ViewerNow, name: AgencyName) -> AgencyModel:
    return AgencyModel.of(accounts.set_agency_suspended(running.context.database, viewer, name, suspended=False))
