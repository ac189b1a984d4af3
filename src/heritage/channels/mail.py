"""Sends mail by the server that the settings name."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from heritage.domain.alerts import Mail
from heritage.errors import DeliveryError, InputError

_PORTS = {"smtp": 25, "smtps": 465, "submission": 587}


def check_mailbox(text: str) -> str:
    """The mailbox, if it is one. Raises `InputError`."""
    try:
        Address(addr_spec=text)
    except (ValueError, IndexError, AttributeError):
        raise InputError(f"{text[:80]!r} is no mailbox; write it as name@host") from None
    if not text.isascii() or not text.isprintable() or len(text) > 254 or "@" not in text:
        raise InputError(f"{text[:80]!r} is no mailbox; write it as name@host")
    return text


@dataclass(frozen=True, slots=True)
class Mailer:
    """``address``: ``smtp://``, ``submission://`` (which demands STARTTLS) or ``smtps://``, login and password in it.

    Without an address there is no mail. ``sender`` is the mailbox that it comes from.
    """

    address: str = field(repr=False)
    sender: str
    seconds: float = 30.0

    def send(self, mail: Mail) -> None:
        """Raises `DeliveryError` unless the server took it."""
        if not self.address or not self.sender:
            raise DeliveryError("no mail server is set: HERITAGE_SMTP_URL and HERITAGE_MAIL_FROM")
        try:
            self._send(mail)
        except smtplib.SMTPRecipientsRefused:
            raise DeliveryError("the mail server refuses the mailbox") from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeliveryError(f"the mail server does not take it: {type(error).__name__}") from None

    def _send(self, mail: Mail) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in _PORTS:
            raise DeliveryError("HERITAGE_SMTP_URL must begin with smtp://, submission:// or smtps://")
        host, port = parts.hostname or "localhost", parts.port or _PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=self.seconds)
        with server:
            if parts.scheme == "submission":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(self._message(mail))

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{mail.message_id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice in return
        message.set_content(mail.text)
        return message
