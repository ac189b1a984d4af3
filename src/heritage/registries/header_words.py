"""What registrars call our columns, and the statuses, in English, French, Spanish, Italian, German and Arabic."""

from heritage.domain.records import Status
from heritage.domain.words import words

_HEADERS = {
    "registry": "registry | register | registre | registro | Register | السجل",
    "number": """
        number | no | record number | record id | reference | ref | case number | id | numéro | numéro de
        dossier | référence | número | número de registro | expediente | numero | numero scheda | scheda |
        riferimento | Nummer | Nr | Aktenzeichen | Kennung | رقم | الرقم | رقم السجل
    """,
    "status": """
        status | state of case | statut | état | estado | situación | stato | situazione | Status | الحالة
    """,
    "owner_agency": """
        owner agency | agency | bureau | unit | police unit | service | organisme | agencia | organismo |
        unidad | ente | comando | nucleo | Behörde | Dienststelle | الجهة
    """,
    "theft_date": """
        theft date | date of theft | date stolen | stolen on | date of loss | date du vol | fecha del robo |
        fecha de robo | data del furto | data furto | Diebstahldatum | Tatzeit | Datum des Diebstahls |
        تاريخ السرقة
    """,
    "theft_place": """
        theft place | place of theft | stolen from | lieu du vol | lugar del robo | lugar de robo | luogo
        del furto | luogo furto | Tatort | Ort des Diebstahls | مكان السرقة
    """,
    "category": """
        category | object category | catégorie | domaine | categoría | categoria | Kategorie | Sachgruppe |
        الفئة
    """,
    "handling": """
        handling | tlp | classification level | diffusion | difusión | diffusione | Verbreitung
    """,
    "shared_with": "shared with | partagé avec | compartido con | condiviso con | geteilt mit",
    "icg_reference": """
        icg reference | import licence | licence d'importation | licencia de importación |
        Einfuhrgenehmigung
    """,
    "object_type": """
        object type | type of object | type | object | object name | type d'objet | objet | désignation |
        tipo de objeto | objeto | tipo di oggetto | tipo oggetto | oggetto | Objekttyp | Objektart | Objekt
        | Gegenstand | نوع القطعة | القطعة | النوع
    """,
    "materials": """
        materials | material | medium | materials and techniques | technique | matériaux | matière |
        matériaux et techniques | material y técnica | materiales | técnica | materia | materia e tecnica |
        materiali | tecnica | Material | Material und Technik | Technik | المادة | المواد
    """,
    "measurements": """
        measurements | dimensions | size | height | width | depth | diameter | weight | mesures | hauteur |
        largeur | profondeur | diamètre | poids | medidas | dimensiones | alto | altura | ancho |
        profundidad | diámetro | peso | misure | dimensioni | altezza | larghezza | profondità | diametro |
        Maße | Abmessungen | Größe | Höhe | Breite | Tiefe | Durchmesser | Gewicht | القياسات | الأبعاد |
        الارتفاع | العرض
    """,
    "inscriptions": """
        inscriptions | inscription | markings | inscriptions and markings | marks | signature | inscriptions
        et marques | inscripciones | marcas | firma | iscrizioni | marchi | Inschriften | Inschrift |
        Signatur | Beschriftung | النقوش
    """,
    "distinguishing_features": """
        distinguishing features | features | condition | damage | signes distinctifs | signes particuliers |
        rasgos distintivos | señas particulares | segni particolari | caratteristiche distintive | besondere
        Merkmale | Merkmale | علامات مميزة
    """,
    "title": "title | titre | título | titolo | Titel | Bezeichnung | العنوان",
    "subject": """
        subject | iconography | sujet | iconographie | tema | sujeto | soggetto | iconografia | Motiv |
        الموضوع
    """,
    "period": """
        period | date or period | dating | century | époque | période | datation | siècle | época | período
        | datación | siglo | epoca | periodo | datazione | secolo | Datierung | Epoche | Zeit | الفترة |
        العصر
    """,
    "maker": """
        maker | artist | author | creator | auteur | artiste | autor | artista | autore | Künstler | Urheber
        | Hersteller | الفنان | الصانع
    """,
    "description": """
        description | notes | remarks | descripción | observaciones | descrizione | note | Beschreibung |
        Bemerkung | Bemerkungen | الوصف
    """,
    "inventory_number": """
        inventory number | inventory no | accession number | numéro d'inventaire | inventaire | número de
        inventario | inventario | numero di inventario | numero inventario | Inventarnummer | Inv Nr | رقم
        الجرد
    """,
    "related_material": """
        related material | bibliography | bibliographie | bibliografía | bibliografia | Literatur | المراجع
    """,
    "place_of_origin": """
        place of origin | origin | findspot | provenance | lieu d'origine | lieu de découverte | procedencia
        | lugar de origen | luogo di origine | luogo di provenienza | provenienza | Herkunft | Fundort |
        Herkunftsort | مكان المنشأ | المصدر
    """,
    "cross_references": """
        cross references | related objects | références croisées | riferimenti incrociati | Querverweise
    """,
    "date_documented": """
        date documented | date of record | date de la fiche | fecha de ficha | data scheda | Aufnahmedatum
    """,
    "images": """
        images | image | image files | photo | photos | photographs | file name | fichier | fichiers |
        photographie | imagen | imágenes | foto | fotografía | archivo | immagine | immagini | fotografia |
        file | Bild | Bilder | Fotos | Datei | Bilddatei | الصورة | الصور
    """,
    "views": "views | view | vue | vues | vista | vistas | viste | Ansicht | Ansichten",
}
_STATUSES = {
    Status.STOLEN: """
        stolen | theft | volé | vol | robado | robada | hurtado | rubato | rubata | furto | gestohlen |
        مسروق
    """,
    Status.MISSING: """
        missing | lost | disparu | perdu | desaparecido | perdido | disperso | smarrito | vermisst | مفقود
    """,
    Status.LOOTED: """
        looted | pillé | fouille illicite | saqueado | expoliado | saccheggiato | geplündert | Raubgut |
        منهوب
    """,
    Status.FOUND: """
        found | trouvé | encontrado | hallado | trovato | rinvenuto | gefunden | Fund | عثر عليه
    """,
    Status.SEIZED: """
        seized | saisi | incautado | decomisado | sequestrato | beschlagnahmt | sichergestellt | محجوز |
        مصادر
    """,
    Status.RECOVERED: """
        recovered | retrouvé | récupéré | recuperado | recuperato | wiedergefunden | مسترد | مستعاد
    """,
    Status.WITHDRAWN: "withdrawn | retiré | retirado | ritirato | zurückgezogen | مسحوب",
}


def _known(names: str) -> list[tuple[str, ...]]:
    return [tuple(words(name)) for name in names.split("|")]


_COLUMN_BY_WORDS = {known: column for column, names in _HEADERS.items() for known in _known(names)}
_STATUS_BY_WORDS = {known: status for status, names in _STATUSES.items() for known in _known(names)}


def guess_column(header: str) -> str:
    """Which of our columns a header probably means; "" when it could be anything."""
    asked = tuple(words(header))
    if asked in _COLUMN_BY_WORDS:
        return _COLUMN_BY_WORDS[asked]
    # "Height (cm)" and "Titolo dell'opera": the longest name that the header has all words of, if it is the only one.
    within = {known: column for known, column in _COLUMN_BY_WORDS.items() if len("".join(known)) > 3}
    matching = {known: column for known, column in within.items() if set(known) <= set(asked)}
    longest = max((len(known) for known in matching), default=0)
    columns = {column for known, column in matching.items() if len(known) == longest}
    return columns.pop() if len(columns) == 1 else ""


def guess_status(word: str) -> Status | None:
    return _STATUS_BY_WORDS.get(tuple(words(word)))
