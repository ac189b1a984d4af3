"""Models by their names: opened, listed, added."""

from pathlib import Path

from heritage.domain.calibration import Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.ports import Embedder
from heritage.settings import Settings


def open_embedder(settings: Settings, name: str) -> Embedder:
    """The model called ``name`` (or at the path ``name``); its weights load with the first image.

    Raises `NotFoundError`, and `ModelError` when its files are not those of the manifest.
    """
    from heritage.vision.clip_embedder import ClipEmbedder
    from heritage.vision.joined_embedder import JoinedEmbedder
    from heritage.vision.weights import find_model

    folder = find_model(settings.models, name)
    tower = ClipEmbedder(folder, settings.thread_count)
    return JoinedEmbedder(tower, folder.fisher, settings.thread_count) if folder.fisher else tower


def open_calibration(settings: Settings, embedder: Embedder) -> tuple[Calibration, Cohort]:
    """What was fitted for the embedder's descriptors, else what rests on keypoints alone. Raises `ModelError`."""
    from heritage.vision.calibrations import find_calibration

    return find_calibration(settings.models / embedder.spec.model, embedder.spec)


def model_names(settings: Settings) -> tuple[str, ...]:
    """Model folders in the manifest, the default one first. Raises `NotFoundError`, `ModelError`."""
    from heritage.vision import weights

    return weights.list_models(settings.models)


def add_model(settings: Settings, folder: Path, name: str = "") -> str:
    """Take an OpenCLIP model folder of the user's own into ``models/``; its name there. `ModelError`, `InputError`."""
    from heritage.vision import adding

    return adding.add_model(settings.models, folder, name)


def pull_model(settings: Settings, name: str) -> str:
    """Fetch a pretrained OpenCLIP model from its hub, because the user asks for it; the name of its folder."""
    from heritage.vision.pulling import pull_model as pulled

    return pulled(settings.models, name)
