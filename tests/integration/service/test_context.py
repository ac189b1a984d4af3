"""The composition root: what it opens it closes, and pictures are decoded where the settings say."""

import os
from pathlib import Path

import pytest

from heritage.errors import ImageError, StorageError
from heritage.service.context import open_context
from heritage.settings import Settings
from tests.processes import children
from tests.toys import ToyEmbedder, png


@pytest.mark.parametrize("process_count", [0, 1, 3])
def test_pictures_are_decoded_in_children_or_here(tmp_path: Path, process_count: int) -> None:
    before = children(os.getpid())
    settings = Settings(home=tmp_path, max_image_pixels=2000, decode_processes=process_count)
    with open_context(settings, ToyEmbedder()) as context:
        assert context.decode(png(1)).width == 48
        with pytest.raises(ImageError, match="too large: 1 megapixels"):
            context.decode(png(1, 50, 50))
        assert len(children(os.getpid())) - len(before) == min(process_count, 1), "more only when they are needed"
    assert children(os.getpid()) == before


def test_an_error_while_composing_leaves_no_child(tmp_path: Path) -> None:
    before = children(os.getpid())
    (tmp_path / "heritage.db").write_bytes(b"something else entirely, but long enough for a header" * 100)
    with pytest.raises(StorageError, match="damaged"), open_context(Settings(home=tmp_path), ToyEmbedder()):
        pass
    assert children(os.getpid()) == before
