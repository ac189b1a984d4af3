"""What one ``lido:lido`` element says, as a registry record: written by heritage, or by a museum.

A museum's LIDO says things several times, for display and for an index, and in several languages; the display texts
come first here, and the first language. Only records written by heritage know a status, a handling label and sharing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from heritage.domain.access import Handling
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, Status
from heritage.errors import RecordError
from heritage.registries.identifiers import PROFILE, is_kind_of_object, own_name, own_uri, term_of
from heritage.registries.lido_names import (
    COLLECTING,
    CREATION,
    EXCAVATION,
    FINDING,
    LOSS,
    NAMESPACES,
    PRODUCTION,
)
from heritage.registries.lido_part import Part
from heritage.registries.reading import PictureLink, common_date, read_handling, read_status, view_of


def read_record(element: etree._Element, registry: str) -> tuple[RegistryRecord, tuple[PictureLink, ...]]:
    """The record and its pictures. ``registry`` is the registry of a record not written by heritage.

    Raises `RecordError`.
    """
    is_own = element.findtext("lido:applicationProfile", "", NAMESPACES).strip() == PROFILE
    whole = Part(element, is_own)
    described, administered = whole.first("lido:descriptiveMetadata"), whole.first("lido:administrativeMetadata")
    if described is None or administered is None:
        raise RecordError("lido:descriptiveMetadata or lido:administrativeMetadata is missing")
    number = whole.one("lido:lidoRecID")
    fate = _Fate.of(described)
    kept = administered.first("lido:recordWrap") or administered
    record = RegistryRecord(
        RecordId.parse(number) if is_own else RecordId(registry, number),
        status=fate.status,
        owner_agency=kept.one(f"lido:recordSource/{_BODY_NAME}") if is_own else "",
        theft_date=fate.date,
        theft_place=fate.place,
        category=_category(described),
        terms=tuple(_terms(described)),
        handling=_handling(kept),
        shared_with=tuple(_shared_with(kept)),
        icg_reference=_typed(kept, "icg_reference", "lido:recordInfoID"),
        card=_card(described, kept),
    )
    return record, tuple(_pictures(administered))


_BODY_NAME = "lido:legalBodyName/lido:appellationValue"
_PLACES = ("lido:eventPlace/lido:displayPlace", "lido:eventPlace/lido:place/lido:namePlaceSet/lido:appellationValue")


@dataclass(frozen=True, slots=True)
class _Fate:
    status: Status = Status.STOLEN
    date: str = ""
    place: str = ""

    @classmethod
    def of(cls, described: Part) -> "_Fate":
        """By the status that heritage wrote, else by an event of loss. A find says nothing: most objects were found."""
        for event, identifiers in _events(described):
            status = next((name for uri in identifiers if (name := own_name("status", uri))), "")
            if status or _is_one(identifiers, LOSS):
                dates = (event.one(f"lido:eventDate/lido:date/lido:{name}") for name in ("earliestDate", "latestDate"))
                return cls(read_status(status), common_date(*dates), event.one(*_PLACES))
        return cls()


def _handling(kept: Part) -> Handling:
    kinds = kept.parts("lido:recordRights/lido:rightsType")
    labels = (own_name("handling", uri) for kind in kinds for uri in kind.identifiers())
    return read_handling(next(filter(None, labels), ""))


def _shared_with(kept: Part) -> Iterator[str]:
    sharing = own_uri("field", "shared_with")
    for rights in kept.parts("lido:recordRights"):
        if any(sharing in kind.identifiers() for kind in rights.parts("lido:rightsType")):
            yield from (holder.one(_BODY_NAME) for holder in rights.parts("lido:rightsHolder"))


_CLASSIFICATION = "lido:objectClassificationWrap/lido:classificationWrap/lido:classification"
_WORK_TYPE = "lido:objectClassificationWrap/lido:objectWorkTypeWrap/lido:objectWorkType"


def _category(described: Part) -> str:
    """The term that heritage declared as the category, or the first kind of object that a museum's concepts name."""
    declared, others = _declared(described)
    if described.is_own:
        return next(map(_term, declared), "")
    kinds = map(_term, (*described.parts(_WORK_TYPE), *others))
    return next(filter(is_kind_of_object, kinds), "")


