"""The answer page: verdict, evidence, next step and what was searched; and what others wrote is escaped."""

import re
from xml.etree import ElementTree

from heritage.domain.hits import Coverage, Hit, Verdict
from heritage.domain.images import ImageDigest
from heritage.faces.web.rendering import data_uri, render_answer, render_answer_page, render_start, stylesheet
from tests.unit.faces.answers import COVERAGE, HOSTILE, PHOTO, answer, hit


def rendered(*hits: Hit, key: str = "answer") -> str:
    return render_answer(answer(*hits), "data:image/jpeg;base64,AAAA", lambda digest: f"/v1/images/{digest}", key)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_a_strong_match_says_what_to_do_and_shows_the_evidence() -> None:
    html = rendered(hit(Verdict.STRONG))
    text = text_of(html)
    assert "Strong match" in text
    assert "Do not act on this alone; ask Bureau of the North, quoting north/12." in text
    assert "150 of 170" in text
    assert "tempera on wood" in text
    assert "parish church" in text
    assert COVERAGE.statement in text
    assert "provisional" in text
    assert html.count("<circle") == 2 * 2 * 60  # both ends, in both layouts


def test_only_filled_fields_of_the_card_are_shown() -> None:
    text = text_of(rendered(hit(Verdict.STRONG)))
    assert "Materials and techniques" in text
    assert "Inscriptions and markings" not in text


def test_nothing_found_is_no_clearance_and_says_what_was_searched() -> None:
    text = text_of(rendered(hit(Verdict.NONE)))
    assert "Nothing found" in text
    assert "not a clearance" in text
    assert "Try once more" in text
    assert COVERAGE.statement in text
    assert "none of them a match (1)" in text
    assert "Strong match" not in text
    assert "What to do next" not in text


def test_an_answer_without_any_hit_or_registry_still_states_its_coverage() -> None:
    empty = answer(coverage=Coverage(0, 0, (), None))
    assert "No registry is loaded" in render_answer(empty, "data:,", str)


def test_a_possible_match_is_not_called_strong() -> None:
    text = text_of(rendered(hit(Verdict.POSSIBLE), hit(Verdict.NONE, "13")))
    assert "Possible match" in text
    assert "Strong match" not in text


def test_text_of_others_is_escaped_everywhere() -> None:
    html = rendered(hit(Verdict.STRONG), hit(Verdict.NONE, "13"))
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_nothing_inline_that_the_content_security_policy_would_block() -> None:
    page = render_answer_page(answer(hit(Verdict.STRONG)), "data:image/jpeg;base64,AAAA", str)
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page)
    assert re.findall(r"<script[^>]*>[^<]", page) == []


def test_the_photo_is_in_the_page_once_however_many_hits_show_it() -> None:
    html = rendered(hit(Verdict.STRONG), hit(Verdict.POSSIBLE, "13"))
    assert html.count("data:image/jpeg;base64,AAAA") == 1


def test_answers_with_different_keys_share_no_element_id() -> None:
    ids = [set(re.findall(r'\bid="([^"]+)"', rendered(hit(Verdict.STRONG), key=key))) for key in ("first", "second")]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_every_reference_has_its_target() -> None:
    html = rendered(hit(Verdict.STRONG), hit(Verdict.POSSIBLE, "13"), hit(Verdict.NONE, "14"))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    used = re.findall(r'href="#([^"]+)"|for="([^"]+)"|aria-labelledby="([^"]+)"', html)
    assert {name for group in used for name in group if name} <= set(ids)


def test_the_drawing_is_well_formed() -> None:
    drawings = re.findall(r'<svg class="pair.*?\n</svg>', rendered(hit(Verdict.STRONG)), re.DOTALL)
    assert len(drawings) == 2
    for svg in drawings:
        root = ElementTree.fromstring(svg)
        assert [float(part) for part in root.attrib["viewBox"].split()][2] > 0
        assert len(root.findall(".//use")) == 2


def test_registered_pictures_come_from_where_the_caller_says() -> None:
    seen: list[ImageDigest] = []

    def url(digest: ImageDigest) -> str:
        seen.append(digest)
        return "data:image/jpeg;base64,BBBB"

    assert "base64,BBBB" in render_answer(answer(hit(Verdict.STRONG)), "data:,", url)
    assert seen == [ImageDigest.of(b"12")]


def test_a_missing_owner_agency_leaves_no_hole_in_the_sentence() -> None:
    assert "ask the agency that registered the object, quoting north/12." in rendered(
        hit(Verdict.STRONG, owner_agency="")
    )


def test_the_start_page_shows_a_problem_as_a_sentence() -> None:
    page = render_start(f"not an image: {HOSTILE}", COVERAGE)
    assert "Not an image: &lt;script&gt;" in page
    assert 'role="alert"' in page
    assert 'role="alert"' not in render_start()


def test_the_start_page_says_what_a_search_covers() -> None:
    page = text_of(render_start(coverage=COVERAGE))
    covered = "312 registered objects with 340 photographs in north (300), south (12), newest record 2026-05-04"
    assert covered in page
    assert covered in COVERAGE.statement
    assert "No registry is loaded" in render_start(coverage=Coverage(0, 0, (), None))


def test_data_uri_and_stylesheet_are_what_a_static_report_needs() -> None:
    assert data_uri(b"\xff\xd8") == "data:image/jpeg;base64,/9g="
    assert ".pair" in stylesheet()
    assert "@import" not in stylesheet()
    assert str(PHOTO) in rendered()
