"""A stand-in for a site with an identity provider: one person, tokens by number, a second factor when asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EMAIL, PASSWORD, CODE = "ann@people.example", "a long word and 1 digit", "123456"


class IdentitySite:
    """`second_factor`: sign-in asks for a code. `revoked`: refresh tokens that count no more; `refused`: access
    tokens that open nothing. `busy`: the provider puts everybody off. `doors`: where sessions were asked for."""

    def __init__(self) -> None:
        self.second_factor = False
        self.given = 0
        self.revoked: set[str] = set()
        self.refused: set[str] = set()
        self.busy = False
        self.doors: list[str] = []
        self.tokens_seen: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"site": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tokens(self, *, refresh: bool) -> tuple[int, dict[str, Any]]:
        self.given += 1
        result = {"AccessToken": f"access-{self.given}", "ExpiresIn": 3600}
        return 200, {"AuthenticationResult": result | ({"RefreshToken": "refresh"} if refresh else {})}

    def answer(self, action: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of a call of Cognito's API."""
        if self.busy:
            return _refused("TooManyRequestsException")
        if action == "RevokeToken":
            self.revoked.add(asked["Token"])
            return 200, {}
        if action == "RespondToAuthChallenge":
            right = asked["ChallengeResponses"].get("SOFTWARE_TOKEN_MFA_CODE") == CODE
            return self.tokens(refresh=True) if right else _refused("CodeMismatchException")
        parameters = asked["AuthParameters"]
        if asked["AuthFlow"] == "REFRESH_TOKEN_AUTH":
            known = parameters["REFRESH_TOKEN"] not in self.revoked
            return self.tokens(refresh=False) if known else _refused("NotAuthorizedException")
        if (parameters["USERNAME"], parameters["PASSWORD"]) != (EMAIL, PASSWORD):
            return _refused("NotAuthorizedException")
        if self.second_factor:
            return 200, {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s", "ChallengeParameters": {}}
        return self.tokens(refresh=True)


def _refused(code: str) -> tuple[int, dict[str, Any]]:
    return 400, {"__type": code, "message": "Incorrect username or password."}


class Handler(BaseHTTPRequestHandler):
    site: IdentitySite
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet: the tests look at the site, not at its log."""

    def do_GET(self) -> None:
        token = self.headers.get("authorization")
        self.site.tokens_seen.append(token)
        if self.path == "/api/v1/identity":
            self.send(200, {"endpoint": self.site.url, "client_id": "page"})
        elif (self.path == "/api/v1/me" and token is None) or (token or "").removeprefix(
            "Bearer "
        ) in self.site.refused:
            self.send(401, {"message": "Unauthorized"})
        elif self.path == "/api/v1/me":
            terms = {"current_version": "2", "must_accept": True}
            self.send(200, {"subject": "ann", "roles": ["premium"], "tier": "premium", "terms": terms})
        else:
            self.send(200, {"items": []})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.startswith("/api/v1/"):
            self.site.tokens_seen.append(self.headers.get("authorization"))
            self.site.doors.append(self.path.removeprefix("/api/v1"))
            self.send(200, {"playback_url": f"/media/{asked['asset_id']}/1/main.m3u8", "cookies": {"C": "1"}})
            return
        self.send(*self.site.answer(self.headers["x-amz-target"].rpartition(".")[2], asked))

    def send(self, status: int, document: dict[str, Any]) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
