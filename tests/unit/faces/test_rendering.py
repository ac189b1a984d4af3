"""The answer page: verdict, evidence, next step and what was searched; and what others wrote is escaped."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from xml.etree import ElementTree

from heritage.domain.advice import Advice, AdviceKind
from heritage.domain.hits import Coverage, Hit, Turn, Verdict
from heritage.domain.images import ImageDigest, Region
from heritage.faces.api.answering import NO_START
from heritage.faces.api.around.security import SECURITY_HEADERS
from heritage.faces.web import framing
from heritage.faces.web.rendering import data_uri, render_answer, stylesheet
from heritage.faces.wording import coverage_words
from tests.answers import COVERAGE, HOSTILE, PART, PHOTO, answer, hit, mirrored

OTHER_PART = Region(710, 40, 200, 300)


PHOTO_URL = "data:image/jpeg;base64,AAAA"


def rendered(*hits: Hit, key: str = "answer", **options: object) -> str:
    result = answer(*hits, **options)  # type: ignore[arg-type]
    return render_answer(result, [PHOTO_URL] * len(result.photos), lambda digest: f"/v1/images/{digest}", key)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_a_strong_match_says_what_to_do_and_shows_the_evidence() -> None:
    html = rendered(hit(Verdict.STRONG))
    text = text_of(html)
    assert "Strong match" in text
    assert "Do not act on this alone; ask Bureau of the North, quoting north/12." in text
    assert "Matched points that agree 150" in text
    assert "tempera on wood" in text
    assert "parish church" in text
    assert coverage_words(COVERAGE) in text
    assert "false alarm: fewer than 1 in 10,000 searches" in text
    assert "Of searches of these 340 photographs for objects that are not among them" in text
    assert "calculated from 2,400 measured searches" in text
    assert "they agree closely (correlation 0.81)" in text
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
    assert coverage_words(COVERAGE) in text
    assert "Nearest other record, no match" in text
    assert "Strong match" not in text
    assert "What to do next" not in text


def test_nothing_found_says_which_photo_would_better_be_taken_again_and_how() -> None:
    result = answer(view_count=2)
    poor = replace(result.photos[1], advice=(Advice(AdviceKind.BLURRED, 1.1, 1.3), Advice(AdviceKind.DARK, 0.2, 0.28)))
    result = replace(result, photos=(result.photos[0], poor))
    text = text_of(render_answer(result, ["data:,"] * 2, str))
    assert "Photo 2 The photo is blurred. Hold the camera still" in text
    assert "Photo 2 The photo is too dark." in text
    assert "Photo 1 The" not in text


def test_an_answer_without_any_hit_or_registry_still_states_its_coverage() -> None:
    empty = answer(coverage=Coverage(0, 0, (), None))
    assert "Nothing is registered that could be searched" in render_answer(empty, ["data:,"], str)


def test_a_possible_match_is_not_called_strong() -> None:
    text = text_of(rendered(hit(Verdict.POSSIBLE), hit(Verdict.NONE, "13")))
    assert "Possible match" in text
    assert "Strong match" not in text


def test_a_part_of_the_photo_that_is_answered_has_a_box() -> None:
    html = rendered(replace(hit(Verdict.STRONG), region=PART), regions=(PART, OTHER_PART))
    box = 'x="100" y="40" width="600" height="800"/>'
    assert html.count(f'<rect class="answered" {box}') == 3  # in both layouts, and in the photo as it was searched
    assert html.count('<rect class="searched" x="710" y="40"') == 1
    assert f'<rect class="searched" {box}' not in html
    assert "600 x 800 px at 100, 40" in text_of(html)
    assert "Dashed box: the part of the photo that this record answers" in text_of(html)
    assert "2 parts that may show an object were searched" in text_of(html)


def test_the_whole_photo_needs_no_box() -> None:
    html = rendered(hit(Verdict.STRONG))
    assert "<rect" not in html
    assert "Part of the photo" not in html


def test_parts_searched_without_a_hit_alarm_nobody() -> None:
    html = rendered(regions=(PART, OTHER_PART))
    assert html.count('class="searched" x=') == 2
    assert "answered" not in html
    assert "Nothing found" in html


def test_a_mirror_image_is_said_in_words() -> None:
    shown = mirrored(hit(Verdict.STRONG))
    assert "matches the mirror image of this photo; dealers flip photos." in text_of(rendered(shown))
    assert "mirror image" not in rendered(hit(Verdict.STRONG))
    by_similarity_alone = replace(hit(Verdict.STRONG), turn=Turn(mirrored=True))
    assert "mirror image" not in rendered(by_similarity_alone)


def test_a_hit_beside_a_better_one_for_its_place_is_said_to_be_a_near_twin() -> None:
    rival = replace(hit(Verdict.POSSIBLE, "13"), false_alarm_rate=1e-7)
    assert "near-twin of the object" in text_of(rendered(hit(Verdict.STRONG), rival))
    assert "near-twin of the object" not in text_of(rendered(hit(Verdict.POSSIBLE)))


def test_each_hit_is_drawn_on_the_photo_that_shows_it_best() -> None:
    html = rendered(hit(Verdict.STRONG), replace(hit(Verdict.POSSIBLE, "13"), view=2), view_count=3)
    assert html.count(PHOTO_URL) == 3
    assert "The photos show what looks like" in text_of(html)
    first, second = re.findall(r"<article.*?</article>", html, re.S)
    assert ('href="#answer-photo-0"' in first, 'href="#answer-photo-2"' in first) == (True, False)
    assert ('href="#answer-photo-0"' in second, 'href="#answer-photo-2"' in second) == (False, True)
    assert "photo 3" in text_of(second)


def test_what_was_not_compared_is_left_out_of_the_evidence() -> None:
    found = replace(hit(Verdict.STRONG).verification, correlation=None)
    text = text_of(rendered(replace(hit(Verdict.STRONG), verification=found, similarity=0.0)))
    assert "Matched points" in text
    assert "Pixels laid" not in text
    assert "Similarity" not in text


def test_text_of_others_is_escaped_everywhere() -> None:
    html = rendered(hit(Verdict.STRONG), hit(Verdict.NONE, "13"))
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_nothing_inline_that_the_content_security_policy_would_block() -> None:
    page = framing.rendered("answer.html", title="", answer=rendered(hit(Verdict.STRONG)), watchable=None)
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", page)
    (style,) = re.findall(r"<style[^>]*>(.*?)</style", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}';" in SECURITY_HEADERS["Content-Security-Policy"]
    assert re.findall(r"<script[^>]*>[^<]", page) == []


def test_the_photo_is_in_the_page_once_however_many_hits_show_it() -> None:
    html = rendered(hit(Verdict.STRONG), hit(Verdict.POSSIBLE, "13"))
    assert html.count(PHOTO_URL) == 1


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

    assert "base64,BBBB" in render_answer(answer(hit(Verdict.STRONG)), ["data:,"], url)
    assert seen == [ImageDigest.of(b"12")]


def test_a_missing_owner_agency_leaves_no_hole_in_the_sentence() -> None:
    assert "ask the agency that registered the object, quoting north/12." in rendered(
        hit(Verdict.STRONG, owner_agency="")
    )


def _start(problem: str = "", coverage: Coverage | None = None) -> str:
    return framing.rendered("start.html", **NO_START | {"problem": problem, "coverage": coverage})


def test_the_start_page_shows_a_problem_as_a_sentence() -> None:
    page = _start(f"not an image: {HOSTILE}", COVERAGE)
    assert "Not an image: &lt;script&gt;" in page
    assert 'class="problem" role="alert"' in page
    assert 'class="problem"' not in _start()


def test_the_start_page_says_what_a_search_covers() -> None:
    page = text_of(_start(coverage=COVERAGE))
    covered = "312 registered objects with 340 photographs in north (300), south (12), newest record 4 May 2026"
    assert covered in page
    assert covered in coverage_words(COVERAGE)
    assert "Nothing is registered that could be searched" in _start(coverage=Coverage(0, 0, (), None))


def test_data_uri_and_stylesheet_are_what_a_static_report_needs() -> None:
    assert data_uri(b"\xff\xd8") == "data:image/jpeg;base64,/9g="
    assert ".pair" in stylesheet()
    assert "@import" not in stylesheet()
    assert str(PHOTO) in rendered()
