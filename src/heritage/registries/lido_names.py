"""Names that the LIDO reader and writer share. Terms: LIDO Terminology, http://terminology.lido-schema.org."""

LIDO = "http://www.lido-schema.org"
XML = "http://www.w3.org/XML/1998/namespace"
NAMESPACES = {
    "lido": LIDO,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
RECORD_TAG = f"{{{LIDO}}}lido"
WRAP_TAG = f"{{{LIDO}}}lidoWrap"

TERMINOLOGY = "http://terminology.lido-schema.org/"
A_URI = f"{TERMINOLOGY}lido00099"
A_LOCAL_IDENTIFIER = f"{TERMINOLOGY}lido00100"
HUMAN_MADE_OBJECT = "lido00096"
ITEM_LEVEL_RECORD = "lido00141"
FINDING, UNSPECIFIED_EVENT, PRODUCTION, LOSS = "lido00002", "lido00003", "lido00007", "lido00009"
CREATION, COLLECTING, EXCAVATION = "lido00012", "lido00010", "lido00033"
