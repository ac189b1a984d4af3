import numpy as np

from heritage.domain.hits import Verdict, Verification
from heritage.domain.scoring import POSSIBLE_MIN_CELLS, STRONG_MIN_CELLS, cast_votes, score_of, verdict_of


def verification(cells: int) -> Verification:
    points = np.zeros((cells, 2), np.float32)
    return Verification(cells, cells, cells, None, points, points)


def test_a_vote_is_worth_the_gap_to_the_farthest_neighbour() -> None:
    votes = cast_votes(np.float32([[0, 50, 100], [90, 95, 100]]), np.int64([[1, 2, 3], [1, 4, 5]]))
    assert np.isclose(votes[1], 1.0 + 0.1)
    assert np.isclose(votes[2], 0.5)
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
