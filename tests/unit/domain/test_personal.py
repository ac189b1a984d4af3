"""Fields and values that are personal data, and those that only look so."""

import time

import pytest

from heritage.domain.personal import check_personal, personal_fields
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord
from heritage.errors import RecordError


@pytest.mark.parametrize(
    "name",
    [
        *("Owner", "owner_name", "OwnerName", "Owner's name", "Name of the owner", "previous owner", "Owner phone 2"),
        *("Victim", "Victim statement", "suspect", "Address", "e-mail", "E-Mail address", "email", "Phone", "phone1"),
        *("Mobile phone no.", "Date of birth", "DOB", "Passport number", "First name", "ID card", "Contact person"),
        *("Propriétaire", "Nom du propriétaire", "Adresse du propriétaire", "Téléphone portable", "Date de naissance"),
        *("Courriel", "Plaignant", "Numéro de passeport", "Carte d’identité", "Domicile"),
        *("Propietario", "Nombre y apellidos", "Correo electrónico", "Fecha de nacimiento", "Teléfono", "Dirección"),
        *("Proprietario", "Nome e cognome", "Codice fiscale", "Indirizzo", "Data di nascita", "Derubato", "Cellulare"),
        *("Eigentümer", "Geschädigter", "Tatverdächtiger", "Geburtsdatum", "Anschrift", "Name des Besitzers", "Handy"),
        *(
            "اسم المالك",
            "المالك",
            "عنوان المالك",
            "هاتف",
            "رقم الهاتف",
            "تاريخ الميلاد",
            "جواز السفر",
            "البريد الإلكتروني",
        ),
    ],
)
def test_names_of_personal_fields(name: str) -> None:
    assert personal_fields(["number", name, "title"]) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        *("owner_agency", "Owner agency", "maker", "Artist", "Artist's date of birth", "maker name", "painter surname"),
        *("phone booth model", "address book binding", "mail art", "object passport", "Place of theft", "name", "Name"),
        *("inventory number", "ISBN", "date", "Date documented", "place_of_origin", "number", "id", "country", "Titel"),
        *("Date of theft", "address of the theft", "person depicted", "contact agency", "portable", "year", "details"),
        *("Titre", "Lieu de vol", "Auteur", "Nom de l'objet", "Numéro d'inventaire", "Adresse du vol", "Título"),
        *("Nombre", "Autore", "Luogo del furto", "Künstler", "Name", "Datum", "Nummer", "العنوان", "الفنان", "رقم", ""),
        *RegistryRecord.__dataclass_fields__,
        *ObjectIdCard.__dataclass_fields__,
    ],
)
def test_names_that_only_look_so(name: str) -> None:
    assert personal_fields([name]) == ()


def record(**card: str) -> RegistryRecord:
    return RegistryRecord(RecordId("r", "1"), card=ObjectIdCard(**card))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ask anna.rossi+art@example.co.uk about it", "e-mail address"),
        ("<ÄNNE@exämple.de>", "e-mail address"),
        ("tel. +39 06 1234 5678", "phone number"),
        ("(+1) none; +1 (212) 555-0100.", "phone number"),
        ("+4930123456", "phone number"),
        ("+20-2-2735-1234", "phone number"),
    ],
)
def test_values_that_are_refused(text: str, what: str) -> None:
    for name in ("description", "inventory_number", "related_material"):
        with pytest.raises(RecordError, match=f"{name} holds an? {what}") as raised:
            check_personal(record(**{name: text}))
        assert text not in str(raised.value), "the message goes into reports and logs"
    with pytest.raises(RecordError, match="theft_place holds"):
        check_personal(RegistryRecord(RecordId("r", "1"), theft_place=text))


@pytest.mark.parametrize(
    "text",
    [
        *("ISBN 978-3-16-148410-0", "0039-1234567", "inv. 1998+12345678", "H. 30 + 12.5 x 20 cm", "+30 cm", "+1200 AD"),
        *("signed @vernet", "J@P", "marked A@B.1", "25+25+25+25", "+", "@", "++49 30 123456 78", "no. +123456"),
        *("1234567890123", "+12345678901234567890", "10 cm +/- 0.5", "C+14 1234567 BP"),
    ],
)
def test_values_that_only_look_so(text: str) -> None:
    check_personal(record(description=text, inventory_number=text))


@pytest.mark.parametrize(
    "text", ["a." * 4_999 + "@", "@a" * 5_000, "a@" + "b." * 4_999, "+1 " * 3_333, "+" + "1 " * 4_999]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    check_personal(record(description=text))
    assert time.perf_counter() - start < 0.2
