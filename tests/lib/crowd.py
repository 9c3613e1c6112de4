"""crowd.py NUMBER COMMAND...: so many of it, 20 at a time, every other one killed.

Half of them get SIGKILL after up to 60 ms. All are below this process, which inherits
every orphan: within ten seconds of the last one's end none may be left, or what is left
is named and killed and the status is 1. Those that were not killed must have ended well.
"""
import ctypes
import os
import random
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def main():
    number, arguments = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    random.seed(int(os.environ.get("SEED", "1")))
    started, killed, well, running, deadlines = 0, 0, 0, set(), {}
    end = None
    while True:
        while started < number and len(running) < 20:
            pid = os.fork()
            if pid == 0:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                os.execvp(arguments[0], arguments)
            running.add(pid)
            if started % 2:
                deadlines[pid] = time.monotonic() + random.uniform(0, 0.06)
            started += 1
        for pid, deadline in list(deadlines.items()):
            if deadline < time.monotonic():
                os.kill(pid, signal.SIGKILL)
                del deadlines[pid]
                killed += 1
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid == 0:
            if not running:
                end = end or time.monotonic() + 10
                if time.monotonic() > end:
                    mine = str(os.getpid())
                    subprocess.run(["ps", "-o", "pid,stat,args", "--ppid", mine], check=False)
                    subprocess.run(["pkill", "-KILL", "-P", mine], check=False)
                    sys.exit("some are left")
            time.sleep(0.001)
            continue
        deadlines.pop(pid, None)
        if pid in running:
            running.remove(pid)
            well += os.waitstatus_to_exitcode(status) == 0
    if well < number - killed:
        sys.exit(f"{number - killed - well} ended badly")
    print(f"all {number} gone: {killed} killed, {well} ended well")


main()
