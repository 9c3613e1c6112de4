"""on_terminal.py [--rounds N] [--deaf] [--type BYTES] COMMAND...

Runs the command on a terminal of its own and prints what it writes, in raw mode so
that it is what was written. --rounds: so many times, and what it prints must always
be the same. --deaf: nothing is read before it has ended. --type: so many bytes of
input, once "ready" was read. The last line says how it ended, and the most memory
that the process itself used, in kB.
"""
import os
import pty
import select
import sys
import tty


def memory(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def relay(master, pid, to_type, show):
    """Read all, type what there is to type; bytes that were read, memory used."""
    total, most, typed, tail = 0, 0, None, b""
    while True:
        wants = [master] if typed is not None and typed < to_type else []
        readable, writable, _ = select.select([master], wants, [])
        if readable:
            try:
                got = os.read(master, 65536)
            except OSError:
                break
            if not got:
                break
            show(got)
            tail = (tail + got)[-64:]
            if typed is None and b"ready" in tail:
                typed = 0
            if total >> 20 != (total + len(got)) >> 20:
                most = max(most, memory(pid))
            total += len(got)
        if writable:
            typed += os.write(master, b"0123456789abcdef"[typed % 16:][:to_type - typed])
    return most


def play(arguments, deaf, to_type, show):
    pid, master = pty.fork()
    if pid == 0:
        tty.setraw(0)
        os.execvp(arguments[0], arguments)
    if deaf:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    most = relay(master, pid, to_type, show)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(master)
    return status, most


def main():
    arguments = sys.argv[1:]
    rounds, deaf, to_type = 1, False, 0
    while arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option == "--deaf":
            deaf = True
        elif option == "--rounds":
            rounds = int(arguments.pop(0))
        else:
            to_type = int(arguments.pop(0))
    if rounds == 1:
        status, most = play(arguments, deaf, to_type, sys.stdout.buffer.write)
    else:
        seen = set()
        for _ in range(rounds):
            shown = []
            status, most = play(arguments, deaf, to_type, shown.append)
            seen.add((status, b"".join(shown)))
        for status, shown in sorted(seen):
            sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    print(f"\nended {status} with {most} kB")


main()