def _terms(described: Part) -> Iterator[str]:
    """Every other term: those that heritage declared, and what a museum indexes materials and periods with."""
    _, others = _declared(described)
    event = "lido:eventWrap/lido:eventSet/lido:event"
    paths = (
        "lido:objectIdentificationWrap/lido:objectMaterialsTechWrap/lido:objectMaterialsTechSet"
        "/lido:materialsTech/lido:termMaterialsTech",
        f"{event}/lido:eventMaterialsTech/lido:materialsTech/lido:termMaterialsTech",
        f"{event}/lido:periodName",
    )
    found = filter(None, map(_term, (*others, *described.parts(*paths))))
    if described.is_own:
        return found
    return iter(dict.fromkeys(term for term in found if not is_kind_of_object(term)))


def _declared(described: Part) -> tuple[list[Part], list[Part]]:
    """The classifications that are declared to be the category, and the others."""
    category = own_uri("field", "category")
    concepts = list(described.parts(_CLASSIFICATION))
    return [one for one in concepts if one.type == category], [one for one in concepts if one.type != category]


def _term(concept: Part) -> str:
    return term_of(concept.identifiers())


def _card(described: Part, kept: Part) -> ObjectIdCard:
    identified = described.first("lido:objectIdentificationWrap") or described
    notes = list(identified.parts("lido:objectDescriptionWrap/lido:objectDescriptionSet"))
    features = own_uri("field", "distinguishing_features")
    related = described.first("lido:objectRelationWrap") or described
    return ObjectIdCard(
        object_type="; ".join(filter(None, (part.label() for part in described.parts(_WORK_TYPE)))),
        materials=_materials(identified, described),
        measurements=_measurements(identified),
        inscriptions="\n".join(_inscriptions(identified)),
        distinguishing_features=_notes(note for note in notes if note.type == features),
        title=identified.one("lido:titleWrap/lido:titleSet/lido:appellationValue"),
        subject=_subject(related),
        description=_notes(note for note in notes if note.type != features),
        inventory_number=identified.one("lido:repositoryWrap/lido:repositorySet/lido:workID"),
        related_material=_related(related, is_written=True),
        cross_references=_related(related, is_written=False),
        date_documented=_typed(kept, "date_documented", "lido:recordMetadataDate"),
        **_production(described),
    )


def _notes(notes: Iterable[Part]) -> str:
    return "\n".join(text for note in notes for text in note.texts("lido:descriptiveNoteValue"))


def _inscriptions(identified: Part) -> Iterator[str]:
    for part in identified.parts("lido:inscriptionsWrap/lido:inscriptions"):
        yield from part.texts("lido:inscriptionTranscription")
        yield from part.texts("lido:inscriptionDescription/lido:descriptiveNoteValue")


def _materials(identified: Part, described: Part) -> str:
    sets = list(identified.parts("lido:objectMaterialsTechWrap/lido:objectMaterialsTechSet"))
    for event, identifiers in _events(described):
        if _is_one(identifiers, PRODUCTION, CREATION):
            sets += event.parts("lido:eventMaterialsTech")
    shown = [text for one in sets for text in one.texts("lido:displayMaterialsTech")]
    if not shown:
        terms = (term for one in sets for term in one.parts("lido:materialsTech/lido:termMaterialsTech"))
        return "; ".join(filter(None, (term.label() for term in terms)))
    return "\n".join(dict.fromkeys(shown))


def _measurements(identified: Part) -> str:
    sets = list(identified.parts("lido:objectMeasurementsWrap/lido:objectMeasurementsSet"))
    shown = [text for one in sets for text in one.texts("lido:displayObjectMeasurements")]
    if shown:
        return "\n".join(shown)
    measured = (part for one in sets for part in one.parts("lido:objectMeasurements/lido:measurementsSet"))
    return "; ".join(_measurement(part) for part in measured)


