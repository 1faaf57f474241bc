"""A small IMAP server on 127.0.0.1 with one folder, that can drop its connection in the middle."""

from __future__ import annotations

import re
import socketserver

from tests.loopback.served import Served


class Mailbox(Served):
    """`with Mailbox(messages) as box:` serves at `box.url`. `flags` and `folders` show what was done to them.

    After `drops_after` messages fetched the connection is cut, once.
    """

    def __init__(self, *messages: bytes, drops_after: int | None = None, validity: int = 7) -> None:
        self.messages = {str(uid): message for uid, message in enumerate(messages, start=11)}
        self.flags: dict[str, set[str]] = {uid: set() for uid in self.messages}
        self.folders: dict[str, list[str]] = {}
        self.drops_after = drops_after
        self.validity = validity
        self.fetched: list[str] = []
        server = _Server(("127.0.0.1", 0), _Session)
        server.box = self
        super().__init__(server)

    @property
    def url(self) -> str:
        return f"imap://kim%40clinic.example@127.0.0.1:{self.port}/Denials"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: Mailbox


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say(b"* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, command = line.split(" ", 1)
            if not self._answer(tag, command):
                return

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _answer(self, tag: str, command: str) -> bool:
        box, word = self.server.box, command.upper()
        if word.startswith("LOGIN") and '"secret"' not in command:
            self._say(f"{tag} NO wrong password".encode())
            return True
        told = {
            "CAPABILITY": "CAPABILITY IMAP4rev1 MOVE",
            "SELECT": f"{len(box.messages)} EXISTS",
            "STATUS": f'STATUS "Denials" (UIDVALIDITY {box.validity})',
            "UID SEARCH": f"SEARCH {' '.join(box.messages)}",
            "LOGOUT": "BYE",
        }
        for name, line in told.items():
            if word.startswith(name):
                self._say(f"* {line}".encode())
        if word.startswith("UID") and not self._done(command):
            return False
        self._say(f"{tag} OK done".encode())
        return not word.startswith("LOGOUT")

    def _done(self, command: str) -> bool:
        """Do what is asked of messages; False where the connection drops."""
        box = self.server.box
        if match := re.match(r"UID FETCH (\d+)", command, re.IGNORECASE):
            return self._fetch(match[1])
        if match := re.match(r"UID STORE ([\d,]+) \+FLAGS \((.*)\)", command, re.IGNORECASE):
            for uid in match[1].split(","):
                box.flags[uid].add(match[2])
        if match := re.match(r'UID MOVE ([\d,]+) "?([^"]+)"?', command, re.IGNORECASE):
            for uid in match[1].split(","):
                box.folders.setdefault(match[2], []).append(uid)
                del box.messages[uid]
        return True

    def _fetch(self, uid: str) -> bool:
        box = self.server.box
        if box.drops_after is not None and len(box.fetched) >= box.drops_after:
            box.drops_after = None
            return False
        box.fetched.append(uid)
        message = box.messages[uid]
        head = f"* 1 FETCH (UID {uid} FLAGS () RFC822.SIZE {len(message)} BODY[] {{{len(message)}}}".encode()
        self._say(head)
        self.wfile.write(message + b")\r\n")
        return True
