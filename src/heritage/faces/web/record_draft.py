"""What somebody types about a record: read, judged field by field, and laid over what others changed meanwhile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from starlette.datastructures import FormData

from heritage.domain.access import Handling
from heritage.domain.digits import western
from heritage.domain.images import ImageDigest
from heritage.domain.records import (
    MAX_FIELD_LENGTH,
    MAX_LINE_LENGTH,
    PARTIAL_DATE,
    Photograph,
    PhotoView,
    RecordId,
    RegistryRecord,
    Status,
)
from heritage.domain.revisions import CARD_FIELDS, Revision, written
from heritage.domain.terms import Facet, Term, category_tree
from heritage.errors import HeritageError, InputError
from heritage.faces.languages import _
from heritage.faces.wording import term_path

LINE_FIELDS = ("theft_date", "theft_place", "icg_reference")
TYPED_FIELDS = ("status", *LINE_FIELDS, "category", "terms", "handling", "shared_with", *CARD_FIELDS)
"""The fields of `heritage.domain.revisions` that are typed or chosen; lists have one entry a line."""


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """What is asked of one photograph: its view, its place among the others (from 1), or to be taken off."""

    digest: ImageDigest
    view: PhotoView
    place: int
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A record as it is typed: ``text_by_field`` of `TYPED_FIELDS`, ``registry`` and ``number``, as far as sent.

    ``version``: the state of the record that the form was filled with, 0 for a new one.
    """

    text_by_field: dict[str, str]
    photos: tuple[PhotoPlace, ...] = ()
    version: int = 0

    @classmethod
    def of(cls, record: RegistryRecord) -> Self:
        """The record as it is, to be changed."""
        places = enumerate(record.photographs, start=1)
        return cls(
            {name: _shown(name, written(record, name)) for name in TYPED_FIELDS},
            tuple(PhotoPlace(one.digest, one.view, place) for place, one in places),
            record.version,
        )

    @classmethod
    def sent(cls, form: FormData) -> Self:
        """As it was sent. Raises `InputError` for what no form of ours sends."""
        texts = {name: "\n".join(_texts(form, name)) for name in ("registry", "number", *TYPED_FIELDS) if name in form}
        version = "".join(_texts(form, "version"))
        digests = [ImageDigest.parse(text) for text in _texts(form, "photo")]
        photos = [_photo_place(form, digest, place) for place, digest in enumerate(digests, start=1)]
        return cls(texts, tuple(photos), int(version) if version.isdecimal() and len(version) < 10 else 0)

    def text(self, name: str) -> str:
        return self.text_by_field.get(name, "")

    def lines(self, name: str) -> list[str]:
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]


@dataclass(slots=True)
class Judged:
    """What a draft comes to: what is wrong with single fields, or the record that it asks for."""

    record: RegistryRecord
    problems: dict[str, str] = field(default_factory=dict)


def judge(draft: Draft, known: RegistryRecord) -> Judged:
    """The draft laid over ``known``: fields that it lacks, or that are wrong, stay as they are there."""
    judged = Judged(known)
    for name in TYPED_FIELDS:
        if name not in draft.text_by_field:
            continue
        try:
            judged.record = _with(judged.record, name, draft)
        except (HeritageError, ValueError) as error:
            judged.problems[name] = _at_field(str(error), name)
    judged.record = replace(judged.record, photographs=_arranged(draft.photos, known.photographs))
    return judged


def record_id_of(draft: Draft) -> tuple[RecordId | None, dict[str, str]]:
    """The key that was typed, and what is wrong with it."""
    empty = {name: _("Fill this in.") for name in ("registry", "number") if not draft.text(name).strip()}
    if empty:
        return None, empty
    try:
        return RecordId(draft.text("registry").strip(), draft.text("number").strip()), {}
    except InputError as error:
        name = "registry" if str(error).startswith("registry") else "number"
        return None, {name: _at_field(str(error), name)}


def conflicts(draft: Draft, known: RegistryRecord, since: Sequence[Revision]) -> tuple[Draft, dict[str, str]]:
    """What others changed ``since`` the draft's version, and so did the draft: by field, as it is on record now.

    The draft comes back with what only others changed taken from the record: nobody's work is undone unseen.
    """
    base_by_field: dict[str, str] = {}
    for one in since:
        for change in one.changes:
            base_by_field.setdefault(change.name, change.before)
    texts, both = dict(draft.text_by_field), {}
    for name, base in base_by_field.items():
        now = _shown(name, written(known, name)) if name in texts else ""
        typed = _plain(texts.get(name, ""))
        if name not in texts or typed == _plain(now):
            continue
        if typed == _plain(_shown(name, base)):
            texts[name] = now
        else:
            both[name] = now
    return replace(draft, text_by_field=texts), both


