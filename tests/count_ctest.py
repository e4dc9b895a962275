#!/usr/bin/python3
"""Turns ctest's verbose log into "ok NAME" and "not ok NAME" lines, one for each Criterion test (or one for a program
that is not Criterion's). A program that ctest failed counts as at least one failure, whatever it printed of itself."""
import re
import sys

log = open(sys.argv[1], encoding="utf-8", errors="replace").read()
verdicts = dict(re.findall(r"^\s*\d+/\d+ Test\s+#\d+: (\S+) \.+\s*(Passed|\*\*\*\S+)", log, re.M))
numbers = {name: number for number, name in re.findall(r"^test (\d+)\n\s+Start\s+\d+: (\S+)", log, re.M)}
for name, verdict in sorted(verdicts.items()):
    said = re.findall(rf"^{numbers.get(name, 'x')}: .*Tested: \D*(\d+)\D*\| Passing: \D*(\d+)\D*\| Failing: \D*(\d+)\D*\| Crashing: \D*(\d+)",
                      re.sub(r"\x1b\[[0-9;]*m", "", log), re.M)
    passing = int(said[0][1]) if said else int(verdict == "Passed")
    failing = int(said[0][2]) + int(said[0][3]) if said else 0
    if verdict != "Passed":
        failing = max(failing, 1)
    for n in range(passing):
        print(f"ok {name} {n + 1}")
    for n in range(failing):
        print(f"not ok {name}: {verdict.lstrip('*')} (see the ctest log)")
if not verdicts:
    print("not ok ctest: it ran no test")
