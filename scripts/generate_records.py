"""Plausible records of stolen objects in several languages, the same ones for the same seed: a table to import.

    python scripts/generate_records.py out.csv --count 50000 --seed 1

They have no photographs. Nothing in them is of a real object.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from heritage.domain.access import Handling
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, Status
from heritage.registries.exporting import write_file

REGISTRIES = ("carabinieri", "interpol", "bka", "oclc-vol", "patrimonio", "athar")
AGENCIES = ("Roma TPC", "Paris OCBC", "Berlin LKA 444", "Madrid BPH", "Cairo RAI", "Athina DPAP", "Wien BKA", "Kyoto")
KINDS = {
    "painting": ("Madonna", "paysage", "retrato", "Bildnis", "natura morta", "لوحة", "聖母子像", "икона"),
    "figurine": ("statuette", "Statuette", "figurilla", "figurina", "تمثال", "仏像", "статуэтка", "ειδώλιο"),
    "vessel": ("amphora", "amphore", "ánfora", "Krug", "kylix", "إناء", "青铜器", "κρατήρας"),
    "coin": ("denarius", "écu", "real de a ocho", "Taler", "solidus", "دينار", "古銭", "динар"),
    "textile": ("carpet", "tapisserie", "alfombra", "Teppich", "arazzo", "سجادة", "絨毯", "ковёр"),
    "manuscript": ("psalter", "livre d'heures", "códice", "Handschrift", "corale", "مخطوطة", "写本", "рукопись"),
}
SUBJECTS = (
    "Saint George",
    "la Vierge et l'Enfant",
    "cazador",
    "Löwe",
    "cavallo",
    "نسر",
    "龍",
    "Рождество",
    "owl",
    "rosette",
)
MATERIALS = (
    "oil on canvas",
    "bronze doré",
    "terracotta",
    "Eichenholz",
    "marmo",
    "نحاس",
    "漆",
    "серебро",
    "ivory",
    "faïence",
)
PERIODS = (
    "15th century",
    "XVIIIe siècle",
    "siglo XVII",
    "um 1520",
    "III secolo a.C.",
    "العصر المملوكي",
    "江戸時代",
    "1880s",
)
PLACES = (
    *("Torino", "Évreux", "Cuenca", "Köln", "القاهرة", "京都", "Киев", "Θεσσαλονίκη", "Ghazni", "Palmyra", "Lucca"),
    *("Aix-en-Provence", "Sankt Pölten", "حلب", "Oaxaca", "Cluj", "Antakya", "Siena", "Bamberg", "Trondheim"),
)
MAKERS = (
    "unknown",
    "atelier de Limoges",
    "Bottega di A. Neri",
    "Meister der Marienbilder",
    "Ivan Petrov",
    "狩野派",
    "",
)
FEATURES = (
    *(
        "old repair to the rim",
        "craquelure in the sky",
        "manque au bras gauche",
        "grieta vertical",
        "Riss unten rechts",
    ),
    *("iscrizione abrasa", "worm holes on the back", "gilding lost at the edges", "كسر في القاعدة", "虫食いの跡"),
)
FILLER = (
    *("the object was kept in a chapel", "missed after a restoration", "on a later base", "with a paper label"),
    *("traces de réparation ancienne", "un numéro peint", "conserva restos de policromía", "sello de lacre"),
    *(
        "Spuren einer alten Restaurierung",
        "mit Stempel der Sammlung",
        "reca un sigillo di ceralacca rossa",
        "غير مكتمل",
    ),
)


def records(count: int, seed: int) -> Iterator[RegistryRecord]:
    """``count`` different records; some cards are full, some say little."""
    chance = Random(seed)
    for number in range(1, count + 1):
        yield _record(number, chance)


def _record(number: int, chance: Random) -> RegistryRecord:
    category = chance.choice(sorted(KINDS))
    return RegistryRecord(
        record_id=RecordId(chance.choice(REGISTRIES), f"{chance.choice('ABC')}-{number:06}"),
        status=chance.choices(list(Status), (60, 15, 8, 6, 6, 4, 1))[0],
        owner_agency=chance.choice(AGENCIES),
        theft_date=_date(chance),
        theft_place=f"{chance.choice(PLACES)}, {chance.choice(PLACES)}",
        category=category,
        handling=chance.choices(list(Handling), (5, 80, 10, 3, 2))[0],
        shared_with=tuple(sorted(chance.sample(AGENCIES, chance.choice((0, 0, 0, 1, 2))))),
        card=_card(category, number, chance),
    )


def _card(category: str, number: int, chance: Random) -> ObjectIdCard:
    kind, subject = chance.choice(KINDS[category]), chance.choice(SUBJECTS)
    return ObjectIdCard(
        object_type=kind,
        materials=chance.choice(MATERIALS),
        measurements=f"{chance.randint(3, 300)} x {chance.randint(3, 300)} cm",
        inscriptions=f"{chance.choice('ABCDEFG')}. {chance.randint(1, 999)}" if chance.random() < 0.4 else "",
        distinguishing_features=chance.choice(FEATURES) if chance.random() < 0.7 else "",
        title=f"{kind}, {subject}",
        subject=subject,
        period=chance.choice(PERIODS),
        maker=chance.choice(MAKERS),
        description="; ".join(chance.choices(FILLER, k=chance.randint(2, 12))),
        inventory_number=f"Inv. {number * 7 % 99_991}",
        place_of_origin=chance.choice(PLACES),
    )


def _date(chance: Random) -> str:
    year, month, day = chance.randint(1965, 2025), chance.randint(1, 12), chance.randint(1, 28)
    return chance.choice((f"{year}", f"{year}-{month:02}", *[f"{year}-{month:02}-{day:02}"] * 4))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT.csv|OUT.xlsx")
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{write_file(records(options.count, options.seed), options.out):,} records are in {options.out}")


if __name__ == "__main__":
    main()
