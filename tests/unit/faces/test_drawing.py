"""Points must land where the picture shows them: a line that points beside the damage misleads."""

import numpy as np
import pytest

from heritage.domain.hits import Verdict, Verification
from heritage.faces.drawing import drawn_inliers, one_above_other, outline_in_query, side_by_side
from tests.answers import hit, mirrored, verification

QUERY, GALLERY = (1000, 900), (300, 400)


def test_at_most_sixty_inliers_are_drawn_and_they_span_all_of_them() -> None:
    found = verification(150)
    drawn = drawn_inliers(found)
    assert len(drawn) == 60
    assert drawn[0].query == pytest.approx(found.query_points[0], abs=0.1)
    assert drawn[-1].gallery == pytest.approx(found.gallery_points[-1], abs=0.1)
    assert len(set(drawn)) == 60


@pytest.mark.parametrize("count", [0, 1, 59, 60])
def test_few_inliers_are_all_drawn(count: int) -> None:
    assert len(drawn_inliers(verification(count))) == count


def test_side_by_side_pictures_are_equally_high_and_points_keep_their_place() -> None:
    found = verification(5)
    drawing = side_by_side(found, QUERY, GALLERY)
    assert drawing.query.height == drawing.gallery.height
    assert drawing.gallery.x >= drawing.query.width
    assert drawing.gallery.y == drawing.query.y > 0
    for line, query, gallery in zip(drawing.lines, found.query_points, found.gallery_points, strict=True):
        assert (line.start[0] - drawing.query.x) / drawing.query.width == pytest.approx(query[0] / 1000, abs=1e-3)
        assert (line.start[1] - drawing.query.y) / drawing.query.height == pytest.approx(query[1] / 900, abs=1e-3)
        assert (line.end[0] - drawing.gallery.x) / drawing.gallery.width == pytest.approx(gallery[0] / 300, abs=1e-3)
        assert (line.end[1] - drawing.gallery.y) / drawing.gallery.height == pytest.approx(gallery[1] / 400, abs=1e-3)


def test_one_above_other_pictures_are_equally_wide_and_do_not_overlap() -> None:
    drawing = one_above_other(hit(Verdict.STRONG).verification, QUERY, GALLERY)
    assert drawing.query.width == drawing.gallery.width == drawing.width
    assert drawing.gallery.y > drawing.query.y + drawing.query.height
    assert drawing.height == pytest.approx(drawing.gallery.y + drawing.gallery.height, abs=0.1)
    assert all(line.end[1] > line.start[1] for line in drawing.lines)


def test_the_outline_is_where_the_homography_says_the_registered_picture_lies() -> None:
    outline = outline_in_query(verification(9).homography, QUERY, GALLERY)
    assert outline == ((100, 40), (700, 40), (700, 840), (100, 840))


def test_the_outline_of_a_mirror_image_lies_in_the_photo_as_it_is() -> None:
    shown = mirrored(hit(Verdict.STRONG)).verification
    outline = outline_in_query(shown.homography, QUERY, GALLERY)
    assert outline == ((899, 40), (299, 40), (299, 840), (899, 840))  # the photo's columns count down from 999
    drawing = side_by_side(shown, QUERY, GALLERY)
    for line, query in zip(drawing.lines, drawn_inliers(shown), strict=True):
        assert line.start == drawing.query.place(query.query)


@pytest.mark.parametrize(
    "homography",
    [
        None,
        ((0.0, 0.0, 1.0), (0.0, 0.0, 1.0), (0.0, 0.0, 1.0)),  # singular
        ((0.001, 0.0, 0.0), (0.0, 0.001, 0.0), (0.0, 0.0, 1.0)),  # an outline 300 times the photo
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.01, 0.0, 1.0)),  # the horizon runs through the picture
    ],
)
def test_an_unbelievable_outline_is_not_drawn(homography: object) -> None:
    assert outline_in_query(homography, QUERY, GALLERY) == ()  # type: ignore[arg-type]


def test_nothing_verified_draws_two_bare_pictures() -> None:
    drawing = side_by_side(Verification.nothing(), QUERY, GALLERY)
    assert (drawing.lines, drawing.outline) == ((), ())
    assert np.isfinite([drawing.width, drawing.height]).all()
