"""The keys of the caller's agency, for programs; those of others do not exist for its admins."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path

from heritage.domain.access import Scope
from heritage.errors import InputError
from heritage.faces import examples
from heritage.faces.api.openapi import answers, created
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.accounts import KeyModel, KeysModel, NewKeyModel, RotationModel, WantedKeyModel
from heritage.service.keys import KeyWish, create_key, keys_of, revoke_key, rotate_key

router = APIRouter(tags=["accounts"], dependencies=[needs(Scope.ACCOUNTS)])

Prefix = Annotated[str, Path(examples=["q2x7c5ma"], pattern="^[a-z2-7]{8}$")]


@router.get(
    "/v1/keys",
    operation_id="keys.list",
    summary="The agency's keys, those that ended too",
    responses=answers({"keys": [examples.KEY]}, 503),
)
def keys(running: RunningNow, viewer: ViewerNow) -> KeysModel:
    return KeysModel(keys=[KeyModel.of(key) for key in keys_of(running.context.database, viewer)])


@router.post(
    "/v1/keys",
    operation_id="keys.create",
    summary="Make a key",
    status_code=201,
    responses=created(examples.NEW_KEY, 422, 503),
)
def create(running: RunningNow, viewer: ViewerNow, wanted: WantedKeyModel) -> NewKeyModel:
    """The key itself is shown this once. It can be given no right that the caller does not have."""
    if wanted.scopes == []:
        raise InputError("a key needs at least one right; leave scopes out for all of the role's")
    wish = KeyWish(wanted.role, frozenset(wanted.scopes or ()), viewer.agency, wanted.label, wanted.expires_at)
    return NewKeyModel.of(create_key(running.context.database, viewer, wish))


@router.post(
    "/v1/keys/{prefix}/rotate",
    operation_id="keys.rotate",
    summary="Make a successor of a key, which lives on for a while",
    status_code=201,
    responses=created(examples.NEW_KEY, 404, 409, 422, 503),
)
def rotate(running: RunningNow, viewer: ViewerNow, prefix: Prefix, wanted: RotationModel | None = None) -> NewKeyModel:
    """With the same rights, and for as long."""
    overlap = timedelta(hours=(wanted or RotationModel()).overlap_hours)
    return NewKeyModel.of(rotate_key(running.context.database, viewer, prefix, overlap))


@router.post(
    "/v1/keys/{prefix}/revoke",
    operation_id="keys.revoke",
    summary="End a key at once",
    responses=answers({**examples.KEY, "revoked_at": "2026-06-01T08:00:00Z"}, 404, 422, 503),
)
def revoke(running: RunningNow, viewer: ViewerNow, prefix: Prefix) -> KeyModel:
    return KeyModel.of(revoke_key(running.context.database, viewer, prefix))
