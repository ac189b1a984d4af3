"""Which photos and boxes may be asked about together."""

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.images import ImageDigest, Photo, Region
from heritage.errors import ImageError, InputError
from heritage.faces.asking import MAX_BOXES, decode_together, place_boxes, query_of


def photo(width: int = 60, height: int = 40) -> Photo:
    return Photo(ImageDigest.of(b"x"), np.zeros((height, width, 3), np.uint8), "image/png")


def test_boxes_belong_to_the_only_photo_or_say_to_which() -> None:
    one, other = Region(1, 2, 3, 4), Region(5, 6, 7, 8)
    assert place_boxes(["1,2,3,4", "0:5,6,7,8"], 1) == [(one, other)]
    assert place_boxes(["1: 5, 6, 7, 8 ", "0:1,2,3,4"], 2) == [(one,), (other,)]
    assert place_boxes([], 2) == [(), ()]


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "1.5,2,3,4", "-1,2,3,4", "٣,2,3,4", "9999999,0,1,1", "a:1,2,3,4"]
)
def test_what_is_no_box_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match=r"not a box|lies in no photo"):
        place_boxes([text], 1)


def test_too_many_boxes_are_refused() -> None:
    with pytest.raises(InputError, match=f"at most {MAX_BOXES}"):
        place_boxes(["1,2,3,4"] * (MAX_BOXES + 1), 1)


def test_a_query_keeps_boxes_with_their_photos_and_refuses_one_outside() -> None:
    query = query_of([photo(), photo()], ["1:0,0,60,40"], 5, AT_THE_MACHINE)
    assert [view.boxes for view in query.views] == [(), (Region(0, 0, 60, 40),)]
    assert query.limit == 5
    with pytest.raises(InputError, match="does not lie within the photo of 60 x 40"):
        query_of([photo()], ["1,0,60,40"], 5, AT_THE_MACHINE)


def test_photos_that_would_not_fit_into_memory_together_are_refused() -> None:
    pixels = 60 * 40
    assert len(decode_together(lambda data: photo(), [b"a", b"b"], pixels)) == 2
    with pytest.raises(ImageError, match="photo 3 of 3: the photos together have") as refused:
        decode_together(lambda data: photo(), [b"a", b"b", b"c"], pixels)
    assert refused.value.cause == "too large"
