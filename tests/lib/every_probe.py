"""every_probe.py LIST DIRECTORY: is the list of probes what the tests say?

Reads the list (attack/probes, which explains itself) and the names of all tests below
DIRECTORY. Each difference is one line; the last one counts. A test of attack/ must have
an id. A test shows that an attack works without walls when the words after its ids begin
with "without" ("weakened": in the build that takes walls down), or when its body has a
comment that begins so. With "unharmed" it shows that it does no harm there either.
"""
import glob
import os
import re
import sys

STATES = ("run", "vacuous", "later")
CONTROLS = ("bare", "weak", "main", "same", "none")
SIGNS = {"bare": "without", "weak": "weakened", "same": "unharmed"}


def read_list(path, problem):
    probes = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            fields, _, what = line.rstrip("\n").partition(" - ")
            words = fields.split()
            if words[1:] == ["later"]:
                # The part that it waits for is the last of the words.
                words, what = words + ["none", ""], what.rpartition(": ")[0]
            if len(words) != 4 or words[1] not in STATES or not what:
                problem(f"not a line of this list: {line.strip()}")
            elif words[0] in probes:
                problem(f"{words[0]} is in the list twice")
            else:
                probes[words[0]] = (words[1], set(words[2].split(",")), set(words[3].split(",")) - {""})
    return probes


def read_tests(directory, problem):
    """Of each id: its tests, as (file, words, body)."""
    tests = {}
    for path in sorted(glob.glob(os.path.join(directory, "*", "*.bats"))):
        name = os.path.relpath(path, directory)[:-len(".bats")]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for test in re.finditer(r'^@test "(.*?)" \{(.*?)(?:^\}$|\}$)', text, re.M | re.S):
            ids = re.match(r"((?:MAIN|[A-Z]+-[0-9]{2})(?: [A-Z]+-[0-9]{2})*): ", test[1])
            if ids:
                for probe in ids[1].split():
                    tests.setdefault(probe, []).append((name, test[1][ids.end():], test[2]))
            elif name.startswith("attack/") and name != "attack/every_probe":
                problem(f"{name}: a test without an id: {test[1]}")
    return tests


def shown(tests, how):
    sign = SIGNS[how]
    return any(words.startswith(sign) or re.search(rf"^\s*# {sign}\b", body, re.I | re.M)
               for _, words, body in tests)


def main():
    path, directory = sys.argv[1:]
    problems = []
    probes = read_list(path, problems.append)
    tests = read_tests(directory, problems.append)
    with open(os.path.join(directory, "attack/main_attempts.bats"), encoding="utf-8") as file:
        table = re.search(r"^walls='$(.*?)^'$", file.read(), re.M | re.S)[1]
    for probe, (state, controls, files) in probes.items():
        found = tests.get(probe, [])
        if state == "later":
            if found:
                problems.append(f"{probe} is for later, and {found[0][0]} has it")
            continue
        if not controls <= set(CONTROLS) or "none" in controls and len(controls) > 1:
            problems.append(f"{probe}: no such control")
        for name in files ^ {name for name, _, _ in found}:
            problems.append(f"{probe}: {name} " + ("has no test of it" if name in files else "is not listed"))
        for how in SIGNS:
            if shown(found, how) != (how in controls):
                problems.append(f"{probe}: {how} is " + ("" if how in controls else "also ") + "shown" + (" by no test" if how in controls else ""))
        if bool(re.search(rf"\b{probe}\b", table)) != ("main" in controls):
            problems.append(f"{probe}: the table of main_attempts and the list differ")
        if all(words.startswith(tuple(SIGNS.values())) for _, words, _ in found):
            problems.append(f"{probe}: nothing is attempted behind the walls")
    for probe in tests.keys() - probes.keys():
        problems.append(f"{probe}: {tests[probe][0][0]} has it, and the list has not")
    for problem in sorted(problems):
        print(problem)
    count = {state: sum(probe[0] == state for probe in probes.values()) for state in STATES}
    controlled = sum(probe[0] != "later" and bool(probe[1] - {"same", "none"}) for probe in probes.values())
    print(f"{count['run']} run, {count['vacuous']} vacuous, {count['later']} later;"
          f" {controlled} shown to work without walls")
    sys.exit(1 if problems else 0)


main()
