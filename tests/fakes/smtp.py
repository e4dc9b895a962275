#!/usr/bin/python3
"""A mail server for tests (aiosmtpd): keeps what it gets as JSON lines, refuses addresses that begin with "refuse".

    smtp.py --port-file FILE --log FILE [--cert PEM --cert-key PEM [--implicit]] [--user NAME --password TEXT]

With a certificate it wants STARTTLS before anything else, or speaks TLS from the first byte (--implicit); with a user it
takes mail only after a login.
"""
import argparse
import email
import email.policy
import json
import os
import signal
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


def attachment(part):
    content = part.get_content()
    return {"name": part.get_filename(), "type": part.get_content_type(),
            "text": content if isinstance(content, str) else content.decode()}


class Keeper:
    def __init__(self, log, implicit):
        self.log = log
        self.implicit = implicit

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["Subject"],
                                  "id": message["Message-ID"], "text": message.get_body(("plain",)).get_content(),
                                  "attachments": [attachment(part) for part in message.iter_attachments()],
                                  "tls": self.implicit or session.ssl is not None, "user": session.auth_data},
                                 ensure_ascii=False) + "\n")
        return "250 kept"


class Server(Controller):
    def _trigger_server(self):
        """The port is known only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--cert")
    parser.add_argument("--cert-key")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()
    context, settings = None, {}
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.cert_key)
    if context and not options.implicit:
        settings.update(tls_context=context, require_starttls=True)
    if options.user:
        wanted = (options.user.encode(), options.password.encode())

        def check(_server, _session, _envelope, _mechanism, given):
            good = (given.login, given.password) == wanted
            return AuthResult(success=good, handled=False, auth_data=given.login.decode() if good else None)

        settings.update(authenticator=check, auth_required=True, auth_require_tls=not options.implicit)
    if context and options.implicit:
        settings.update(ssl_context=context)
    server = Server(Keeper(options.log, options.implicit), hostname="127.0.0.1", port=0, **settings)
    server.start()
    with open(options.port_file + ".new", "w") as file:
        file.write(f"{server.port}\n")
    os.rename(options.port_file + ".new", options.port_file)
    signal.pause()


if __name__ == "__main__":
    main()
