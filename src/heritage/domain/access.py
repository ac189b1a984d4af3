"""Who asks, what they may do, and which records they may see.

Handling follows the Traffic Light Protocol 2.0 (FIRST, https://www.first.org/tlp/); docs/adr/0012-handling.md says
how its five labels are read here. The agency that owns a record decides its label.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from heritage.errors import ForbiddenError


class Role(StrEnum):
    """What a person or a key is, within its agency; each may do all that the ones before it may."""

    OFFICER = "officer"
    INVESTIGATOR = "investigator"
    REGISTRAR = "registrar"
    ADMIN = "admin"


class Scope(StrEnum):
    """One thing that may be done. A key has those of its role that it was given."""

    MATCH = "match"
    READ = "records:read"
    DECIDE = "decisions"
    EXPORT = "exports"
    WRITE = "records:write"
    ACCOUNTS = "accounts"
    AUDIT = "audit"


_OFFICER = frozenset({Scope.MATCH, Scope.READ, Scope.DECIDE})
_INVESTIGATOR = _OFFICER | {Scope.EXPORT}
_REGISTRAR = _INVESTIGATOR | {Scope.WRITE}
SCOPES_BY_ROLE = {
    Role.OFFICER: _OFFICER,
    Role.INVESTIGATOR: _INVESTIGATOR,
    Role.REGISTRAR: _REGISTRAR,
    Role.ADMIN: _REGISTRAR | {Scope.ACCOUNTS, Scope.AUDIT},
}


class Handling(StrEnum):
    """A record's TLP 2.0 label, from free to closely held."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


OPEN_HANDLING = frozenset({Handling.CLEAR, Handling.GREEN})
"""What every agency may see."""
NAMED_ROLES = frozenset({Role.REGISTRAR, Role.ADMIN})
"""Of the owner agency, those who may see TLP:RED: the people who keep the record."""


class Handled(Protocol):
    """What decides who may see a record."""

    @property
    def owner_agency(self) -> str: ...
    @property
    def handling(self) -> Handling: ...
    @property
    def shared_with(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf something is done. ``actor`` names them in the audit log: a login, or a key's prefix.

    ``is_operator``: the agency that runs this heritage; its admins manage the agencies, and read the whole audit log.
    ``is_unrestricted``: whoever holds the files themselves, at the command line; no rule could bind them.
    """

    actor: str
    agency: str
    role: Role
    scopes: frozenset[Scope] = field(default_factory=frozenset)
    is_operator: bool = False
    is_unrestricted: bool = False

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes and scope in SCOPES_BY_ROLE[self.role]

    def require(self, scope: Scope) -> None:
        """Raises `ForbiddenError` unless `may`."""
        if not self.may(scope):
            if self.is_unrestricted:
                raise ForbiddenError("until there are accounts, only the command line may do this; run heritage init")
            raise ForbiddenError(f"this needs the right {scope.value!r}, which {self.actor} does not have")

    def sees(self, record: Handled) -> bool:
        """Whether the record may be shown to this viewer; storage/visibility.py says the same in SQL."""
        if self.is_unrestricted or record.handling in OPEN_HANDLING:
            return True
        is_own = bool(self.agency) and self.agency == record.owner_agency
        if record.handling is Handling.AMBER:
            return is_own or self.agency in record.shared_with
        return is_own and (record.handling is Handling.AMBER_STRICT or self.role in NAMED_ROLES)

    def owns(self, record: Handled) -> bool:
        """Whether the record is this viewer's agency's to change."""
        return self.is_unrestricted or (bool(self.agency) and self.agency == record.owner_agency)


AT_THE_MACHINE = Viewer("local", "", Role.ADMIN, frozenset(Scope), is_operator=True, is_unrestricted=True)
"""Whoever runs commands on the machine that holds the database."""
ANYBODY = Viewer("", "", Role.OFFICER)
"""Sees what every agency may see, and may do nothing."""

WITHOUT_ACCOUNTS = replace(
    AT_THE_MACHINE, role=Role.INVESTIGATOR, scopes=frozenset({Scope.MATCH, Scope.READ, Scope.DECIDE, Scope.EXPORT})
)
"""Whoever asks a server of this machine from this machine, before there are accounts: they may not change records.

A page from elsewhere, open in the same browser, must not be able to change records, whatever else fails.
"""
