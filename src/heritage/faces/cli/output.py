"""What commands print: plain when nobody watches, and never a control character of somebody else's."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from heritage.domain.ports import Progress
from heritage.settings import Settings

if TYPE_CHECKING:
    import typer
    from rich.console import Console
    from rich.table import Table

PLAIN_WIDTH = 200  # characters of a line that goes to a file or a pipe


def settings_of(context: "typer.Context") -> Settings:
    """Settings from the environment and the global options. Raises `InputError`."""
    home = context.obj if isinstance(context.obj, Path) else None
    return Settings.from_environment(home=home)


def clean(text: str) -> str:
    """``text`` for a terminal. A registry or a file name could otherwise move the cursor or forge a line of ours."""
    return "".join(character if character.isprintable() else "�" for character in text)


def complain(message: str) -> None:
    """One line on stderr."""
    print(f"heritage: {clean(message)}", file=sys.stderr)


def console() -> "Console":
    from rich.console import Console

    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(width=width, highlight=False, markup=False, emoji=False)


def table(*columns: str, figures: int = 0) -> "Table":
    """An empty table; the last ``figures`` columns hold figures."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    for place, column in enumerate(columns):
        made.add_column(column, justify="right" if place >= len(columns) - figures else "left", overflow="fold")
    return made


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr for each stage that is reported; nothing when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.1f}/s" if task.speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), RateColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True, markup=False)) as bars:
        task_by_stage = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in task_by_stage:
                task_by_stage[stage] = bars.add_task(stage, total=total, completed=done)
            bars.update(task_by_stage[stage], completed=done, total=total)

        yield report
