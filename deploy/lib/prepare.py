#!/usr/bin/python3
"""Prepares a service of the sample programme in a folder: configurations, keys, schema, plan, streams, sample feeds.

    prepare.py STATE --database CONNINFO [--kind rehearsal|real] [--listen ADDRESS] [--server ADDRESS]
               [--hooks HOST:PORT] [--mail HOST:PORT] [--board HOST:PORT]

STATE/bin holds the programs and STATE/share/duban the plan, tables and migrations. CONNINFO is what every role has in
common ("host=… dbname=duban"). What is already there is kept, so it may run again; nothing outside STATE is touched.
"""
import argparse
import json
import os
import re
import secrets
import socket
import subprocess
import sys
from pathlib import Path

PROGRAMME = "guangyuan-2021"
FIRST_INSTANT = "2021-01-01T00:00:00+08:00"
COUNTIES = {"lizhou": ("510802", "利州区"), "zhaohua": ("510811", "昭化区"), "chaotian": ("510812", "朝天区"),
            "wangcang": ("510821", "旺苍县"), "qingchuan": ("510822", "青川县"), "jiange": ("510823", "剑阁县"),
            "cangxi": ("510824", "苍溪县")}
OFFICE = "市两改办"
# An agent: its unit and the scope of its stream, as `duban key allow` takes them.
AGENTS = {name: (unit, ["--area", code]) for name, (code, unit) in COUNTIES.items()}
AGENTS["jiaotong"] = ("市交通运输局", ["--tasks", "T06"])
AGENTS["office"] = (OFFICE, ["--office"])
DESK = "office-desk"  # the stream of the office's decisions, written by `duban`
BOARD = "board"  # the same, written on the board
BOARD_PORT = 8090
# Accounts of the sample's board, each with a password of its own in STATE/board-accounts.
ACCOUNTS = {"office": ["--role", "office"], "jiange": ["--role", "county", "--area", "510823"],
            "jiaotong": ["--role", "lead", "--unit", "市交通运输局"], "viewer": ["--role", "viewer"]}

OWN_COLUMNS = {"zhaohua": "    columns: {target: [指标名称], area: [县区], as_of: [截止日期], value: [累计完成]}\n"}


def write(path, text, mode=0o600):
    """Renamed into place, so that no program ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, "utf-8")
    temporary.chmod(mode)
    temporary.rename(path)


def free_port(wanted=0):
    """An address of this machine; the wanted port where nobody has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


