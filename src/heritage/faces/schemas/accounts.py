"""What the API says and asks of agencies, people and keys."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from heritage.domain.access import Role, Scope, Viewer
from heritage.domain.accounts import NAME_LENGTH, Agency, ApiKey, Person
from heritage.domain.photos import MAX_PHOTO_DAYS, PHOTO_DAYS
from heritage.faces.schemas.base import Model
from heritage.service.accounts import Invitation
from heritage.service.keys import LONGEST_OVERLAP, OVERLAP, NewKey

HOUR_S = 3600
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]


class MeModel(Model):
    """On whose behalf this request was answered."""

    actor: str = Field(description="a login, or `hk_` and the prefix of a key", examples=["hk_q2x7c5ma"])
    agency: str = Field(description="empty where there are no accounts")
    is_operator: bool = Field(description="whether the agency runs this heritage")
    role: Role
    scopes: list[Scope] = Field(description="what may be done")

    @classmethod
    def of(cls, viewer: Viewer) -> Self:
        return cls(
            actor=viewer.actor,
            agency=viewer.agency,
            is_operator=viewer.is_operator,
            role=viewer.role,
            scopes=sorted(viewer.scopes),
        )


class AgencyModel(Model):
    name: str = Field(description="its key: records with this `owner_agency` are its own")
    is_operator: bool = Field(description="whether it runs this heritage")
    created_at: datetime | None = None
    suspended_at: datetime | None = Field(
        default=None, description="nobody of it gets in from then on; null: not suspended"
    )
    photo_days: int = Field(
        default=PHOTO_DAYS, description="for how many days the photos of its searches are kept; 0: not at all"
    )

    @classmethod
    def of(cls, agency: Agency) -> Self:
        return cls(
            name=agency.name,
            is_operator=agency.is_operator,
            created_at=agency.created_at,
            suspended_at=agency.suspended_at,
            photo_days=agency.photo_days,
        )


class AgenciesModel(Model):
    agencies: list[AgencyModel]


class PersonModel(Model):
    login: str
    agency: str
    role: Role
    has_totp: bool = Field(description="whether one-time codes are asked for")
    must_choose_password: bool = Field(description="whether the password is still the one that an admin handed over")
    created_at: datetime | None = None
    suspended_at: datetime | None = Field(default=None, description="null: not suspended")

    @classmethod
    def of(cls, person: Person) -> Self:
        return cls(
            login=person.login,
            agency=person.agency,
            role=person.role,
            has_totp=person.has_totp,
            must_choose_password=person.must_choose_password,
            created_at=person.created_at,
            suspended_at=person.suspended_at,
        )


class PeopleModel(Model):
    people: list[PersonModel]


class InvitationModel(Model):
    person: PersonModel
    password: str = Field(
        description="shown this once; with it they choose their own. Empty: they sign in by OpenID Connect"
    )

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        return cls(person=PersonModel.of(invitation.person), password=invitation.password)


class NewAgencyModel(Model):
    """An agency to be made, with the login of its first admin."""

    name: Name
    admin: Name


class AgencyChange(Model):
    """What is to be changed of an agency."""

    photo_days: int = Field(ge=0, le=MAX_PHOTO_DAYS, description="0: photos of searches are not kept")


class FoundedModel(Model):
    agency: AgencyModel
    admin: InvitationModel


class NewPersonModel(Model):
    """A person of the caller's agency to be made."""

    login: Name = Field(description="no e-mail address need be told; for OpenID Connect, the value of its claim")
    role: Role
    has_password: bool = Field(default=True, description="false: signs in by OpenID Connect only")


class KeyModel(Model):
    """A key, as it is kept: without itself."""

    prefix: str = Field(description="names the key")
    agency: str
    role: Role
    scopes: list[Scope]
    label: str
    expires_at: datetime | None = None
    created_by: str
    created_at: datetime | None = None
    last_used_at: datetime | None = Field(default=None, description="to the minute")
    revoked_at: datetime | None = None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls(
            prefix=key.prefix,
            agency=key.agency,
            role=key.role,
            scopes=sorted(key.scopes),
            label=key.label,
            expires_at=key.expires_at,
            created_by=key.created_by,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )


class KeysModel(Model):
    keys: list[KeyModel]


class WantedKeyModel(Model):
    """A key of the caller's agency to be made."""

    role: Role
    scopes: list[Scope] | None = Field(default=None, description="null: all of the role's")
    label: str = Field(default="", max_length=NAME_LENGTH, description="what it is for")
    expires_at: AwareDatetime | None = Field(default=None, description="null: never")


class NewKeyModel(Model):
    key: KeyModel
    text: str = Field(description="the key itself, shown this once")

    @classmethod
    def of(cls, made: NewKey) -> Self:
        return cls(key=KeyModel.of(made.key), text=made.text)


class RotationModel(Model):
    overlap_hours: int = Field(
        default=int(OVERLAP.total_seconds()) // HOUR_S,
        ge=0,
        le=int(LONGEST_OVERLAP.total_seconds()) // HOUR_S,
        description="how long the old key lives on",
    )
