"""Kills the import of a table of records at random moments (kill -9), runs it again, and looks for what is wrong.

    python scripts/crash_import.py --count 20000 --kills 10

The records have no photographs, so that hundreds are one transaction. When the import has been killed as often as
asked it is let end, and all that was written is compared with an import that nobody disturbed: records, terms, shares,
history and full text, row by row. Exit code 1 and the differences when something was lost, doubled, or left behind.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from crashing.children import READY, do, do_disturbed
from crashing.command import Command
from crashing.homes import ColourEmbedder, State, rows_of
from generate_records import records
from heritage.service.context import open_context, open_source, write_records
from heritage.service.ingest import ingest
from heritage.settings import Settings

LIVES = (0.02, 0.15)  # of a child, in the time that the whole import takes


def work(home: Path, table: Path) -> None:
    """What a child does: the import, as ``heritage ingest`` does it."""
    print(READY, flush=True)  # before the database is made: that may be killed too
    with open_context(Settings(home=home), ColourEmbedder()) as context:
        ingest(context, open_source(table, "crash"))


def state_of(home: Path) -> State:
    return State(frozenset(_lines(home)))


def _lines(home: Path) -> Iterator[str]:
    with open_context(Settings(home=home), ColourEmbedder()) as context:
        yield from rows_of(context)
        with context.database.read() as connection:
            for row in connection.execute(text("SELECT rowid, words, places FROM record_text")):
                yield f"record_text: {tuple(row)}"


def crash(folder: Path, count: int, kill_count: int) -> int:
    """Exit code: 0 when the import ended as if nobody had disturbed it."""
    table = folder / "records.csv"
    write_records(records(count, 1), table, str)
    seconds = do(__file__, folder / "undisturbed", table)
    killed = do_disturbed(kill_count, [seconds * share for share in LIVES], __file__, folder / "disturbed", table)
    differences = state_of(folder / "undisturbed").differences(state_of(folder / "disturbed"))
    print(f"killed {killed} times in the import of {count:,} records: {len(differences)} differences")
    print("\n".join(differences[:50]) if differences else "nothing lost, nothing doubled")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(Command(__doc__, "count", 20_000, 10, work, crash).run())
