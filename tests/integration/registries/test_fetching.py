"""Fetching from a server on this machine, which only the parameters given here allow; a hostile one, mostly."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Hop
from heritage.domain.records import PhotoView
from heritage.errors import FetchError
from heritage.registries.fetching import PICTURE_TYPES, Fetcher
from heritage.registries.iiif import open_iiif_address
from heritage.registries.politeness import Politeness
from heritage.registries.public_addresses import IpAddress, is_public

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
        fetched = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES)
        assert (fetched.address, fetched.media_type, fetched.data) == (f"{server.address}/f", "image/png", b"pixels")
    assert [path for path, _ in server.asked] == ["/a", "/b?c=d", "/e", "/f"]
    for _, headers in server.asked:
        assert headers == {
            "Host": server.address.removeprefix("http://"),
            "User-Agent": "heritage",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }


def test_how_it_came_is_taken_down() -> None:
    before = datetime.now(UTC)
    with serving(a=to("/b", 307), b=picture) as (server, fetcher):
        web = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES).web
    asked = f"{server.address}/a", f"{server.address}/b"
    assert web.requested == asked[0]
    assert web.hops == (Hop(asked[0], "127.0.0.1", 307), Hop(asked[1], "127.0.0.1", 200))
    assert (web.address, web.status, web.byte_count, web.digest) == (asked[1], 200, 6, ImageDigest.of(b"pixels"))
    assert before <= web.captured_at <= datetime.now(UTC)
    assert (web.header("content-type"), web.header("Set-Cookie")) == ("image/PNG; x=y", "a=b")


def tagged(handler: Handler) -> None:
    if handler.headers["If-None-Match"] == '"1"':
        handler.say(304, Date="later")
    else:
        handler.say(200, b"pixels", Content_Type="image/png", ETag='"1"', Last_Modified="Sat, 28 Nov 2026 10:00:00 GMT")


def test_what_has_not_changed_is_not_sent_again() -> None:
    with serving(a=to("/b"), b=tagged) as (server, fetcher):
        first = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES)
        second = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES, first)
        third = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES, second)
    for again in (second, third):
        assert (again.data, again.media_type) == (b"pixels", "image/png")
        assert (again.web.status, again.web.is_unchanged, again.web.digest) == (304, True, first.web.digest)
    asked = [(headers.get("If-None-Match"), headers.get("If-Modified-Since")) for _, headers in server.asked]
    told = ('"1"', "Sat, 28 Nov 2026 10:00:00 GMT")
    assert asked == [(None, None), (None, None), (None, None), told, (None, None), told]


def test_tags_go_to_no_other_address_than_theirs() -> None:
    with serving(a=tagged, b=tagged) as (server, fetcher):
        first = fetcher.fetch(f"{server.address}/a", PICTURE_TYPES)
        assert not fetcher.fetch(f"{server.address}/b", PICTURE_TYPES, first).web.is_unchanged
    assert "If-None-Match" not in server.asked[1][1]


def busy_first(count: int, status: int, **headers: str) -> Answer:
    left = [None] * count

    def answer(handler: Handler) -> None:
        if left:
            left.pop()
            handler.say(status, **headers)
        else:
            picture(handler)

    return answer


@pytest.mark.parametrize(
    ("status", "headers", "rests"),
    [(429, {"Retry-After": "7"}, [7, 7]), (503, {}, [2, 4]), (503, {"Retry-After": "86400"}, [60, 60])],
    ids=["number", "none", "a day"],
)
def test_a_busy_server_gets_the_rest_that_it_asks_for(status: int, headers: dict[str, str], rests: list[float]) -> None:
    clock = Clock()
    with serving(a=busy_first(2, status, **headers)) as (server, fetcher):
        polite = replace(fetcher, politeness=Politeness(clock=clock.now, wait=clock.wait))
        assert polite.fetch(f"{server.address}/a", PICTURE_TYPES).data == b"pixels"
    assert clock.waits == rests


def test_a_server_that_stays_busy_is_given_up() -> None:
    clock = Clock()
    with serving(a=busy_first(9, 429)) as (server, fetcher), pytest.raises(FetchError, match="answers 429: it is too"):
        polite = replace(fetcher, politeness=Politeness(retry_count=2, clock=clock.now, wait=clock.wait))
        polite.fetch(f"{server.address}/a", PICTURE_TYPES)
    assert len(server.asked) == 3


def test_a_host_is_asked_by_one_thread_at_a_time() -> None:
    at_once: list[int] = []
    busy = threading.Semaphore(100)

    def counted(handler: Handler) -> None:
        with busy:
            at_once.append(100 - busy._value)
            time.sleep(0.02)
        picture(handler)

    with serving(a=counted) as (server, fetcher), ThreadPoolExecutor(6) as pool:
        polite = replace(fetcher, politeness=Politeness(pause_s=0.01))
        list(pool.map(lambda _: polite.fetch(f"{server.address}/a", PICTURE_TYPES), range(6)))
    assert at_once == [1] * 6


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.time += seconds


def bomb(handler: Handler) -> None:
    packed = gzip.compress(bytes(10_000_000))
    handler.say(200, packed, Content_Type="image/png", Content_Encoding="gzip", Content_Length=str(len(packed)))


def test_a_compressed_bomb_is_not_unpacked() -> None:
    refused(bomb, "compressed")


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
        (lambda handler: handler.say(304), "answers 304"),
        (lambda handler: handler.say(429), "answers 429: it is too busy"),
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


NOT_PUBLIC = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *(
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "ff02::1",
    ),
)


@pytest.mark.parametrize("private", NOT_PUBLIC)
@pytest.mark.parametrize("when", ["at once", "after a redirect", "after rebinding"])
def test_no_private_address_of_any_kind_is_ever_asked(private: str, when: str) -> None:
    """By the real rule, but for the loopback address of the server that sends us there."""
    with serving(b=to("/a")) as (server, fetcher):
        server.answers["/a"] = to(f"http://inside.example:{server.server_port}/")
        target, outside = ipaddress.ip_address(private), ipaddress.ip_address("8.8.8.8")
        resolved: list[str] = []

        def resolve(host: str, port: int) -> list[IpAddress]:
            resolved.append(host)
            is_bad = host == "inside.example" or when == "at once" or (when == "after rebinding" and len(resolved) > 1)
            return [outside, target] if is_bad else [outside]

        through = replace(fetcher, is_allowed=is_public, resolve=resolve)
        with reached_instead_of(outside), pytest.raises(FetchError, match="not an address on the public internet"):
            through.fetch(f"{server.address}/{'b' if when == 'after rebinding' else 'a'}", PICTURE_TYPES)
    assert len(server.asked) == (0 if when == "at once" else 1)


@contextmanager
def reached_instead_of(public: IpAddress) -> Iterator[None]:
    """Connections to one public address end at this machine, as a network's router could make them."""
    connect = socket.create_connection

    def to_here(address: tuple[str, int], timeout: float | None = None) -> socket.socket:
        assert address[0] == str(public)
        return connect(("127.0.0.1", address[1]), timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", to_here)
        yield


def test_the_next_address_of_a_host_is_tried() -> None:
    dead = ipaddress.ip_address("127.0.0.2")  # nothing listens there
    with serving(a=picture) as (server, fetcher):
        several = replace(fetcher, resolve=lambda host, port: [dead, HERE], is_allowed=lambda address: True)
        assert several.fetch(f"{server.address}/a", PICTURE_TYPES).data == b"pixels"


def certified(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> ssl.SSLContext:
    """What a server needs to be taken for ``name``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "shown.pem", folder / "kept.pem"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
def test_what_was_asked_for_by_https_is_not_fetched_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    context = certified(tmp_path, monkeypatch, "museum.example")
    with serving(a=picture, down=to("http://museum.example/a")) as (server, here):
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.answers["/up"] = to(f"HTTPS://museum.example:{server.server_port}/a")
        address = f"{scheme}://museum.example:{server.server_port}"
        assert here.fetch(f"{address}/up", PICTURE_TYPES).data
        with pytest.raises(FetchError, match="from https to something less"):
            here.fetch(f"{address}/down", PICTURE_TYPES)


def test_the_name_in_the_certificate_is_the_one_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever address the name leads to."""
    context = certified(tmp_path, monkeypatch, "other.example")
    with serving(a=picture) as (server, here):
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with pytest.raises(FetchError, match=r"(?i)hostname mismatch|certificate"):
            here.fetch(f"https://museum.example:{server.server_port}/a", PICTURE_TYPES)


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
