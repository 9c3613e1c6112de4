"""alternate.py RUNS COMMAND...: a run of each after the other, so many times, in turns.

What differs by a few percent is measured so: a machine that others use changes its speed
within a second, and twenty runs of one before twenty of the other meet it in two states.
Each line that is printed is a command's times, in milliseconds, in the order of the runs.
"""

import os
import sys
import time

WARMUP = 3


def run(command, null):
	start = time.perf_counter()
	pid = os.posix_spawn(command[0], command, os.environ,
		file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1)])
	_, status = os.waitpid(pid, 0)
	if status:
		sys.exit(f"alternate.py: {' '.join(command)}: status {os.waitstatus_to_exitcode(status)}")
	return (time.perf_counter() - start) * 1000


def main():
	runs, commands = int(sys.argv[1]), [text.split() for text in sys.argv[2:]]
	null = os.open(os.devnull, os.O_RDWR)
	times = [[] for _ in commands]
	for number in range(WARMUP + runs):
		turn = list(enumerate(commands))
		for i, command in turn if number % 2 else reversed(turn):
			taken = run(command, null)
			if number >= WARMUP:
				times[i].append(taken)
	for row in times:
		print(*row)


main()
