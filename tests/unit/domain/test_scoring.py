import numpy as np

from heritage.domain.hits import Hit, Verdict, Verification
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId, RegisteredImage, RegistryRecord
from heritage.domain.scoring import (
    POSSIBLE_MIN_CELLS,
    STRONG_MIN_CELLS,
    cast_votes,
    score_of,
    settle_rivals,
    verdict_of,
)


def verification(cells: int) -> Verification:
    points = np.zeros((cells, 2), np.float32)
    return Verification(cells, cells, cells, None, points, points)


def test_a_vote_is_worth_the_gap_to_the_farthest_neighbour() -> None:
    votes = cast_votes(np.float32([[0, 50, 100], [90, 95, 100]]), np.int64([[1, 2, 3], [1, 4, 5]]))
    assert np.isclose(votes[1], 1.0 + 0.01)
    assert np.isclose(votes[2], 0.25)
    assert votes[3] == votes[5] == 0


def test_a_keypoint_votes_once_for_an_image() -> None:
    assert cast_votes(np.float32([[0, 0, 100]]), np.int64([[1, 1, 2]]))[1] == 1


def test_padding_gets_no_vote() -> None:
    assert set(cast_votes(np.float32([[1, 9, np.inf]]), np.int64([[4, 5, -1]]))) == {4, 5}


def test_geometry_orders_before_similarity_and_little_texture_is_neutral() -> None:
    assert score_of(verification(12), 0.1, 0) > score_of(verification(0), 0.99, 500)
    assert score_of(verification(0), 0.8, 0) > score_of(verification(0), 0.3, 0)


def test_verdicts_step_up_with_evidence() -> None:
    verdicts = [verdict_of(verification(cells)) for cells in (0, POSSIBLE_MIN_CELLS, STRONG_MIN_CELLS)]
    assert verdicts == [Verdict.NONE, Verdict.POSSIBLE, Verdict.STRONG]


def hit(name: str, points: np.ndarray, image: bytes = b"", verdict: Verdict = Verdict.STRONG) -> Hit:
    record = RegistryRecord(RecordId("r", name))
    registered = RegisteredImage(1, ImageDigest.of(image or name.encode()), 200, 200, record)
    corner = points.min(axis=0)  # the registered photograph is 200 px wide and lies where the points are
    onto = ((1.0, 0.0, float(-corner[0])), (0.0, 1.0, float(-corner[1])), (0.0, 0.0, 1.0))
    found = Verification(len(points), len(points), len(points), onto, points, points - corner)
    return Hit(registered, Region(0, 0, 800, 600), 0.5, 1.0, found, float(len(points)), verdict)


def spread(left: int, top: int) -> np.ndarray:
    """Thirty points in a box of 200 x 200 px."""
    return np.random.default_rng(left).uniform((left, top), (left + 200, top + 200), (30, 2)).astype(np.float32)


def test_of_rivals_for_one_place_only_the_best_stays_strong() -> None:
    settled = settle_rivals([hit("true", spread(0, 0)), hit("twin", spread(5, 5))])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.POSSIBLE]


def test_two_objects_in_two_places_are_no_rivals() -> None:
    settled = settle_rivals([hit("left", spread(0, 0)), hit("right", spread(400, 300))])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.STRONG]


def test_one_photograph_in_two_registries_is_no_rival_of_itself() -> None:
    settled = settle_rivals([hit("north", spread(0, 0), b"same"), hit("south", spread(0, 0), b"same")])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.STRONG]


def test_a_rival_without_a_strong_verdict_takes_no_place() -> None:
    settled = settle_rivals([hit("a", spread(0, 0), verdict=Verdict.POSSIBLE), hit("b", spread(0, 0))])
    assert [one.verdict for one in settled] == [Verdict.POSSIBLE, Verdict.STRONG]
