"""Which models a home can be searched with: how far each has come, and the change from one to another."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from heritage.domain.ports import Progress
from heritage.errors import HeritageError, InputError, NotFoundError
from heritage.service.context import Context, model_names, open_context, open_embedder
from heritage.service.filling import FillReport, fill
from heritage.settings import Settings
from heritage.storage.choice import ModelChoice
from heritage.storage.database import Database


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model. ``described_count`` of the home's ``image_count`` images; ``problem`` is why it cannot be used."""

    name: str
    is_in_use: bool
    dimension: int = 0
    byte_count: int = 0
    described_count: int = 0
    image_count: int = 0
    problem: str = ""


def model_in_use(settings: Settings) -> str:
    """What the settings name, or else the home has chosen, or else the manifest's default."""
    if settings.model:
        return settings.model
    chosen = ""
    if Database.exists(settings.home, settings.database_url):
        database = Database.open(settings.home, settings.database_url)
        chosen = ModelChoice(database).name()
        database.close()
    return chosen or model_names(settings)[0]


def model_states(settings: Settings) -> tuple[ModelState, ...]:
    """Each model of the manifest, the default first, and the one in use if it is elsewhere."""
    used = model_in_use(settings)
    names = dict.fromkeys([*model_names(settings), used])
    return tuple(_state(settings, name, name == used) for name in names)


def fill_model(settings: Settings, name: str, progress: Progress | None = None) -> FillReport:
    """Describe every stored image by the model ``name`` too; see `heritage.service.filling`."""
    check_models(settings, [name])
    with open_context(settings, open_embedder(settings, name)) as context:
        return fill(context, progress)


def use_model(
    settings: Settings, name: str, *, incomplete: bool = False, progress: Progress | None = None
) -> FillReport:
    """Make ``name`` the home's model: describe what is missing, build its index, then change over in one transaction.

    What was used before goes on answering until that moment and stays filled. Raises `InputError` when images cannot
    be described, unless ``incomplete`` says to leave those out of every search; then nothing has changed.
    """
    check_models(settings, [name])
    with open_context(settings, open_embedder(settings, name)) as context:
        described_count = tail_limit = 0
        while True:  # until no record came in between the filling and the change
            report = fill(context, progress)
            described_count += report.described_count
            if report.failed_count and not incomplete:
                raise InputError(
                    f"{name} cannot describe {report.failed_count:,} images, the first because: {report.failures[0]}; "
                    f"restore them and run again, or leave them out of every search with --incomplete"
                )
            context.gallery.update(tail_limit, progress)
            if ModelChoice(context.database).change(name, context.specs, report.failed_count):
                return replace(report, described_count=described_count)
            tail_limit = settings.tail_limit


def check_models(settings: Settings, names: Iterable[str]) -> None:
    """Raises `NotFoundError` for a name that is not in the manifest. No path: all must find one model by its name."""
    known = model_names(settings)
    for name in names:
        if name in known:
            continue
        hint = "; take a folder in with `heritage models add FOLDER`" if "/" in name else ""
        raise NotFoundError(f"there is no model {name!r}; there are: {', '.join(known)}{hint}")


def _state(settings: Settings, name: str, is_in_use: bool) -> ModelState:
    try:
        embedder = open_embedder(settings, name)
    except HeritageError as error:
        return ModelState(name, is_in_use, problem=str(error))
    described_count = image_count = 0
    if Database.exists(settings.home, settings.database_url):
        with open_context(settings, embedder) as context:
            described_count, image_count = _progress_of(context)
    folder = Path(name) if "/" in name else settings.models / name
    byte_count = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return ModelState(name, is_in_use, embedder.spec.dimension, byte_count, described_count, image_count)


def _progress_of(context: Context) -> tuple[int, int]:
    image_count = context.backlog.image_count()
    return image_count - context.backlog.count(context.specs), image_count
