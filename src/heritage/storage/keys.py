"""API keys: their digests, never the keys themselves."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from heritage.domain.access import Role, Scope, Viewer
from heritage.domain.accounts import KEY_MARK, ApiKey, KeyOnFile
from heritage.storage.accounts import AGENCY_COLUMNS, agency_of, agency_row, note
from heritage.storage.database import Database
from heritage.storage.schema import agency, api_key


class Keys:
    """Each call is one transaction, and nothing is remembered between two."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, added: ApiKey, digest: str, by: Viewer, expired: tuple[str, datetime] | None = None) -> ApiKey:
        """Add a key, as it is then; of ``expired``, the key of that prefix expires at that moment.

        Raises `NotFoundError` without the agency.
        """
        values = {
            "prefix": added.prefix,
            "digest": digest,
            "role": added.role.value,
            "scopes": " ".join(sorted(added.scopes)),
            "label": added.label,
            "expires_at": added.expires_at,
            "created_by": added.created_by,
            "created_at": datetime.now(UTC),
        }
        with self._database.begin() as connection:
            owner = agency_row(connection, added.agency)
            connection.execute(insert(api_key).values(**values, agency_id=owner.id))
            note(connection, by, KEY_MARK + added.prefix, f"key added: {added.role} of {added.agency}")
            if expired:
                prefix, at = expired
                connection.execute(update(api_key).where(api_key.c.prefix == prefix).values(expires_at=at))
                note(connection, by, KEY_MARK + prefix, f"key rotated, ends {at.isoformat(timespec='minutes')}")
            return _key_of(connection.execute(_keys().where(api_key.c.prefix == added.prefix)).one())

    def all_of(self, of_agency: str = "") -> tuple[ApiKey, ...]:
        """Oldest first, ended ones too; with ``of_agency`` only its own."""
        statement = _keys().order_by(api_key.c.id)
        if of_agency:
            statement = statement.where(agency.c.name == of_agency)
        with self._database.read() as connection:
            return tuple(map(_key_of, connection.execute(statement).all()))

    def find(self, prefix: str) -> KeyOnFile | None:
        with self._database.read() as connection:
            row = connection.execute(_keys().where(api_key.c.prefix == prefix)).first()
        return KeyOnFile(_key_of(row), agency_of(row), row.digest) if row else None

    def note_use(self, prefix: str, at: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(update(api_key).where(api_key.c.prefix == prefix).values(last_used_at=at))

    def revoke(self, prefix: str, at: datetime, by: Viewer) -> None:
        with self._database.begin() as connection:
            connection.execute(update(api_key).where(api_key.c.prefix == prefix).values(revoked_at=at))
            note(connection, by, KEY_MARK + prefix, "key revoked")


def _keys() -> Select[Any]:
    return select(*api_key.c, *AGENCY_COLUMNS).join_from(api_key, agency)


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        prefix=row.prefix,
        agency=row.agency_name,
        role=Role(row.role),
        scopes=frozenset(map(Scope, row.scopes.split())),
        label=row.label,
        expires_at=row.expires_at,
        created_by=row.created_by,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
