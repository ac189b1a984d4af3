"""What the entries of a IIIF manifest are called, in English as heritage writes them and as museums publish them.

IIIF fixes no labels: they are words for a reader. These are the usual ones in the languages of large collections.
"""

CARD_LABELS = {
    "object_type": (
        "Type of object", "object type", "type", "objekttyp", "objektart", "objektbezeichnung",
        "type d'objet", "dénomination", "tipo de objeto", "tipo di oggetto", "objecttype", "objectnaam",
        "тип предмета", "类型", "種別",
    ),
    "materials": (
        "Materials and techniques", "materials", "material", "medium", "technique", "materials/techniques",
        "material/technik", "material und technik", "matériaux et techniques", "matériau", "matière",
        "técnica", "materiales", "materia e tecnica", "materiale", "materiaal", "материал", "材质", "材質",
        "المواد",
    ),
    "measurements": (
        "Measurements", "dimensions", "dimension", "size", "extent", "maße", "abmessungen", "mesures",
        "dimensiones", "dimensioni", "dimensões", "afmetingen", "размеры", "размер", "尺寸", "寸法", "الأبعاد",
    ),
    "inscriptions": (
        "Inscriptions and markings", "inscriptions", "inscription", "marks", "inschrift", "inschriften",
        "inscripciones", "iscrizioni", "inscrições", "opschriften", "надписи", "铭文", "銘文", "النقوش",
    ),
    "distinguishing_features": (
        "Distinguishing features", "besondere merkmale", "signes particuliers", "rasgos distintivos",
        "caratteristiche distintive", "características distintivas",
    ),
    "title": ("Title", "titel", "titre", "título", "titolo", "название", "题名", "標題", "タイトル", "العنوان"),
    "subject": (
        "Subject", "subjects", "depicted", "thema", "sujet", "tema", "soggetto", "assunto", "onderwerp",
        "сюжет", "主题", "主題", "الموضوع",
    ),
    "period": (
        "Date or period", "date", "period", "date made", "datierung", "datum", "epoche", "époque", "datation",
        "fecha", "época", "data", "datazione", "datering", "дата", "年代", "时代", "時代", "制作年", "التاريخ",
        "الفترة",
    ),
    "maker": (
        "Maker", "artist", "creator", "artist/maker", "author", "künstler", "hersteller", "artiste", "auteur",
        "créateur", "artista", "autor", "autore", "maker/kunstenaar", "vervaardiger", "автор", "художник",
        "作者", "作家", "الفنان",
    ),
    "description": (
        "Description", "beschreibung", "descripción", "descrizione", "descrição", "beschrijving", "описание",
        "描述", "説明", "الوصف",
    ),
    "inventory_number": (
        "Inventory number", "accession number", "object number", "identifier", "inventarnummer",
        "numéro d'inventaire", "número de inventario", "numero d'inventario", "número de inventário",
        "objectnummer", "inventaris nummer", "инвентарный номер", "收藏号", "登録番号", "رقم الجرد",
    ),
    "related_material": (
        "Related written material", "references", "bibliography", "literatur", "bibliographie",
        "bibliografía", "bibliografia", "literatuur", "библиография", "参考文献",
    ),
    "place_of_origin": (
        "Place of origin or discovery", "place of origin", "origin", "place made", "findspot", "herkunft",
        "herstellungsort", "fundort", "lieu d'origine", "lieu de création", "lieu de découverte",
        "lugar de origen", "luogo di origine", "local de origem", "plaats van herkomst", "место создания",
        "место находки", "产地", "出土地", "مكان المنشأ",
    ),
    "cross_references": ("Cross-references", "related objects", "verwandte objekte", "objets liés"),
    "date_documented": ("Date documented",),
}  # fmt: skip
"""By the card's field; the first is what heritage writes."""

RECORD_LABELS = {
    "record_id": "Registry record",
    "status": "Registered as",
    "owner_agency": "Owner agency",
    "theft_date": "Date of theft",
    "theft_place": "Place of theft",
    "category": "Category",
    "terms": "Vocabulary terms",
    "handling": "Handling",
    "shared_with": "Shared with",
    "icg_reference": "EU 2019/880 reference",
}
"""Of what a record has beside the card. Only a manifest that names its registry record is asked for these."""

FIELD_BY_LABEL = {label.casefold(): name for name, labels in CARD_LABELS.items() for label in labels}
