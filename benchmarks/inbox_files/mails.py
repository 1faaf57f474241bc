"""Mails with what is attached to them, byte for byte the same each time."""

import mimetypes
from collections.abc import Sequence
from datetime import datetime
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.utils import format_datetime


def mail(
    key: str, when: datetime, subject: str, body: str, attached: Sequence[tuple[str, bytes]], to: str = ""
) -> bytes:
    """A mail; what is attached under a name in .eml is a message within it. `to` is the key of a mail it answers."""
    made = MIMEMultipart("mixed", boundary=f"=_{key}_synthetic")
    made["From"] = "Front Desk <desk@clinic.example>"
    made["To"] = "Billing <billing@clinic.example>"
    made["Date"] = format_datetime(when)
    made["Subject"] = subject
    made["Message-ID"] = message_id(key)
    if to:
        made["In-Reply-To"] = made["References"] = message_id(to)
    made.attach(MIMEText(body, "html" if body.startswith("<!DOCTYPE") else "plain", "utf-8"))
    for name, data in attached:
        made.attach(_part(name, data))
    return made.as_bytes()


def message_id(key: str) -> str:
    """What a mail is known by."""
    return f"<{key}@clinic.example>"


def _part(name: str, data: bytes) -> Message:
    part: Message
    if name.endswith(".eml"):
        part = MIMEMessage(BytesParser().parsebytes(data))
    else:
        part = MIMEBase(*(mimetypes.guess_type(name)[0] or "application/octet-stream").split("/"))
        part.set_payload(data)
        encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part
