"""gives_up.py DIRECTORY: what each shipped profile says that takes a wall away.

Prints tests/attack/given_up, for `make generate`: "NAME: WORDS" for each DIRECTORY/NAME.profile
that has any, of its own lines and of those that it includes, whatever their conditions. A word
counts unless it is known to be none of those: one that nobody has thought of yet is listed.
"""
import os
import re
import sys

# Files, programs and names that are shown, what the command gets, and limits: `profile diff`
# says of each profile what these open.
HARMLESS = set("""alias description include if user hostname cwd arguments home chdir
    bind bind-try ro-bind ro-bind-try ro tmpfs dir file symlink hide etc system
    setenv unsetenv env-keep rlimit nice timeout memory cpus quiet publish
    allow-urls-in deny add-host""".split())


HEAD = """# The shipped profiles that say something which takes a wall of the default posture away, and
# the words; `socket` and `internet` stand for lines that show or reach such. One that is not
# here says nothing of the kind. Written by `make generate`: a line that comes is for a reviewer
# to see. What the attempts get by them is in tests/lib/breakout.bash."""


def lines_of(directory, name, seen):
    for folder in directory, os.path.join(directory, "include"):
        path = os.path.join(folder, name + ".profile")
        if os.path.exists(path):
            break
    else:
        raise SystemExit(f"{name}: there is no such profile")
    if path in seen or name == "default":
        return
    seen.add(path)
    for line in open(path, encoding="utf-8"):
        words = [word.strip("\"'") for word in re.sub(r"(^|\s)#.*", "", line).split()]
        while words and words[0] == "if":
            words = words[4:] if words[1] == "not" else words[3:]
        if words and words[0] == "include":
            yield from lines_of(directory, words[1], seen)
        elif words:
            yield words


def given_up(words):
    word, values = words[0], words[1:]
    if word == "net" or (word == "allow" and any(re.match(r"(internet|lan|host|any)\b", v) for v in values)):
        return "internet"
    # A socket of a service, a device.
    if word.startswith(("bind", "ro-bind")) and any(re.match(r"/run\b|/dev\b|\$XDG_RUNTIME_DIR|/$|~/?$|\$HOME/?$", v)
                                                  for v in values):
        return "socket"
    if word == "env-keep" and any(v.endswith("_SOCK") or "BUS_ADDRESS" in v for v in values):
        return "socket"
    if word == "allow" or word in HARMLESS:
        return None
    return word


def main():
    directory = sys.argv[1]
    print(HEAD)
    for file in sorted(os.listdir(directory)):
        name, end = os.path.splitext(file)
        if end != ".profile":
            continue
        words = {given_up(line) for line in lines_of(directory, name, set())} - {None}
        if words:
            print(f"{name}: {' '.join(sorted(words))}")


main()