def blame(error: HeritageError) -> dict[str, str]:
    """The field that an error of the service names first, if it names one."""
    name = str(error).partition(" ")[0]
    return {name: _at_field(str(error), name)} if name in ("registry", "number", *TYPED_FIELDS) else {}


def term_of(typed: str, facets: Iterable[Facet]) -> str:
    """The id of the term that was typed: by its id, its name, or its names from the top. Raises `InputError`."""
    tree, wanted = category_tree(), typed.strip().casefold()
    candidates = [term for facet in facets for term in tree.by_facet(facet)]
    for reading in (_id, term_path, _label):
        found = [term for term in candidates if reading(term).casefold() == wanted]
        if len(found) == 1:
            return found[0].id
    raise InputError(_("There is no such term here; choose one of the list, or describe it in words below."))


def _id(term: Term) -> str:
    return term.id


def _label(term: Term) -> str:
    return term_path(term).rpartition(" › ")[2]


def _with(record: RegistryRecord, name: str, draft: Draft) -> RegistryRecord:
    text = draft.text(name).strip()
    if name in CARD_FIELDS:
        _check_length(text, MAX_FIELD_LENGTH)
        return replace(record, card=replace(record.card, **{name: text.replace("\r\n", "\n")}))
    if name == "status":
        return replace(record, status=Status(text))
    if name == "handling":
        return replace(record, handling=Handling(text))
    if name == "category":
        known = text and text == _shown("category", record.category)
        return record if known else replace(record, category=term_of(text, [Facet.OBJECT]) if text else "")
    if name == "terms":
        return replace(record, terms=_terms(draft.lines("terms"), record))
    if name == "shared_with":
        return replace(record, shared_with=tuple(sorted(set(draft.lines("shared_with")))))
    if name == "theft_date" and text and not PARTIAL_DATE.fullmatch(western(text)):
        raise InputError(_("Write a date like 1998, 1998-05 or 1998-05-21."))
    _check_length(text, MAX_LINE_LENGTH)
    return replace(record, **{name: text})  # type: ignore[arg-type]  # one of LINE_FIELDS


def _terms(typed: Sequence[str], record: RegistryRecord) -> tuple[str, ...]:
    """Those that the record has already stay, in whatever words."""
    known = {_shown("category", term): term for term in record.terms}
    facets = (Facet.MATERIAL, Facet.TECHNIQUE, Facet.PERIOD)
    found = [known.get(line) or term_of(line, facets) for line in typed]
    return tuple(dict.fromkeys(found))


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise InputError(_("This is longer than %(limit)s characters; shorten it.") % {"limit": limit})


def _arranged(asked: Sequence[PhotoPlace], known: Sequence[Photograph]) -> tuple[Photograph, ...]:
    """The known photographs as asked; those that were not asked about, since they came meanwhile, at the end."""
    asked_by_digest = {one.digest: one for one in asked}
    last = len(asked) + 1
    kept: list[tuple[int, Photograph]] = []
    for one in known:
        wanted = asked_by_digest.get(one.digest)
        if wanted is None:
            kept.append((last, one))
        elif not wanted.is_removed:
            kept.append((wanted.place, Photograph(one.digest, wanted.view)))
    return tuple(one for _place, one in sorted(kept, key=lambda pair: pair[0]))


def _shown(name: str, text: str) -> str:
    """A stored text as the form shows it: terms by their names."""
    if name not in ("category", "terms"):
        return text
    tree = category_tree()
    known = {term.id: term for facet in Facet for term in tree.by_facet(facet)}
    return "\n".join(term_path(known[one]) if one in known else one for one in text.splitlines())


def _plain(text: str) -> str:
    """Without what a browser changes on the way: ends of lines, outer spaces, empty lines."""
    return "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())


def _at_field(message: str, name: str) -> str:
    """A message without the name of the field that it stands at."""
    return message.removeprefix(f"{name} ")


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _photo_place(form: FormData, digest: ImageDigest, place: int) -> PhotoPlace:
    view = "".join(_texts(form, f"view-{digest.hex}"))
    typed = "".join(_texts(form, f"place-{digest.hex}")).strip()
    return PhotoPlace(
        digest,
        PhotoView(view) if view in set(PhotoView) else PhotoView.UNSPECIFIED,
        int(typed) if typed.isdecimal() and len(typed) < 4 else place,
        bool(_texts(form, f"remove-{digest.hex}")),
    )
