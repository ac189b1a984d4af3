"""Names that the Linked Art reader and writer share; the vocabulary terms are those of https://linked.art/model/vocab/."""

CONTEXT = "https://linked.art/ns/v1/linked-art.json"
AAT = "http://vocab.getty.edu/aat/"

PRIMARY_NAME, DISPLAY_NAME, SORT_NAME = "300404670", "300404669", "300451544"
ACCESSION_NUMBER, LOCAL_NUMBER = "300312355", "300404621"
STATEMENT, TYPE_OF_WORK, DIGITAL_IMAGE, THEFT = "300418049", "300435443", "300215302", "300055292"
ARTWORK, COLLECTION_ITEM = "300133025", "300404024"
NOTE, PRODUCTION_STATEMENT = "300027200", "300435436"

STATEMENT_BY_FIELD = {
    "object_type": NOTE,
    "materials": "300435429",
    "measurements": "300435430",
    "inscriptions": "300435414",
    "distinguishing_features": NOTE,
    "subject": "300026032",  # summary
    "description": "300435416",
    "related_material": "300026497",  # bibliography statement
    "cross_references": NOTE,
    "date_documented": NOTE,
}
FURTHER_INSCRIPTIONS = ("300435420", "300028705")  # markings, signature
