#!/usr/bin/python3
"""A mail server for tests (aiosmtpd): keeps what it gets as JSON lines, refuses addresses that begin with "refuse".

    smtp.py --port-file FILE --log FILE
"""
import argparse
import email
import email.policy
import json
import os
import signal

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, log):
        self.log = log

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refuse"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["Subject"],
                                  "id": message["Message-ID"], "text": message.get_content()},
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
    options = parser.parse_args()
    server = Server(Keeper(options.log), hostname="127.0.0.1", port=0)
    server.start()
    with open(options.port_file + ".new", "w") as file:
        file.write(f"{server.port}\n")
    os.rename(options.port_file + ".new", options.port_file)
    signal.pause()


if __name__ == "__main__":
    main()
