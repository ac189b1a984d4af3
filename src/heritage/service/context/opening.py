"""How a context is opened, and the few parts that printing needs without one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

from heritage.domain.calibration import Calibration
from heritage.domain.ports import Decoder, Embedder
from heritage.service.context.models import model_names, open_embedder
from heritage.service.context.parts import Context
from heritage.service.following import Following
from heritage.service.printing import Printing
from heritage.settings import Settings
from heritage.storage.choice import ModelChoice
from heritage.storage.database import Database
from heritage.storage.images import Images
from heritage.storage.records import Records


@contextmanager
def open_context(
    settings: Settings, embedder: Embedder | None = None, calibration: Calibration | None = None
) -> Iterator[Context]:
    """Everything one process needs, with the real adapters; the model itself loads with the first image.

    ``embedder`` takes the place of the model that the settings or the home name, ``calibration`` of what was fitted
    for it.
    """
    with _open_decoder(settings) as decode, closing(Database.open(settings.home, settings.database_url)) as database:
        from heritage.service.context.composing import change_over, compose  # takes long, so while a child starts

        following: Following[Context] | None = None
        if embedder is None:
            choice = ModelChoice(database)
            name = settings.model or choice.name() or model_names(settings)[0]
            embedder = open_embedder(settings, name)
            following = None if settings.model else Following(choice, name, change_over)
        yield replace(compose(settings, database, embedder, calibration, decode), following=following)


@contextmanager
def open_printing(settings: Settings) -> Iterator[Printing]:
    """What printing a record needs: no model."""
    from heritage.registries.object_id_form import write_form
    from heritage.vision.derivative import thumbnail

    with _open_decoder(settings) as decode, closing(Database.open(settings.home, settings.database_url)) as database:
        yield Printing(Records(database), Images(settings.home), decode, thumbnail, write_form)


@contextmanager
def _open_decoder(settings: Settings) -> Iterator[Decoder]:
    """Decodes in children, the first of which starts while the rest is composed; or in this process."""
    from heritage.vision.decode import DecodeLimits, decode

    limits = DecodeLimits(settings.max_image_bytes, settings.max_image_pixels, settings.max_image_side)
    if settings.decode_processes == 0:
        yield lambda data: decode(data, limits)
        return
    from heritage.vision.decode_child import ChildBounds
    from heritage.vision.decode_pool import DecodePool

    bounds = ChildBounds(settings.decode_seconds, settings.decode_memory * 1_000_000)
    with closing(DecodePool(limits, bounds, settings.decode_processes)) as pool:
        yield pool.decode
