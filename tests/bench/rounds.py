"""What the benchmarks share: rounds in which the contenders run one after the other.

Every figure is a ratio of two values of the same round, and the median of the rounds'
ratios is what counts. So a machine that is busy for a while, or gets slower with heat,
says little.
"""

import json
import os
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
AS_USER = os.path.join(HERE, "..", "lib", "as-user")


def measure(commands, runs, directory, warmup=3, within=(AS_USER,)):
	"""The medians of one round, in milliseconds, by hyperfine."""
	result = os.path.join(directory, "result.json")
	done = subprocess.run(
		[*within, "hyperfine", "--shell=none", "--style=none", f"--warmup={warmup}",
			f"--runs={runs}", f"--export-json={result}", *commands],
		cwd=directory, check=False, stdin=subprocess.DEVNULL,
		stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
	if done.returncode != 0:
		for command in commands:	# it does not say which, and not why
			subprocess.run([*within, *command.split()], check=True, cwd=directory,
				stdin=subprocess.DEVNULL)
		raise RuntimeError(done.stderr.decode(errors="replace"))
	with open(result, encoding="utf-8") as file:
		medians = [row["median"] * 1000 for row in json.load(file)["results"]]
	os.unlink(result)
	return medians


def rounds_of(commands, rounds, runs, directory, warmup=3, within=(AS_USER,)):
	"""One list of medians per command, one median per round."""
	return list(zip(*(measure(commands, runs, directory, warmup, within) for _ in range(rounds))))


def turns_of(commands, rounds, runs, directory, within=(AS_USER,)):
	"""The same as rounds_of(), with the commands in turns within a round (alternate.py)."""
	medians = []
	for _ in range(rounds):
		done = subprocess.run(
			[*within, "/usr/bin/python3", f"{directory}/alternate.py", str(runs), *commands],
			cwd=directory, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
		medians.append([statistics.median(float(taken) for taken in line.split())
			for line in done.stdout.splitlines()])
	return list(zip(*medians))


def table(title, names, medians, unit, budgets, inverse=False):
	"""Print the medians, and the first row's ratio to each of the others.

	With inverse a larger ratio is better. Returns whether the budgets hold.
	"""
	good = True
	print(f"\n{title}")
	for i, name in enumerate(names):
		line = f"  {name:46} {statistics.median(medians[i]):8.2f} {unit}"
		if i > 0:
			ratio = statistics.median(a / b for a, b in zip(medians[0], medians[i]))
			line += f"   ratio {ratio:5.2f}"
			if name in budgets:
				held = ratio >= budgets[name] if inverse else ratio <= budgets[name]
				good = good and held
				line += f"   budget {'>=' if inverse else '<='} {budgets[name]:.2f}"
				line += "" if held else "   MISSED"
		print(line, flush=True)
	return good


def pss(pid):
	"""Proportional set size in KiB: shared pages count by their share."""
	with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
		for line in file:
			if line.startswith("Pss:"):
				return int(line.split()[1])
	return 0


def children_of(pid):
	"""Those of a process; none of one that has ended meanwhile."""
	found = []
	try:
		for task in os.listdir(f"/proc/{pid}/task"):
			with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
				found += [int(child) for child in file.read().split()]
	except (FileNotFoundError, ProcessLookupError):
		pass
	return found


def tree(pid):
	return [pid] + [below for child in children_of(pid) for below in tree(child)]


def name_of(pid):
	try:
		with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
			return file.read().strip()
	except (FileNotFoundError, ProcessLookupError):
		return ""
