"""Signing in through an identity provider (OpenID Connect, authorization code with PKCE, by authlib)."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from authlib.integrations.starlette_client import OAuth
from starlette.requests import Request
from starlette.responses import Response

from pipeline.settings import Settings

CALLBACK: Final = "/oidc/callback"
_COOKIE: Final = "appealwright-oidc"
_PATH: Final = "/oidc"
_ALLOWED: Final = 600.0  # seconds to sign in at the provider
_MOST: Final = 1000
_SLOWEST: Final = 10.0
_SKEW: Final = 60  # seconds that the provider's clock may differ
_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
_UNVERIFIED: Final = (False, "false")


class NotNamedError(Exception):
    """The provider did not say who it is, or not in a way that can be relied on."""


@dataclass(frozen=True, slots=True)
class Named:
    """Who the provider says it is, and the page that was asked for."""

    name: str
    then: str


@dataclass(frozen=True, slots=True)
class _Begun:
    then: str
    until: float
    kept: MutableMapping[str, Any] = field(default_factory=dict)  # authlib's: state, nonce and verifier


class Provider:
    """The identity provider of the settings. What is under way is kept in memory: a restart ends it."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        self._claim = settings.oidc_claim
        self._client_id = settings.oidc_client_id
        self._client = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": _SLOWEST},
        )
        self._begun: OrderedDict[str, _Begun] = OrderedDict()

    async def begin(self, request: Request, then: str, *, secure: bool) -> Response:
        """Send a browser to the provider. NotNamedError where it cannot be reached."""
        begun = _Begun(then, time.monotonic() + _ALLOWED)
        request.scope["session"] = begun.kept
        try:
            await self._settled()
            answer: Response = await self._client.authorize_redirect(request, request.url_for("oidc_callback"))
        except Exception as error:  # whatever it is, nobody is let in
            raise NotNamedError from error
        key = secrets.token_urlsafe(32)
        self._begun[key] = begun
        if len(self._begun) > _MOST:
            self._begun.popitem(last=False)
        answer.set_cookie(_COOKIE, key, int(_ALLOWED), path=_PATH, secure=secure, httponly=True, samesite="lax")
        return answer

    async def finish(self, request: Request) -> Named:
        """Who came back from the provider. NotNamedError where it did not name anybody."""
        begun = self._begun.pop(request.cookies.get(_COOKIE, ""), None)
        if begun is None or begun.until < time.monotonic():
            raise NotNamedError
        request.scope["session"] = begun.kept
        required = {"iss": self._issuer, "aud": self._client_id}
        options = {claim: {"essential": True, "value": value} for claim, value in required.items()}
        try:
            token = await self._client.authorize_access_token(request, claims_options=options, leeway=_SKEW)
            claims = token["userinfo"]
        except Exception as error:
            raise NotNamedError from error
        name = claims.get(self._claim)
        if not isinstance(name, str) or (self._claim == "email" and claims.get("email_verified") in _UNVERIFIED):
            raise NotNamedError
        return Named(name, begun.then)

    async def _settled(self) -> None:
        """What the provider publishes of itself, held to be its own, and to what it signs with a key of its own."""
        told = await self._client.load_server_metadata()
        if told["issuer"] != self._issuer:
            raise NotNamedError
        signs = told.get("id_token_signing_alg_values_supported", ())
        told["id_token_signing_alg_values_supported"] = [name for name in signs if name in _ALGORITHMS]
