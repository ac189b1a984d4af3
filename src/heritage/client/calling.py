"""One request to the API: sent again when the server asks for it, and its problem raised as an error.

Whatever changes something carries an ``Idempotency-Key``, the same in each attempt: a connection that broke before the
answer came leaves nobody in doubt whether it was done, and nothing is done twice.
"""

import random
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
from pydantic import ValidationError

from heritage.errors import HeritageError, InputError
from heritage.faces.problems import FieldProblem, Problem

ATTEMPTS = 5
MAX_WAIT_S = 60.0
TIMEOUT = httpx2.Timeout(90.0, connect=10.0)  # a photo may wait 30 s for its turn
_NOTHING: Mapping[str, Any] = {}
_LATER = (429, 503)
_LOCAL = ("localhost", "127.0.0.1", "::1")


class ProblemError(HeritageError):
    """The server answered with a problem, as RFC 9457 describes it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.title}: {problem.detail}")
        self.problem = problem

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def type(self) -> str:
        """Names the kind of problem, such as ``urn:heritage:problem:not-found``."""
        return self.problem.type

    @property
    def detail(self) -> str:
        return self.problem.detail

    @property
    def errors(self) -> list[FieldProblem]:
        """What is wrong with single fields of the request."""
        return self.problem.errors or []

    @property
    def request_id(self) -> str:
        """To quote when asking the operator about it."""
        return self.problem.request_id or ""


class UnreachableError(HeritageError):
    """No answer came, however often it was tried."""


class Caller:
    """Sends requests on behalf of one key."""

    def __init__(
        self,
        address: str,
        key: str,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Raises `InputError` for an address that would send the key where others can read it."""
        url = httpx2.URL(address)
        if url.scheme not in ("http", "https") or not url.host:
            raise InputError(f"{address[:80]!r} is no address; give one like https://heritage.example.org")
        if key and url.scheme == "http" and url.host not in _LOCAL:
            raise InputError("over http others can read the key; give an address that begins with https://")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx2.Client(base_url=url, headers=headers, timeout=TIMEOUT, transport=transport)
        self._pause = pause

    def close(self) -> None:
        self._http.close()

    def call(
        self, method: str, path: str, content: Mapping[str, Any] = _NOTHING, headers: Mapping[str, str] = _NOTHING
    ) -> httpx2.Response:
        """The answer, once it is one of success. ``content`` has the arguments of httpx2 that make the request's body.

        Raises `ProblemError`, `UnreachableError`.
        """
        key, sent = uuid.uuid4().hex, dict(headers)
        if method != "GET":
            sent["Idempotency-Key"] = key
        if "files" in content:  # the server takes a request for the same only if every byte is
            sent["Content-Type"] = f"multipart/form-data; boundary={key}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._http.request(method, path, headers=sent, **content)
            except httpx2.TransportError as error:
                if attempt == ATTEMPTS:
                    raise UnreachableError(f"{self._http.base_url} does not answer: {error}") from error
                self._pause(_backoff(attempt))
                continue
            if answer.is_success:
                return answer
            wait = _asked_wait(answer)
            if wait is None or attempt == ATTEMPTS:
                raise ProblemError(_problem_in(answer))
            self._pause(wait)
        raise AssertionError("the last attempt returns or raises")

    def save(self, path: str, write: Callable[[bytes], object]) -> None:
        """Hand an answer to ``write`` piece by piece, however large it is.

        Raises `ProblemError`, `UnreachableError`.
        """
        try:
            with self._http.stream("GET", path) as answer:
                if not answer.is_success:
                    answer.read()
                    raise ProblemError(_problem_in(answer))
                for piece in answer.iter_bytes():
                    write(piece)
        except httpx2.TransportError as error:
            raise UnreachableError(f"{self._http.base_url} does not answer: {error}") from error


def _asked_wait(answer: httpx2.Response) -> float | None:
    """Seconds after which the server wants the request again; None: it does not."""
    text = answer.headers.get("retry-after", "")
    if answer.status_code not in _LATER or not text.isdecimal():
        return None
    return min(MAX_WAIT_S, float(text)) + random.random()  # many clients must not come back together


def _backoff(attempt: int) -> float:
    return min(MAX_WAIT_S, 2.0 ** (attempt - 1)) + random.random()


def _problem_in(answer: httpx2.Response) -> Problem:
    try:
        return Problem.model_validate_json(answer.content, extra="ignore")
    except ValidationError:  # from something between the server and us
        title = answer.reason_phrase or "No success"
        return Problem(title=title, status=answer.status_code, detail=answer.text[:200])
