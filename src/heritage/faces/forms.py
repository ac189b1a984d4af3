"""The words on the Object ID form."""

from collections.abc import Sequence
from datetime import date

from heritage.domain.completeness import completeness
from heritage.domain.forms import FormPicture, ObjectIdForm
from heritage.domain.records import CAME_TO_LIGHT, RegistryRecord
from heritage.domain.terms import Language, category_tree
from heritage.errors import NotFoundError
from heritage.faces.wording import STATUS_WORDS, completeness_words, next_step, whole_card

NO_CLEARANCE = (
    "This form says what a registry had recorded when it was printed. It is not a clearance: an object that is not "
    "registered, or whose record looks otherwise, may be stolen all the same."
)


def object_id_form(record: RegistryRecord, jpegs: Sequence[bytes], printed: date) -> ObjectIdForm:
    """The form of ``record``; ``jpegs`` are derivatives of its photographs, in their order."""
    views = (photograph.view.value for photograph in record.photographs)
    return ObjectIdForm(
        title=record.label,
        handling=record.handling,
        facts=_facts(record),
        card=whole_card(record.card),
        pictures=tuple(FormPicture(jpeg, view) for jpeg, view in zip(jpegs, views, strict=True)),
        notice=NO_CLEARANCE,
        footer=f"{record.record_id} · printed {printed.isoformat()}",
    )


def _facts(record: RegistryRecord) -> tuple[tuple[str, str], ...]:
    event = "find or seizure" if record.status in CAME_TO_LIGHT else "theft or loss"
    shared = f", shared with {', '.join(record.shared_with)}" if record.shared_with else ""
    facts = (
        ("Record", str(record.record_id)),
        ("Status", STATUS_WORDS[record.status]),
        ("Owner agency", record.owner_agency),
        ("Before you act", next_step(record.owner_agency, record.record_id)),
        (f"Date of {event}", record.theft_date),
        (f"Place of {event}", record.theft_place),
        ("Category", "; ".join(map(_term_label, filter(None, (record.category, *record.terms))))),
    )
    return (
        *facts,
        *((("EU 2019/880 reference", record.icg_reference),) if record.icg_reference else ()),
        ("Handling", f"{record.handling}{shared}"),
        ("Completeness", completeness_words(completeness(record))),
    )


def _term_label(term_id: str) -> str:
    try:
        return category_tree().label(term_id, Language.ENGLISH)
    except NotFoundError:  # of a registry with terms of its own
        return term_id
