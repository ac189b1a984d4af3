"""A small real OpenID provider on loopback: discovery, keys, authorize, token. It can be told to lie."""

import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

Claims = dict[str, Any]
CLIENT_ID, CLIENT_SECRET = "heritage", "between-us"


@dataclass
class OpenIdProvider:
    """Signs everybody in as ``login``. ``alter`` changes the claims, ``sign`` makes the token of them."""

    login: str = "ann"
    issuer: str = ""
    told_issuer: str = ""  # what discovery says; empty: the truth
    alter: Callable[[Claims], Claims] = lambda claims: claims
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    sign: "Callable[[OpenIdProvider, Claims], str] | None" = None
    asked_by_code: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.told_issuer or self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")},
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        code = secrets.token_urlsafe(16)
        self.asked_by_code[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Each code is good once, for the client and the PKCE verifier that it was made for (RFC 7636)."""
        asked = self.asked_by_code.pop(form["code"], None)
        challenge = _base64(sha256(form["code_verifier"].encode()).digest())
        if asked is None or challenge != asked["code_challenge"] or asked["code_challenge_method"] != "S256":
            return {"error": "invalid_grant"}
        if not authorization.startswith("Basic ") or form["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_client"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": self.login, "nonce": asked["nonce"]}
        claims = self.alter({**claims, "iat": now, "exp": now + 300})
        sign = self.sign or (lambda provider, told: jwt.encode({"alg": "RS256", "kid": "1"}, told, provider.key))
        return {"access_token": "x", "token_type": "Bearer", "id_token": sign(self, claims)}


def unsigned(_: OpenIdProvider, claims: Claims) -> str:
    return _covered({"alg": "none"}, claims) + "."


def signed_with_another_key(_: OpenIdProvider, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, RSAKey.generate_key(2048, {"kid": "1"}))


def signed_with_the_public_key_as_a_secret(provider: OpenIdProvider, claims: Claims) -> str:
    """Whoever takes the algorithm from the token would check this HMAC with what everybody knows."""
    covered = _covered({"alg": "HS256", "kid": "1"}, claims)
    return f"{covered}.{_base64(hmac.digest(provider.key.as_pem(private=False), covered.encode(), sha256))}"


def _covered(header: Claims, claims: Claims) -> str:
    return ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


@contextmanager
def open_provider() -> Iterator[OpenIdProvider]:
    provider = OpenIdProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/authorization":
                asked = {name: values[0] for name, values in parse_qs(query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
            elif path == "/keys":
                self._tell({"keys": [provider.key.as_dict(private=False)]})
            else:
                self._tell(provider.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._tell(provider.token(form, self.headers.get("authorization", "")))

        def _tell(self, answer: dict[str, Any]) -> None:
            data = json.dumps(answer).encode()
            self.send_response(400 if "error" in answer else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
