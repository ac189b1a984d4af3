from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from heritage.domain.audit import Action, AuditEvent, Checkpoint, canonical, read_time, written_time
from heritage.errors import InputError

MOMENT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
EVENT = AuditEvent(MOMENT, "ama", "north", Action.READ, "north/12", 'says "yes" \\ Święty 聖\u200c')
CHECKPOINT = Checkpoint(12, bytes(range(32)), MOMENT, "0123456789abcdef", bytes(range(64)))
OTHER_FORMS = (
    "2026-05-04T03:02:01Z",
    "2026-05-04 03:02:01.000000Z",
    "2026-05-04T03:02:01.000000+00:00",
    "2026-05-04T05:02:01.000000+02:00",
    "20260504T030201.000000Z",
    "2026-05-04",
    "",
    "yesterday",
)


def test_what_is_hashed_never_changes() -> None:
    """Another encoding would make every log that exists look altered."""
    assert canonical(EVENT).decode() == (
        '{"action":"read","actor":"ama","agency":"north","at":"2026-05-04T03:02:01.000000Z",'
        '"detail":"says \\"yes\\" \\\\ Święty 聖\u200c","subject":"north/12"}'
    )


def test_the_names_of_actions_never_change() -> None:
    assert [str(action) for action in Action] == [
        "sign-in", "refuse", "search", "scan", "read", "export", "import", "create", "change", "withdraw", "remove",
        "decide", "account",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("actor", "a" * 201),
        ("agency", "a" * 201),
        ("subject", "a" * 501),
        ("detail", "a" * 2_001),
        ("detail", "one\ntwo"),
        ("detail", "\x00"),
        ("actor", "\x1b[2J"),
        ("subject", "half a pair \ud800"),
    ],
)
def test_a_text_that_could_not_be_kept_as_it_is_is_refused(field: str, text: str) -> None:
    with pytest.raises(InputError, match=f"{field} .*one line"):
        replace(EVENT, **{field: text})


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=2))])
def test_a_time_that_is_not_utc_is_refused(zone: timezone | None) -> None:
    with pytest.raises(InputError, match="UTC"):
        replace(EVENT, at=MOMENT.replace(tzinfo=zone))


def test_a_time_has_one_written_form() -> None:
    assert read_time(written_time(MOMENT)) == MOMENT
    for other in OTHER_FORMS:
        with pytest.raises(InputError, match="not a time"):
            read_time(other)


def test_a_checkpoint_is_one_line_that_reads_back() -> None:
    line = str(CHECKPOINT)
    assert "\n" not in line
    assert line.startswith(CHECKPOINT.statement)
    assert Checkpoint.parse(line) == CHECKPOINT


def test_every_changed_character_of_a_checkpoint_is_another_checkpoint_or_none() -> None:
    line = str(CHECKPOINT)
    for place, character in enumerate(line):
        for other in ("0", "1", " ", "A"):
            changed = line[:place] + other + line[place + 1 :]
            try:
                assert Checkpoint.parse(changed) != CHECKPOINT or other == character
            except InputError as error:
                assert "heritage-audit-1" in str(error) or "not a time" in str(error)
