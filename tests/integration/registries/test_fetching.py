"""Fetching from a server on this machine, which only the parameters given here allow; a hostile one, mostly."""

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from heritage.domain.records import PhotoView
from heritage.errors import FetchError
from heritage.registries.fetching import PICTURE_TYPES, Fetched, Fetcher, IpAddress
from heritage.registries.iiif import open_iiif_address

HERE = ipaddress.ip_address("127.0.0.1")
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers[self.path.partition("?")[0]](self)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers: dict[str, Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://museum.example:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the client went away, as it should


@contextmanager
def serving(**answers: Answer) -> Iterator[tuple[Server, Fetcher]]:
    server = Server({f"/{name}": answer for name, answer in answers.items()})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    here = Fetcher(
        ports=frozenset({server.server_port}),
        is_allowed=lambda address: address == HERE,
        resolve=lambda host, port: [HERE],
    )
    try:
        yield server, here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def picture(handler: Handler) -> None:
    handler.say(200, b"pixels", Content_Type="image/PNG; x=y", Content_Length="6", Set_Cookie="a=b")


def to(location: str, status: int = 302) -> Answer:
    return lambda handler: handler.say(status, Location=location)


def test_a_picture_by_way_of_redirects() -> None:
    with serving(a=to("/b?c=d"), b=to("/e", 308), e=to("f", 307), f=picture) as (server, fetcher):
        assert fetcher.fetch(f"{server.address}/a", PICTURE_TYPES) == Fetched(
            f"{server.address}/f", "image/png", b"pixels"
        )
    assert [path for path, _ in server.asked] == ["/a", "/b?c=d", "/e", "/f"]
    for _, headers in server.asked:
        assert headers == {
            "Host": server.address.removeprefix("http://"),
            "User-Agent": "heritage",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }


def refused(answer: Answer, told: str, **limits: object) -> None:
    with serving(a=answer) as (server, fetcher), pytest.raises(FetchError, match=told):
        replace(fetcher, **limits).fetch(f"{server.address}/a", PICTURE_TYPES)


def endless(handler: Handler) -> None:
    handler.say(200, Content_Type="image/png")
    while True:
        handler.wfile.write(bytes(100_000))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (to("/a"), "one redirect too many"),
        (to("http://169.254.169.254/latest/meta-data"), "only the ports"),
        (to("file:///etc/passwd"), "starts with https"),
        (to("https://user@museum.example/"), "user name"),
        (lambda handler: handler.say(302), "one redirect too many"),
        (lambda handler: handler.say(404), "answers 404"),
        (lambda handler: handler.say(206, b"x", Content_Type="image/png"), "answers 206"),
        (lambda handler: handler.say(200, b"x", Content_Type="text/html"), "is text/html, not image/"),
        (lambda handler: handler.say(200, b"x"), "of no type"),
        (lambda handler: handler.say(200, b"x", Content_Type="image/png", Content_Encoding="gzip"), "compressed"),
        (lambda handler: handler.say(200, b"x", Content_Type="image/png", Content_Length="2"), "does not answer as it"),
        (lambda handler: handler.wfile.write(b"SSH-2.0\r\n"), "does not answer as it"),
        (lambda handler: handler.say(200, **{f"X{place}": "y" for place in range(200)}), "does not answer as it"),
        (lambda handler: handler.say(200, X="y" * 100_000), "does not answer as it"),
        (lambda handler: None, "does not answer as it"),
        (endless, "larger than 1 MB"),
    ],
)
def test_an_answer_that_is_refused(answer: Answer, told: str) -> None:
    refused(answer, told, max_bytes=1_000_000)


def drip(first: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        handler.wfile.write(first)
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"],
    ids=["status", "headers", "body"],
)
def test_a_server_that_sends_a_byte_now_and_then(first: bytes) -> None:
    started = time.monotonic()
    refused(drip(first), "does not answer as it should", seconds=0.5)
    assert time.monotonic() - started < 5


def test_a_name_that_means_something_else_a_moment_later() -> None:
    """DNS rebinding: what was checked is what is connected to, and a redirect is checked anew."""
    private = ipaddress.ip_address("127.0.0.2")
    meanings: list[IpAddress] = [HERE, private, private]
    with serving(a=picture, b=to("/a")) as (server, fetcher):
        rebinding = replace(fetcher, resolve=lambda host, port: [meanings.pop(0)])
        assert rebinding.fetch(f"{server.address}/a", PICTURE_TYPES).data == b"pixels"
        assert len(meanings) == 2
        meanings[0] = HERE
        with pytest.raises(FetchError, match="not an address on the public internet"):
            rebinding.fetch(f"{server.address}/b", PICTURE_TYPES)
    assert [path for path, _ in server.asked] == ["/a", "/b"]


def test_the_next_address_of_a_host_is_tried() -> None:
    dead = ipaddress.ip_address("127.0.0.2")  # nothing listens there
    with serving(a=picture) as (server, fetcher):
        several = replace(fetcher, resolve=lambda host, port: [dead, HERE], is_allowed=lambda address: True)
        assert several.fetch(f"{server.address}/a", PICTURE_TYPES).data == b"pixels"


def test_https_is_not_taken_from_a_server_without_it() -> None:
    with serving(a=picture) as (server, fetcher), pytest.raises(FetchError, match="does not answer as it should"):
        fetcher.fetch(f"https://museum.example:{server.server_port}/a", PICTURE_TYPES)


def test_without_parameters_this_machine_is_not_asked() -> None:
    with serving(a=picture) as (server, fetcher):
        plain = Fetcher(ports=fetcher.ports)
        with pytest.raises(FetchError, match="not an address on the public internet"):
            plain.fetch(f"http://127.0.0.1:{server.server_port}/a", PICTURE_TYPES)
    assert not server.asked


def manifest(server: Server, number: int) -> str:
    image = f'{{"type": "Image", "id": "{server.address}/picture"}}'
    return f"""{{"id": "{server.address}/{number}", "type": "Manifest", "label": {{"en": ["No {number}"]}}, "items": [
        {{"label": {{"en": ["back"]}}, "items": [{{"items": [{{"motivation": "painting", "body": {image}}}]}}]}}]}}"""


def test_a_collection_is_fetched_manifest_by_manifest() -> None:
    def collection(handler: Handler) -> None:
        items = [f'{{"type": "Manifest", "id": "{handler.server.address}/{number}"}}' for number in ("1", "2", "gone")]
        body = f'{{"type": "Collection", "items": [{", ".join(items)}]}}'
        handler.say(200, body.encode(), Content_Type="application/ld+json;profile=x")

    def one(handler: Handler) -> None:
        body = manifest(handler.server, int(handler.path[1:]))
        handler.say(200, body.encode(), Content_Type="application/json")

    answers = {"1": one, "2": one, "gone": lambda handler: handler.say(410)}
    with serving(collection=collection, picture=picture, **answers) as (server, fetcher):
        source = open_iiif_address(f"{server.address}/collection", fetcher=fetcher)
        assert source.row_count == 3
        first, second, gone = source.rows()
        assert first.record is not None
        assert first.record.card.title == "No 1"
        assert first.record.record_id.registry == "museum.example"
        assert first.views == (PhotoView.BACK,)
        assert [path.read_bytes() for row in (first, second) for path in row.pictures] == [b"pixels"] * 2
        assert "answers 410" in gone.error
        folder = first.pictures[0].parent
        del source
    assert not folder.exists()
    assert isinstance(folder, Path)
