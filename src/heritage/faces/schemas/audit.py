"""The audit log, its checkpoints and proofs. Hashes and signatures are in hex."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.audit import (
    Action,
    ConsistencyProof,
    InclusionProof,
    LoggedEvent,
    SignedCheckpoint,
    canonical,
    written_time,
)
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class EventModel(Model):
    sequence: int = Field(description="1 for the first of the log; no number is left out, but others see other events")
    at: str = Field(description="UTC, as it is hashed")
    agency: str = Field(description="empty, as `actor`, when nobody was signed in")
    actor: str = Field(description="a login, or a key's prefix")
    action: Action
    subject: str = Field(description="what it was done to: a record id, a digest, an account")
    detail: str

    @classmethod
    def of(cls, logged: LoggedEvent) -> Self:
        event = logged.event
        return cls(
            sequence=logged.sequence,
            at=written_time(event.at),
            agency=event.agency,
            actor=event.actor,
            action=event.action,
            subject=event.subject,
            detail=event.detail,
        )


class EventPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.EVENT_PAGE]})

    events: list[EventModel] = Field(description="the oldest first")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, events: Sequence[LoggedEvent], following: str | None) -> Self:
        return cls(events=[EventModel.of(one) for one in events], next=following)


class CheckpointModel(Model):
    """Signed with Ed25519 (RFC 8032) over `line` without its last word and the blank before it."""

    size: int = Field(description="how many events are signed for")
    root: str = Field(description="of the Merkle tree over them")
    signed_at: datetime = Field(description="UTC")
    key_id: str
    signature: str
    line: str = Field(description="all of it in one line, as `heritage audit verify --checkpoint` reads it")
    public_key: str = Field(description="PEM; trust one that you kept earlier, not one that comes with what it signed")

    @classmethod
    def of(cls, signed: SignedCheckpoint) -> Self:
        checkpoint = signed.checkpoint
        return cls(
            size=checkpoint.size,
            root=checkpoint.root.hex(),
            signed_at=checkpoint.signed_at,
            key_id=checkpoint.key_id,
            signature=checkpoint.signature.hex(),
            line=str(checkpoint),
            public_key=signed.public_key,
        )


class InclusionModel(Model):
    event: EventModel
    hashed: str = Field(description="the event's text, whose SHA-256 after a zero byte is `leaf_hash`")
    leaf_hash: str
    leaf_index: int = Field(description="`sequence` - 1")
    path: list[str] = Field(description="from the leaf's neighbour up")
    size: int = Field(description="of the tree")
    root: str = Field(description="of the tree")

    @classmethod
    def of(cls, proof: InclusionProof) -> Self:
        return cls(
            event=EventModel.of(proof.logged),
            hashed=canonical(proof.logged.event).decode(),
            leaf_hash=proof.leaf.hex(),
            leaf_index=proof.logged.sequence - 1,
            path=[one.hex() for one in proof.path],
            size=proof.tree.size,
            root=proof.tree.root.hex(),
        )


class ConsistencyModel(Model):
    old: int
    old_root: str
    new: int
    new_root: str
    path: list[str] = Field(description="empty when both are the same")

    @classmethod
    def of(cls, proof: ConsistencyProof) -> Self:
        return cls(
            old=proof.old.size,
            old_root=proof.old.root.hex(),
            new=proof.new.size,
            new_root=proof.new.root.hex(),
            path=[one.hex() for one in proof.path],
        )
