#!/usr/bin/python3
"""Stands in, on this machine alone, for the phones and mailboxes of the sample contacts.

    receiver.py FOLDER [HOST HTTP_PORT SMTP_PORT]

Takes webhooks (POST /hook/NAME) and mail (a real SMTP server), and appends what came to FOLDER/webhooks.jsonl and
FOLDER/mails.jsonl, a JSON object a line. Without ports it takes free ones; FOLDER/ports says which ("HTTP SMTP").
"""
import asyncio
import email
import email.policy
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from aiosmtpd.smtp import SMTP

BODY_MAX = 1 << 20


class Book:
    """One file of JSON lines; each line is written whole before the sender hears that it arrived."""

    def __init__(self, path):
        self.path, self.lock = path, Lock()

    def add(self, entry):
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self.lock, open(self.path, "a", encoding="utf-8") as book:
            book.write(line)


def hook_handler(book):
    class Hook(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            size = int(self.headers.get("Content-Length", 0))
            if not self.path.startswith("/hook/") or size > BODY_MAX:
                self.send_error(404 if size <= BODY_MAX else 413)
                return
            body = self.rfile.read(size).decode("utf-8")
            book.add({"path": self.path, "key": self.headers.get("Idempotency-Key"),
                      "signature": self.headers.get("X-Duban-Signature"), "body": json.loads(body)})
            answer = b'{"ok":true}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Hook


class Mailbox:
    def __init__(self, book):
        self.book = book

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_body(("plain",))
        self.book.add({"to": envelope.rcpt_tos, "subject": str(message["Subject"]), "id": str(message["Message-ID"]),
                       "body": text.get_content() if text else "",
                       "attachments": {part.get_filename(): len(part.get_content()) for part in message.iter_attachments()}})
        return "250 taken"


async def main(folder, host, http_port, smtp_port):
    folder.mkdir(parents=True, exist_ok=True)
    web = ThreadingHTTPServer((host, http_port), hook_handler(Book(folder / "webhooks.jsonl")))
    Thread(target=web.serve_forever, daemon=True).start()
    loop = asyncio.get_running_loop()
    mailbox = Mailbox(Book(folder / "mails.jsonl"))
    mail = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop), host, smtp_port)
    ports = folder / "ports.new"
    ports.write_text(f"{web.server_address[1]} {mail.sockets[0].getsockname()[1]}\n")
    os.rename(ports, folder / "ports")
    await mail.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 5):
        sys.exit(__doc__)
    host, ports = (sys.argv[2], sys.argv[3:]) if len(sys.argv) == 5 else ("127.0.0.1", (0, 0))
    try:
        asyncio.run(main(Path(sys.argv[1]), host, int(ports[0]), int(ports[1])))
    except KeyboardInterrupt:
        pass