def _measurement(part: Part) -> str:
    kind, unit = (
        next((one.label() or one.text for one in part.parts(f"lido:measurement{name}")), "")
        for name in ("Type", "Unit")
    )
    return " ".join(filter(None, (f"{kind}:" if kind else "", part.one("lido:measurementValue"), unit)))


def _subject(related: Part) -> str:
    sets = list(related.parts("lido:subjectWrap/lido:subjectSet"))
    shown = [text for one in sets for text in one.texts("lido:displaySubject")]
    if shown:
        return "\n".join(shown)
    concepts = (concept for one in sets for concept in one.parts("lido:subject/lido:subjectConcept"))
    return "; ".join(filter(None, (concept.label() for concept in concepts)))


def _related(related: Part, is_written: bool) -> str:
    """Related written material, or every other related work."""
    written = own_uri("field", "related_material")
    found = []
    for work in related.parts("lido:relatedWorksWrap/lido:relatedWorkSet"):
        kinds = [uri for kind in work.parts("lido:relatedWorkRelType") for uri in kind.identifiers()]
        if (written in kinds) == is_written:
            found.append(work.one("lido:displayRelatedWork", "lido:relatedWork/lido:displayObject"))
    return "\n".join(filter(None, found))


def _production(described: Part) -> dict[str, str]:
    """Of the making of the object; the place may also be the one it was found at."""
    events = list(_events(described))
    made = [event for event, identifiers in events if _is_one(identifiers, PRODUCTION, CREATION)]
    found = [event for event, identifiers in events if _is_one(identifiers, FINDING, EXCAVATION, COLLECTING)]
    actors = (
        "lido:eventActor/lido:displayActorInRole",
        "lido:eventActor/lido:actorInRole/lido:actor/lido:nameActorSet/lido:appellationValue",
    )
    return {
        "maker": "\n".join(text for event in made for text in event.texts(*actors)),
        "period": next(filter(None, map(_period, made)), ""),
        "place_of_origin": next(filter(None, (event.one(*_PLACES) for event in (*made, *found))), ""),
    }


def _period(event: Part) -> str:
    if shown := event.one("lido:eventDate/lido:displayDate"):
        return shown
    ends = (event.one(f"lido:eventDate/lido:date/lido:{name}") for name in ("earliestDate", "latestDate"))
    dated = "–".join(dict.fromkeys(filter(None, ends)))
    return dated or next((part.label() for part in event.parts("lido:periodName")), "")


def _events(described: Part) -> Iterator[tuple[Part, list[str]]]:
    """Each event and the URIs of its kind."""
    for event in described.parts("lido:eventWrap/lido:eventSet/lido:event"):
        kind = event.first("lido:eventType")
        yield event, kind.identifiers() if kind else []


def _is_one(identifiers: list[str], *kinds: str) -> bool:
    """Whether an event is of one of these kinds; LIDO's terms are written with http and https alike."""
    if any(own_name("status", uri) for uri in identifiers):
        return False  # a find that is the record's status is not where the object comes from
    return any(uri.rpartition("/")[2] in kinds for uri in identifiers)


def _typed(kept: Part, name: str, path: str) -> str:
    """The text at ``path`` in the record facts that are declared to be the field called ``name``."""
    uri = own_uri("field", name)
    return next((part.one(path) for part in kept.parts("lido:recordInfoSet") if part.type == uri), "")


def _pictures(administered: Part) -> Iterator[PictureLink]:
    for resource in administered.parts("lido:resourceWrap/lido:resourceSet"):
        links = resource.texts("lido:resourceRepresentation/lido:linkResource")
        if not links:
            continue
        concepts = list(resource.parts("lido:resourcePerspective"))
        names = [own_name("view", uri) for concept in concepts for uri in concept.identifiers()]
        names += [concept.label() for concept in concepts]
        yield PictureLink(links[0], view_of(next(filter(None, names), "")))