class Preparation:
    def __init__(self, options):
        self.options = options
        self.state = Path(options.state).absolute()
        self.share = self.state / "share" / "duban"
        self.rehearsal = options.kind == "rehearsal"
        # where the sample receiver listens: given, or free ports found once and kept
        kept = self.state / "receiver-ports"
        if not kept.exists() and self.rehearsal:
            write(kept, f"{options.hooks or free_port()} {options.mail or free_port()}\n", 0o644)
        # several share the work: DUBAN_ALERTERS=2
        self.alerters = ["alerter", *(f"alerter-{n}" for n in range(2, int(os.environ.get("DUBAN_ALERTERS", "1")) + 1))]
        self.hooks, self.mail = kept.read_text().split() if self.rehearsal else ("127.0.0.1:18080", "127.0.0.1:25")

        self.board = options.board or self.board_address()

    def board_address(self):
        """Where the board listens: as before, if nobody else has the port by now."""
        kept = self.state / "board-address"
        if kept.exists() and (self.state / "prepared").exists():  # it listens there already
            return kept.read_text().strip()
        port = int(kept.read_text().rpartition(":")[2]) if kept.exists() else BOARD_PORT
        address = free_port(port)
        write(kept, address + "\n", 0o644)
        return address

    def duban(self, *words, told=None):
        command = [str(self.state / "bin" / "duban"), *words, "--config", str(self.state / "duban.yaml")]
        done = subprocess.run(command, cwd=self.state, input=told, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"duban {' '.join(words)}:\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout

    def key(self, name):
        """The public key of a pair in STATE/keys, made if need be."""
        secret = self.state / "keys" / f"{name}.key"
        public = Path(f"{secret}.pub")
        if not secret.exists():
            secret.parent.mkdir(mode=0o700, exist_ok=True)
            self.duban("key", "new", str(secret))
        return re.search(r"[!-~]{40}", public.read_text()).group(0)

    def database(self, role):
        return f"{self.options.database} user=duban_{role}"

    def clock_line(self):
        return f"clock: {self.state}/clock\n" if self.rehearsal else ""

    def configurations(self):
        state = self.state
        write(state / "duban.yaml", f"""# {'演练' if self.rehearsal else '正式'}
database:
  owner: "{self.database('owner')}"
  admin: "{self.database('admin')}"
  reader: "{self.database('reader')}"
{self.clock_line()}status: {state}/status
sql: {self.share}/sql
calendar: {self.share}/calendar/china-2021-2026.csv
office:
  spool: {state}/office-desk.spool
  stream: {DESK}
  unit: {OFFICE}
  key: {state}/keys/{DESK}.key
  server: [{{address: "{self.options.server}", key: {state}/keys/aggregator.key.pub}}]
""")
        write(state / "aggregator.yaml", f"""database: "{self.database('aggregator')}"
listen: {self.options.listen}
key: {state}/keys/aggregator.key
{self.clock_line()}status: {state}/status/aggregator.json
""")
        host = self.hooks.rpartition(":")[0]
        write(state / "keys" / "webhook.secret", "sample-secret-not-real\n")
        for name in self.alerters:
            write(state / f"{name}.yaml", f"""database: "{self.database('alerter')}"
{self.clock_line()}status: {state}/status/{name}.json
channels:
  log: {{file: {state}/log/alerts.log}}
  webhook: {{secret_file: {state}/keys/webhook.secret, allow_hosts: [{host}]}}
  email: {{server: "smtp://{self.mail}", from: duban@duban.invalid}}
# 数据库连不上超过五分钟，直接往一个渠道发一条，恢复时再发一条（默认不发）
# watch: {{database_channel: email, database_address: it@example.org}}
""")

        self.board_configuration()

    def board_configuration(self):
        state = self.state
        # DUBAN_BOARD_ROLE=office: a rehearsal on this machine alone may be open to whoever sits at it
        tls = f"tls: {{certificate_file: {self.options.board_tls}.pem, key_file: {self.options.board_tls}.key}}" if self.options.board_tls else ""
        write(state / "board.yaml", f"""database: "{self.database('board')}"
{self.clock_line()}status: {state}/run/board.json
programme: {PROGRAMME}
listen: "{self.board}"
{tls}
assets: {self.share}/board
office:
  spool: {state}/board.spool
  stream: {BOARD}
  unit: {OFFICE}
  key: {state}/keys/{BOARD}.key
  server: [{{address: "{self.options.server}", key: {state}/keys/aggregator.key.pub}}]
{f'rehearsal_role: {os.environ["DUBAN_BOARD_ROLE"]}' if self.rehearsal and 'DUBAN_BOARD_ROLE' in os.environ else ''}
""")

    def agent_configurations(self):
        server_key = self.key("aggregator")
        for name, (unit, _scope) in AGENTS.items():
            folder = self.state / "agents" / name
            for part in ("inbox", "rejected"):
                (folder / part).mkdir(parents=True, exist_ok=True)
            title = COUNTIES.get(name, ("", unit))[1]
            behalf = "    on_behalf: true\n" if name == "office" else ""
            write(folder / "collector.yaml", f"""# {title}采集端（样例）
stream: {name}
unit: {unit}
server:
  - {{address: "{self.options.server}", key: "{server_key}"}}
key: {self.state}/keys/{name}.key
catalogue: {self.state}/catalogue.json
spool: {folder}/spool.sqlite
{self.clock_line()}status: {self.state}/status/{name}.json
sources:
  - name: 报表
    folder: inbox
    rejected: rejected
{behalf}    mapping:
      as_of: column
{OWN_COLUMNS.get(name, '').replace('    ', '      ')}""")

    def contacts(self):
        """The sample contacts, with the addresses at which the sample receiver listens."""
        text = (self.share / "sample" / "contacts.csv").read_text("utf-8")
        write(self.state / "contacts.csv", text.replace("127.0.0.1:18080", self.hooks))

    def load(self):
        self.duban("migrate", "--kind", self.options.kind)
        plan, sample = self.share / "plan", self.share / "sample"
        self.duban("plan", "load", str(plan / "guangyuan.yaml"), "--allocation", str(sample / "allocation.csv"),
                   "--nodes", str(sample / "nodes.csv"), "--denominators", str(sample / "denominators.csv"),
                   "--contacts", str(self.state / "contacts.csv"),
                   "--calendar", str(self.share / "calendar" / "china-2021-2026.csv"), "--by", "quickstart")
        # the second, tiny programme, beside the first
        self.duban("plan", "load", str(plan / "small.yaml"), "--calendar",
                   str(self.share / "calendar" / "china-2021-2026.csv"), "--by", "quickstart")
        for name, (unit, scope) in {**AGENTS, DESK: (OFFICE, ["--office"]), BOARD: (OFFICE, ["--office"])}.items():
            self.duban("key", "allow", self.key(name), "--stream", name, "--unit", unit, *scope, "--label", f"{name} sample",
                       "--programme", PROGRAMME)
        write(self.state / "catalogue.json", self.duban("plan", "export", "--catalogue", "--programme", PROGRAMME), 0o644)

    def accounts(self):
        """Of the sample; a real board's first account is made by hand."""
        lines = []
        for name, words in ACCOUNTS.items():
            password = secrets.token_urlsafe(9)
            self.duban("user", "add", name, *words, "--programme", PROGRAMME, told=password + "\n")
            lines.append(f"{name} {password}\n")
        write(self.state / "board-accounts", "".join(lines))

    def services(self):
        state = self.state
        kept = state / "services.json"  # a private PostgreSQL is in it already; a database elsewhere is not
        first = [s for s in json.loads(kept.read_text()) if s["name"] == "postgres"] if kept.exists() else []
        argv = {"aggregator": [f"{state}/bin/duban-aggregator", "--config", f"{state}/aggregator.yaml"]}
        argv.update({name: [f"{state}/bin/duban-alerter", "--config", f"{state}/{name}.yaml"] for name in self.alerters})
        argv["board"] = [f"{state}/bin/duban-board", "--config", f"{state}/board.yaml"]
        if self.rehearsal:
            host, web = self.hooks.split(":")
            argv["receiver"] = [f"{self.share}/sample/receiver.py", f"{state}/received", host, web, self.mail.split(":")[1]]
            for name in AGENTS:
                argv[name] = [f"{state}/bin/duban-collector", "--config", f"{state}/agents/{name}/collector.yaml"]
        write(state / "services.json", json.dumps(first + [{"name": n, "argv": a, "steps": n not in ("receiver", "board")} for n, a in argv.items()], indent=1) + "\n")

    def run(self):
        for part in ("log", "run", "status", "keys", "agents"):
            (self.state / part).mkdir(parents=True, exist_ok=True)
        if self.rehearsal and not (self.state / "clock").exists():
            write(self.state / "clock", f"1 {FIRST_INSTANT}\n", 0o644)
        self.contacts()
        self.configurations()
        if (self.state / "prepared").exists():
            return
        for name in ("aggregator", DESK, BOARD, *AGENTS):
            self.key(name)
        self.load()
        if self.rehearsal:
            self.accounts()
            self.agent_configurations()
            subprocess.run([str(self.share / "sample" / "make_feeds.py"), str(self.state)], check=True)
        self.services()
        write(self.state / "prepared", f"{self.options.kind}\n", 0o644)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state")
    parser.add_argument("--database", required=True)
    parser.add_argument("--kind", choices=("rehearsal", "real"), default="rehearsal")
    parser.add_argument("--listen", default="")
    parser.add_argument("--server", default="")
    parser.add_argument("--hooks", default="", help="where the sample webhooks go")
    parser.add_argument("--mail", default="", help="where the sample mails go")
    parser.add_argument("--board", default="", help="where the board listens")
    parser.add_argument("--board-tls", default="", help="NAME of the board's NAME.pem and NAME.key")
    chosen = parser.parse_args()
    here = f"ipc://{os.path.abspath(chosen.state)}/run/duban.ipc"
    chosen.listen = chosen.listen or here
    chosen.server = chosen.server or here
    os.umask(0o077)
    Preparation(chosen).run()
