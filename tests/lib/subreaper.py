"""subreaper.py [--kill-after SECONDS] [--rounds N] [--patience SECONDS] COMMAND...

Runs the command as the process that inherits every orphan below it, so that nothing
that was started can hide. With --kill-after the command itself gets SIGKILL after a
random time up to so much. Then all children must end by themselves; what is left
after ten seconds, or the given number, is named and killed, and the status is 1.
"""
import ctypes
import os
import random
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def left():
    """Children of ours, as ps(1) shows them."""
    return subprocess.run(["ps", "-o", "pid,stat,args", "--ppid", str(os.getpid())],
                          capture_output=True, text=True, check=False).stdout


def reap_all(command, patience):
    """Wait until no child is left: the status of `command`, or None if some stay."""
    status = 0
    end = time.monotonic() + patience
    while True:
        try:
            pid, wait_status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            if time.monotonic() > end:
                return None
            time.sleep(0.001)
        elif pid == command:
            status = os.waitstatus_to_exitcode(wait_status)
            end = time.monotonic() + patience


def play(arguments, kill_after, patience):
    command = os.fork()
    if command == 0:
        os.execvp(arguments[0], arguments)
    if kill_after is not None:
        time.sleep(random.uniform(0, kill_after))
        os.kill(command, signal.SIGKILL)
    else:
        # Its own time is not ours to limit.
        os.waitid(os.P_PID, command, os.WEXITED | os.WNOWAIT)
    status = reap_all(command, patience)
    if status is not None:
        return status if status >= 0 else 128 - status
    print(left(), file=sys.stderr)
    subprocess.run(["pkill", "-KILL", "-P", str(os.getpid())], check=False)
    return None


def main():
    arguments = sys.argv[1:]
    options = {"--kill-after": None, "--rounds": "1", "--patience": "10"}
    while arguments[0] in options:
        options[arguments[0]] = arguments[1]
        arguments = arguments[2:]
    kill_after = options["--kill-after"] and float(options["--kill-after"])
    rounds, patience = int(options["--rounds"]), float(options["--patience"])
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    random.seed(int(os.environ.get("SEED", "1")))
    for number in range(rounds):
        status = play(arguments, kill_after, patience)
        if status is None:
            sys.exit(f"round {number}: something was left")
    sys.exit(0 if kill_after is not None else status)


main()
