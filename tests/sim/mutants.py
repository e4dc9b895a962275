#!/usr/bin/python3
"""Deliberate bugs that the simulation must notice: each is one change of text in a copy of the tree.

    tests/sim/mutants.py [SEEDS]        (not part of the ordinary run; 0 = all were noticed)
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MUTANTS = [
    ("believes the centre without comparing hashes", "proto/sender.c",
     "committed > 0 && !chain_equal(own, head)", "false"),
    ("does not notice that the centre knows more", "proto/sender.c",
     "if (committed > view->last_seq)", "if (false)"),
    ("keeps its acked position when the database went back", "proto/sender.c",
     "if (committed != view->acked_seq) set_acked", "if (committed > view->acked_seq) set_acked"),
    ("never goes back after a rewind", "proto/sender.c",
     "static void rewind_to_centre(struct sender *sender, const struct sender_view *view) {",
     "static void rewind_to_centre(struct sender *sender, const struct sender_view *view) {\n"
     "    if (sender->state == SENDER_LIVE && sender->next_seq > sender->centre_seq) return;"),
    ("ignores the right edge of the window", "proto/sender.c",
     "if (under_way >= sender->welcome.window_events) return;", ""),
    ("says HELLO with the gen it had", "proto/sender.c", "sender->gen = above + 1;", "sender->gen = above;"),
    ("keeps its base at committed 0", "proto/sender.c",
     "if (committed == 0 && (!own || !chain_equal(own, head)))", "if (false)"),
    ("sends nothing again when an answer fails to come", "proto/sender.c",
     "stalled_ms < STALL_HEARTBEATS * (int64_t)sender->welcome.heartbeat_ms", "stalled_ms >= 0"),
    ("never gives up a silent connection", "proto/sender.c", "++sender->missed >= MISSED_MAX", "false"),
    ("admits a HELLO with the gen of the row", "proto/receiver.c", "message->gen <= row->gen", "message->gen < row->gen"),
    ("does not check the gen of a message", "proto/receiver.c",
     "if (receiver->row.has_epoch && gen == receiver->row.gen) return true;", "return true;"),
    ("skips a prefix without comparing it", "proto/receiver.c",
     "if (!chain_equal(&meeting, &receiver->queued_head))", "if (false)"),
    ("takes a whole batch again", "proto/receiver.c",
     "size_t skip = (size_t)(receiver->queued_seq + 1 - first);", "size_t skip = 0;"),
    ("lets a hole through", "proto/receiver.c", "if (first > receiver->queued_seq + 1)", "if (false)"),
    ("acks what is only queued", "proto/receiver.c",
     "message.ack.committed_seq = receiver->row.committed_seq;\n    message.ack.head_hash = receiver->row.head;",
     "message.ack.committed_seq = receiver->queued_seq;\n    message.ack.head_hash = receiver->queued_head;"),
    ("forgets to roll back what was queued", "proto/receiver.c",
     "    receiver->queued_seq = receiver->row.committed_seq;\n    receiver->queued_head = receiver->row.head;\n}\n\nstruct message receiver_welcome",
     "    (void)receiver;\n}\n\nstruct message receiver_welcome"),
    ("lets any epoch in", "proto/receiver.c", "row->has_epoch && !same_epoch && !row->reopen", "false"),
    ("keeps the reopening open", "proto/receiver.c", "answer->row.reopen = false;", ""),
    ("starts a new epoch's chain without the old head", "proto/receiver.c",
     "row->has_epoch ? &row->head : NULL", "NULL"),
    ("shell: commits without asking for gen", "tests/sim/world.h",
     "if (known->gen != d->row.gen || known->committed_seq", "if (known->committed_seq"),
    ("shell: settles a commit in doubt as rolled back, and commits without asking for the position",
     "tests/sim/world.h",
     "if (doubt || !applied) {\n        settle(w, g);",
     "if (doubt || !applied) {\n        drop_pending(g);\n        receiver_rolled_back(&g->receiver);",
     "|| known->committed_seq != d->row.committed_seq) return false;", ") return false;"),
]


def run(tree, seeds):
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "criterion", "libsodium"], capture_output=True,
                           text=True, check=True).stdout.split()
    sources = [str(p) for p in sorted((tree / "proto").glob("*.c"))] + [str(tree / "tests/sim/protocol_test.c")]
    subprocess.run(["cc", "-std=gnu17", "-O1", "-w", f"-I{tree}", "-o", str(tree / "sim"), *sources, *flags], check=True)
    env = dict(os.environ, DUBAN_SIM_SEEDS=str(seeds))
    return subprocess.run([str(tree / "sim"), "--jobs", "1"], env=env, capture_output=True, text=True)


def main():
    seeds, missed = int(sys.argv[1]) if len(sys.argv) > 1 else 300, 0
    for name, file, *edits in [("the tree as it is", None)] + MUTANTS:
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder)
            for source in [*ROOT.glob("proto/*.[ch]"), *ROOT.glob("tests/sim/*.[ch]")]:
                target = tree / source.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                text = source.read_text()
                if file and source == ROOT / file:
                    for old, new in zip(edits[::2], edits[1::2]):
                        if text.count(old) != 1:
                            sys.exit(f"{name}: its text stands {text.count(old)} times in {file}: mend the list")
                        text = text.replace(old, new)
                target.write_text(text)
            result = run(tree, seeds)
        noticed = result.returncode != 0
        reason = next((line.split(": ", 1)[-1] for line in result.stderr.splitlines() if "seed" in line and "]" in line), "")
        print(f"{'noticed' if noticed else 'NOT NOTICED' if file else 'passes'}: {name}{'  (' + reason + ')' if noticed else ''}",
              flush=True)
        missed += noticed != bool(file)
    sys.exit(1 if missed else 0)


main()
