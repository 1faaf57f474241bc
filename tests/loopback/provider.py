"""A small identity provider on 127.0.0.1 (OpenID Connect) that says of people what it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from tests.loopback.served import Served

CLIENT = "appealwright"
SECRET = "written-by-hand"


class IdentityProvider(Served):
    """`with IdentityProvider() as provider:` is at `provider.issuer`; `approve` plays the person who signs in there."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "k1"})
        self.signs_with = self.key
        self.claims: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        server = _Server(("127.0.0.1", 0), _Handler)
        server.owner = self
        super().__init__(server)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def approve(self, sent_to: str, **claims: object) -> str:
        """Where the browser that was sent here is sent back to; the person's claims, and some that are not as asked."""
        self.asked = dict(parse_qsl(urlsplit(sent_to).query))
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": "u1", "iat": now, "exp": now + 300}
        self.claims = usual | {"nonce": self.asked["nonce"]} | claims
        return f"{self.asked['redirect_uri']}?{urlencode({'code': 'c1', 'state': self.asked['state']})}"

    def metadata(self) -> dict[str, Any]:
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        }
        return usual | self.told

    def token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """The token for a code, to who began: they alone know what the challenge was made of."""
        verifier = form.get("code_verifier", [""])[0]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if self.asked["code_challenge_method"] != "S256" or digest != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        signed = jwt.encode({"alg": "ES256", "kid": "k1"}, self.claims, self.signs_with)
        return 200, {"access_token": "a1", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class _Server(ThreadingHTTPServer):
    owner: IdentityProvider
    daemon_threads = False


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        owner = self.server.owner
        if self.path == "/jwks":
            self._send(200, {"keys": [owner.key.as_dict(private=False)]})
        else:
            self._send(200, owner.metadata())

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        named = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {named}":
            self._send(401, {"error": "invalid_client"})
        else:
            self._send(*self.server.owner.token(form))

    def log_message(self, *_args: object) -> None:
        """Nothing: a log of requests belongs to no test."""

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
