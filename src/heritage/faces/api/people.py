"""The people of the caller's agency; those of others do not exist for its admins."""

from typing import Annotated

from fastapi import APIRouter, Path

from heritage.domain.access import Scope
from heritage.domain.accounts import Person
from heritage.faces import examples
from heritage.faces.api.openapi import answers, created
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.accounts import InvitationModel, NewPersonModel, PeopleModel, PersonModel, RoleModel
from heritage.service import accounts

router = APIRouter(tags=["accounts"], dependencies=[needs(Scope.ACCOUNTS)])

Login = Annotated[str, Path(examples=["border-7"])]


@router.get(
    "/v1/people",
    operation_id="people.list",
    summary="The agency's people, by login",
    responses=answers({"people": [examples.PERSON]}, 503),
)
def people(running: RunningNow, viewer: ViewerNow) -> PeopleModel:
    found = accounts.people(running.context.database, viewer)
    return PeopleModel(people=[PersonModel.of(person) for person in found])


@router.post(
    "/v1/people",
    operation_id="people.create",
    summary="Make a person who may sign in at the page",
    status_code=201,
    responses=created(examples.INVITATION, 409, 422, 503),
)
def add_person(running: RunningNow, viewer: ViewerNow, wanted: NewPersonModel) -> InvitationModel:
    """The first password is shown this once; with it they get no further than choosing their own."""
    person = Person(wanted.login, viewer.agency, wanted.role)
    return InvitationModel.of(accounts.add_person(running.context.database, viewer, person, wanted.has_password))


@router.post(
    "/v1/people/{login}/suspend",
    operation_id="people.suspend",
    summary="Let a person in no more",
    responses=answers({**examples.PERSON, "suspended_at": "2026-06-01T08:00:00Z"}, 404, 409, 422, 503),
)
def suspend_person(running: RunningNow, viewer: ViewerNow, login: Login) -> PersonModel:
    """From the next request on. Keys are the agency's, and are revoked by themselves."""
    return PersonModel.of(accounts.set_person_suspended(running.context.database, viewer, login, suspended=True))


@router.post(
    "/v1/people/{login}/resume",
    operation_id="people.resume",
    summary="Let a suspended person in again",
    responses=answers(examples.PERSON, 404, 422, 503),
)
def resume_person(running: RunningNow, viewer: ViewerNow, login: Login) -> PersonModel:
    return PersonModel.of(accounts.set_person_suspended(running.context.database, viewer, login, suspended=False))


@router.post(
    "/v1/people/{login}/reset",
    operation_id="people.reset",
    summary="A new first password for whom lost theirs, or their device",
    responses=answers(examples.INVITATION, 404, 422, 503),
)
def reset_person(running: RunningNow, viewer: ViewerNow, login: Login) -> InvitationModel:
    """No codes are asked for any more until they are set up again; all sessions end."""
    return InvitationModel.of(accounts.reset_person(running.context.database, viewer, login))


@router.post(
    "/v1/people/{login}/role",
    operation_id="people.role",
    summary="Another role for a person",
    responses=answers({**examples.PERSON, "role": "registrar"}, 404, 409, 422, 503),
)
def change_role(running: RunningNow, viewer: ViewerNow, login: Login, wanted: RoleModel) -> PersonModel:
    """From the next request on. Nobody changes their own, nor gives more rights than they have; one admin stays."""
    return PersonModel.of(accounts.change_role(running.context.database, viewer, login, wanted.role))
