"""What is refused because it is personal data of people other than makers: names of fields, and values.

A registry of stolen objects needs the objects. Whom they were taken from, and who is suspected, belongs into the case
file; here it would be handed to every agency that may search.
"""

import re
from collections.abc import Iterable

from heritage.domain.records import ObjectIdCard, RegistryRecord
from heritage.domain.words import words
from heritage.errors import RecordError

# Each list in English, French, Spanish, Italian, German and Arabic.
_PARTIES = """
victim victims suspect suspects complainant claimant perpetrator offender thief accused defendant witness informant
victime victimes plaignant témoin voleur víctima víctimas sospechoso denunciante ladrón testigo acusado
vittima vittime indagato sospettato derubato querelante testimone imputato
Opfer Geschädigter Geschädigte Verdächtiger Verdächtige Tatverdächtiger Tatverdächtige Beschuldigter Täter Zeuge
Anzeigeerstatter الضحية المشتبه المتهم المشتكي الشاهد السارق
"""
_MAKERS = """
maker artist author creator painter sculptor photographer architect craftsman engraver goldsmith
artiste auteur créateur peintre sculpteur photographe fabricant artista autor autore creador pintor escultor
fotógrafo pittore scultore artefice Künstler Urheber Maler Bildhauer Hersteller الفنان الصانع المؤلف
"""
_ALWAYS = """
email emailaddress courriel surname forename firstname lastname birthdate birthday birthplace dob ssn dni nif iban
apellido apellidos cognome Vorname Nachname Geburtsdatum Geburtstag Geburtsort Telefonnummer Handynummer Personalausweis
Reisepassnummer Ausweisnummer Emailadresse Eigentümername Besitzername Wohnort Wohnanschrift
"""
_PHRASES = """
first name | last name | given name | family name | identity card | id card | social security | tax code | fiscal code
| licence plate | license plate | bank account | mis en cause | carte d'identité | nom de famille | securité sociale
| plaque d'immatriculation | documento de identidad | cuenta bancaria | codice fiscale | carta d'identità
| بطاقة الهوية | رقم الهوية
"""
# People, and what is known of people. A field is personal when its name says nothing else, besides the words below.
_PEOPLE = """
owner owners holder possessor contact person seller buyer vendor consignor insured lender donor policyholder tenant
address addresses phone telephone tel mobile cellphone fax mail birth passport
propriétaire détenteur personne vendeur acheteur assuré donateur adresse domicile téléphone naissance passeport
propietario propietaria dueño dueña poseedor persona vendedor comprador asegurado donante contacto dirección domicilio
teléfono móvil celular correo nacimiento pasaporte
proprietario proprietaria possessore venditore acquirente assicurato donatore referente contatto indirizzo residenza
telefono cellulare nascita passaporto
Eigentümer Eigentümers Besitzer Besitzers Halter Verkäufer Käufer Kontaktperson Kontakt Ansprechpartner Adresse
Anschrift Telefon Handy Mobiltelefon Geburt Reisepass Ausweis
المالك البائع المشتري الشخص هاتف جوال الميلاد ولادة جواز بريد
"""
_BESIDE = """
s the of and or for in by name names full middle date year place number numbers no nr num id card details data info
information home private work personal primary current previous former e electronic street postal zip city country
cell line portable
le la les l du de des d et ou nom noms prénom lieu numéro n fixe électronique actuel précédent ancien
el los las y o nombre nombres fecha lugar electrónico actual anterior
il lo gli i del dello della dei di nome nomi data luogo numero elettronica posta attuale precedente
der die das von und oder Namen Nummer Datum Ort privat aktueller früherer
اسم عنوان رقم تاريخ مكان السفر إلكتروني الإلكتروني و
"""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# RFC 5321 allows more; this is what people write. Possessive, so that a long text takes no longer than its length.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@(?:[\w-]++\.)++[^\W\d_]{2,}")
# E.164: a plus, then 8 to 15 digits. Without the plus it could be any number of a registry's own.
_PHONE = re.compile(r"(?<![\w+])\+(?=[1-9])(?:[ ().\-/]{0,2}\d){8,15}(?![ ().\-/]{0,2}\d)")


def personal_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names of fields or columns that announce personal data, as they are written."""
    return tuple(name for name in names if _is_personal(name))


def check_personal(record: RegistryRecord) -> None:
    """Raises `RecordError` for an e-mail address or an international phone number on the card or in the place."""
    card = record.card
    for name in (*ObjectIdCard.__dataclass_fields__, "theft_place"):
        text = record.theft_place if name == "theft_place" else getattr(card, name)
        if has_email(text):
            raise RecordError(f"{name} holds an e-mail address; personal data is not kept here: take it out")
        if has_phone(text):
            raise RecordError(f"{name} holds a phone number; personal data is not kept here: take it out")


def has_email(text: str) -> bool:
    return "@" in text and _EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    """In international form; any other could be a number of somebody's files."""
    return "+" in text and _PHONE.search(text) is not None


def _tokens(text: str) -> list[str]:
    """Words without the digits that number a column, and without the Arabic article."""
    found = (word.rstrip("0123456789").removeprefix("ال") for word in words(_CAMEL.sub(" ", text)))
    return [word for word in found if word]


_PARTY_WORDS = frozenset(_tokens(_PARTIES))
_MAKER_WORDS = frozenset(_tokens(_MAKERS))
_ALWAYS_WORDS = frozenset(_tokens(_ALWAYS))
_PERSON_WORDS = frozenset(_tokens(_PEOPLE))
_BESIDE_WORDS = frozenset(_tokens(_BESIDE)) | _PERSON_WORDS
_PHRASE_TEXTS = tuple(f" {' '.join(_tokens(phrase))} " for phrase in _PHRASES.split("|"))


def _is_personal(name: str) -> bool:
    found = _tokens(name)
    if not _PARTY_WORDS.isdisjoint(found):
        return True
    if not _MAKER_WORDS.isdisjoint(found):
        return False
    text = f" {' '.join(found)} "
    if not _ALWAYS_WORDS.isdisjoint(found) or any(phrase in text for phrase in _PHRASE_TEXTS):
        return True
    return not _PERSON_WORDS.isdisjoint(found) and _BESIDE_WORDS.issuperset(found)
