"""Signing in through an OpenID provider: code flow with PKCE (OpenID Connect Core 1.0, RFC 7636).

The libraries are an extra, and loaded only here: ``pip install 'heritage[oidc]'``. Threats: an answer that was meant
for somebody else (state, nonce, PKCE), by somebody else (issuer, audience, signature under the provider's own keys and
a fixed list of algorithms, so neither ``none`` nor a key of the sender's), or from another provider (RFC 9207).
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from heritage.errors import InputError, SignInError
from heritage.faces.api.origins import is_loopback
from heritage.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
TIMEOUT_S = 10
CLOCK_LEEWAY_S = 60
_AGAIN = "begin again at /login"


@dataclass(frozen=True, slots=True)
class Flow:
    """What the browser keeps between leaving for the provider and coming back, in a cookie only we may read."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `SignInError` for what `text` never gave."""
        if not re.fullmatch(r"[\w-]{43}(\.[\w-]{43}){2}", text, re.ASCII):
            raise SignInError(f"the sign-in took too long, or began in another browser; {_AGAIN}")
        return cls(*text.split("."))

    @property
    def text(self) -> str:
        return f"{self.state}.{self.nonce}.{self.verifier}"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people of the agencies sign in. ``claim`` is what names them here: their login."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "sub"

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises `InputError` for an address that an eavesdropper could answer."""
        parts = urlsplit(settings.oidc_issuer)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise InputError("HERITAGE_OIDC_ISSUER must begin with https://")
        return cls(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_claim)

    def begin(self, callback: str) -> tuple[str, Flow]:
        """The provider's address to send the browser to. Raises `SignInError` when the provider cannot be used."""
        flow = Flow.new()
        with self._session(callback) as session:
            endpoint = self._endpoints(session)["authorization_endpoint"]
            address, _ = session.create_authorization_url(
                endpoint, state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(address), flow

    def finish(self, flow: Flow, answer: Mapping[str, str], callback: str) -> str:
        """The login that the provider vouches for. Raises `SignInError`, which never repeats what was sent."""
        if not secrets.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise SignInError(f"the provider's answer belongs to another sign-in; {_AGAIN}")
        if answer.get("iss", self.issuer) != self.issuer:
            raise SignInError(f"the answer is another provider's; {_AGAIN}")
        if "code" not in answer:
            raise SignInError(f"the provider did not sign you in; {_AGAIN}")
        with self._session(callback) as session:
            claims = self._claims(session, flow, answer["code"])
        login = claims.get(self.claim)
        if not isinstance(login, str) or not login:
            raise SignInError(f"the provider does not tell {self.claim!r}; ask whoever set it up")
        return login

    def _claims(self, session: "OAuth2Session", flow: Flow, code: str) -> Mapping[str, Any]:
        """The checked claims of the ID token that the provider gives for ``code``."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from requests import RequestException

        endpoints = self._endpoints(session)
        try:
            token = session.fetch_token(
                endpoints["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=flow.verifier,
                allow_redirects=False,
            )
            keys = KeySet.import_key_set(_json(session, endpoints["jwks_uri"]))
            decoded = jwt.decode(str(token.get("id_token", "")), keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={"iss": {"value": self.issuer}, "aud": {"value": self.client_id}},
                params={"nonce": flow.nonce, "client_id": self.client_id},
            )
            claims.validate(leeway=CLOCK_LEEWAY_S)
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError, TypeError) as error:
            raise SignInError(f"the provider's answer cannot be used ({type(error).__name__}); {_AGAIN}") from None
        return dict(claims)

    def _endpoints(self, session: "OAuth2Session") -> Mapping[str, str]:
        """What the provider says of itself (OpenID Connect Discovery 1.0)."""
        from requests import RequestException

        try:
            told = _json(session, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = {name: str(told[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            issuer = told["issuer"]
        except (RequestException, ValueError, KeyError, TypeError):
            raise SignInError("the OpenID provider cannot be reached; sign in later, or with a password") from None
        if issuer != self.issuer:
            raise SignInError("the OpenID provider calls itself something else; ask whoever set it up")
        return needed

    def _session(self, callback: str) -> "OAuth2Session":
        """Raises `InputError` when the extra is not installed."""
        try:
            from authlib.integrations.requests_client import OAuth2Session
        except ImportError as error:
            raise InputError("OpenID Connect needs an extra: pip install 'heritage[oidc]'") from error
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="openid profile",
            redirect_uri=callback,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )


def _json(session: "OAuth2Session", address: str) -> Any:
    answer = session.get(address, withhold_token=True, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()
