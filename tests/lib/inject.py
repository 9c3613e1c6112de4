"""inject.py [--sample N] [--jobs N] [--case NAME]... [--only TEXT] [--verbose]
          TRACER WITNESS IMMURE
inject.py --control WALL... -- TRACER WITNESS IMMURE_WEAK

No failure of any system call of a launch may run the command behind less than was
asked. A plain run is watched, and then every call that was seen in it is made to fail,
one a run: with EPERM, ENOSYS, ENOMEM, EINTR, and by killing the process that makes it.
Each run must end in one of these ways:

  exact    the command ran, and what it has is word for word what it has undisturbed
  refused  it was never executed; status 125 and a reason on standard error
  ended    the call is made beside the command, by who started it: status 125 and a
           reason, and what the command saw until then is the beginning of what it sees
           undisturbed
  killed   the supervisor was killed, and with it everything

and never with a process, a mount or a file left, nor without an end. Failures of the
dynamic loader, before our first instruction, may have its status instead of 125.

--sample takes the first call of each kind in every role, with the faults in turn, and
every Nth fault of all. --control shows that the witness is not blind: with each of the
walls down, in a build that can do that, it must tell something else. Calls that are not
disturbed are listed in EXCLUDED, each with the reason; the last lines count what was
covered, and the status is 1 if that differs from what was observed, or for any run that
ended in another way.
"""
import argparse
import collections
import concurrent.futures
import contextlib
import ctypes
import fnmatch
import os
import platform
import pty
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

FAULTS = ["EPERM", "ENOSYS", "ENOMEM", "EINTR", "KILL"]

# What is run: options of immure, and what its standard files are.
CASES = {
    "default": ([], "null pipe pipe"),
    "as-pid-1": (["--as-pid-1"], "null pipe pipe"),
    "files": (["--cwd", "rw", "--tmpfs", "/mnt/x:size=1M,mode=700", "--dir", "/mnt/d",
               "--file", "file:/mnt/f", "--symlink", "a:/mnt/l", "--hide", "/usr/share",
               "--ro-bind", "file:/opt/file", "--etc", "hosts", "--rlimit", "nofile=100",
               "--nice", "3", "--sysctl", "net.ipv4.ip_forward=1", "--timeout", "60",
               "--hostname", "x", "--user", "self"], "file append append"),
    "terminal": ([], "tty tty tty"),
    "nested": (["--nested"], "null pipe pipe"),
    "nested-pid-1": (["--nested", "--as-pid-1", "--user", "self"], "null pipe pipe"),
    "share": (["--share", "net,ipc,uts,cgroup"], "null pipe pipe"),
    "ids": (["--map", "0:0:1", "--map", "5:1:1000", "--guest"], "null pipe pipe"),
    "ids-pid-1": (["--map", "0:0:1", "--map", "5:1:1000", "--as-pid-1"], "null pipe pipe"),
    "ids-nested": (["--map", "0:0:1", "--map", "5:1:1000", "--nested"], "null pipe pipe"),
    "clocks": (["--monotonic", "60", "--boottime", "-1"], "null pipe pipe"),
    "joined": (["--quiet", "--netns", "HOLDER", "--ipcns", "HOLDER", "--monotonic", "60"],
               "null pipe pipe"),
    "root": (["--root", "ROOT"], "null pipe pipe"),
    "online": (["--quiet", "--allow", "192.0.2.1:80"], "null pipe pipe"),
    "published": (["--quiet", "--publish", "0:80", "--publish", "0:53/udp"], "null pipe pipe"),
    "recorded": (["--quiet", "--allow", "192.0.2.1:80", "--net-log", "LOG",
                  "--pcap", "PCAP"], "null pipe pipe"),
    "bus": (["--quiet", "--user", "self", "--dbus", "talk:org.example.Open"], "null pipe pipe"),
    "old-mounts": (["--cwd", "rw", "--tmpfs", "/mnt/x", "--hide", "/usr/share"], "file pipe pipe"),
    "old-nested": (["--nested"], "null pipe pipe"),
}

# Where the calls that mount by descriptor are missing: what comes before the tracer.
OLD_MOUNTS = ["without", "fsopen,fsconfig,fsmount,move_mount,open_tree,mount_setattr"]

# Which child of the supervisor's the network engine is: it is forked behind init.
ENGINES = {"online": "0.2", "recorded": "0.2"}

# For whoever may map these ids by himself: what newuidmap(1) does cannot be traced.
WITH_IDS = ("ids", "ids-pid-1", "ids-nested")

# CASE ROLE CALL NTH FAULT (patterns): why it is not done.
EXCLUDED = [
    ("* * exit_group * E*", "it does not return, and cannot fail"),
    ("* * exit * E*", "it does not return, and cannot fail"),
    ("* 0 landlock_create_ruleset 1 ENOSYS", "the question for its ABI: a kernel that has none"
     " is announced, and an error with --landlock require"),
    ("as-pid-1 0.1 execve * KILL", "no one is there to tell it from a command that was killed"),
    ("nested-pid-1 0.1.1 execve * KILL", "the same"),
    ("ids-pid-1 0.1 execve * KILL", "the same"),
    ("ids* 0 gete[ug]id * E*", "it cannot fail; of another caller init would leave the groups"),
]

# Walls that another one would hide: init's user namespace and Landlock each keep the
# command out of it, and Landlock wants no_new_privs.
BEHIND = {"mounts": "landlock", "privileges": "landlock", "dumpable": "inner,landlock"}

Call = collections.namedtuple("Call", "role name nth phase")
Run = collections.namedtuple("Run", "status error said audit executed hit trouble")


class Bench:
    """A directory for one run at a time, the same for all but its last letter."""

    def __init__(self, top, letter, arguments):
        self.arguments = arguments
        self.around = [os.environ["PROBE"], *OLD_MOUNTS] if letter.startswith("old-") else []
        self.path = os.path.join(top, letter)
        self.work = os.path.join(self.path, "work")
        os.makedirs(os.path.join(self.path, "home"))
        os.makedirs(self.work)
        os.mkdir(os.path.join(self.work, ".git"))
        os.mkdir(os.path.join(self.work, ".git", "hooks"))
        for name in ("usr/bin", "etc", "proc", "dev", "sys", "tmp", "var/tmp", "run", "home"):
            os.makedirs(os.path.join(self.path, "root", name))
        with open(os.path.join(self.work, "file"), "w", encoding="ascii") as file:
            file.write("content\n")
        for name in ("log", "pcap"):
            open(os.path.join(self.path, name), "w", encoding="ascii").close()
        self.canary = os.path.join(self.work, "canary")
        self.report = os.path.join(self.path, "report")
        self.before = None
        self.inherited = os.open(self.path, os.O_RDONLY)    # what must not be
        time.sleep(0.02)    # what is new when a run begins is reported at its end

    def leftovers(self):
        """What a run must leave as it was: files, and what is mounted from or on them."""
        found = []
        for directory, _, files in os.walk(self.path):
            found += [directory] + [os.path.join(directory, name) for name in files]
        with open("/proc/self/mountinfo", encoding="utf-8") as mounts:
            # Others may mount theirs meanwhile.
            return sorted(found) + [line for line in mounts if self.path in line or
                                    ".hidden" in line]

    def command(self, options):
        namespaces = [f"{name}={os.readlink('/proc/self/ns/' + name)}" for name in
                      ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time")]
        witness = self.arguments.witness
        known = {"HOLDER": str(getattr(self.arguments, "holder", None)),
                 **{word: os.path.join(self.path, word.lower()) for word in
                    ("ROOT", "LOG", "PCAP")}}
        options = [known.get(word, word) for word in options]
        return ([self.arguments.immure, "run", "--bind", self.work,
                 "--ro-bind", os.path.dirname(witness)] + options +
                ["--", witness, self.canary, str(session_keyring())] + namespaces)

    @contextlib.contextmanager
    def standard_files(self, kinds):
        """Three descriptors, and what collects 1 and 2."""
        opened, readers, collectors, chosen = [], [], [None, None], []
        kinds = kinds.split()
        if "tty" in kinds:
            master, slave = pty.openpty()
            opened.append(slave)
            readers.append(master)
        for number, kind in enumerate(kinds):
            path = os.path.join(self.path, f"out{number}")
            if kind == "tty":
                chosen.append(slave)
                if number:
                    collectors[number - 1] = Collector(master if number == 1 else None)
                continue
            if kind == "pipe":
                reader, writer = os.pipe()
                opened.append(writer)
                readers.append(reader)
                collectors[number - 1] = Collector(reader)
            elif kind == "append":
                writer = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                os.truncate(path, 0)
                opened.append(writer)
                collectors[number - 1] = Collector(path)
            else:
                writer = os.open("/dev/null" if kind == "null" else
                                 os.path.join(self.work, "file"), os.O_RDONLY)
                opened.append(writer)
            chosen.append(writer)
        try:
            yield chosen, collectors, opened
        finally:
            for descriptor in opened + readers:
                os.close(descriptor)

    def run(self, options, kinds, *how):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.canary)
        environment = {
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb",
            "HOME": os.path.join(self.path, "home"), "USER": "witness",
            "TMPDIR": os.path.join(self.path, "home"), "SECRET": "the caller's own",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={os.path.dirname(self.path)}/bus",
        }
        with self.standard_files(kinds) as (files, collectors, opened):
            if self.before is None:
                open(self.report, "w", encoding="ascii").close()
                self.before = self.leftovers()
            process = subprocess.Popen(
                self.around + [self.arguments.tracer, *how, self.report] +
                self.command(options), stdin=files[0], stdout=files[1], stderr=files[2],
                env=environment, cwd=self.work, start_new_session=True,
                pass_fds=(self.inherited,))
            while opened:
                os.close(opened.pop())
            for collector in collectors:
                collector.start()
            traced = process.wait()
            said, error = [collector.text() for collector in collectors]
        return self.read_report(traced, said, error)

    def read_report(self, traced, said, error):
        status, executed, hit, trouble, calls = None, False, False, [], []
        with open(self.report, encoding="utf-8") as report:
            for line in report:
                word, *rest = line.split()
                if word == "call":
                    calls.append(Call(rest[0], rest[1], int(rest[2]), rest[4]))
                elif word == "exec" and rest[1] == os.path.basename(self.arguments.witness)[:15]:
                    executed = True
                elif word == "hit":
                    hit = True
                elif word == "end" and rest[0] == "0":
                    status = int(rest[1])
                elif word in ("left", "hang"):
                    trouble.append(line.strip())
        if traced != 0:
            trouble.append(f"the tracer ended with {traced}")
        try:
            os.chmod(self.canary, 0o600)
            with open(self.canary, encoding="utf-8", errors="replace") as file:
                audit = mounts_in_order(file.read().replace(self.path, "BENCH"))
            os.unlink(self.canary)
        except FileNotFoundError:
            audit = None
        if self.leftovers() != self.before:
            trouble.append("left: " + ", ".join(set(self.leftovers()) ^ set(self.before)))
        return Run(status, error.replace(self.path, "BENCH"), said, audit, executed, hit,
                   trouble), calls


OLD_ORDER = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2]) < (6, 8)


def mounts_in_order(audit):
    """Before Linux 6.8 mountinfo lists mounts as they were attached, which a call that is
    missing changes; what lies where is the same. An audit that ends among them says only
    what it said before them."""
    lines = audit.splitlines(keepends=True)
    mounts = [number for number, line in enumerate(lines) if line.startswith("mount ")]
    if not OLD_ORDER or not mounts:
        return audit
    first, last = mounts[0], mounts[-1]
    if last == len(lines) - 1:
        return "".join(lines[:first])
    return "".join(lines[:first] + sorted(lines[first:last + 1]) + lines[last + 1:])


class Collector:
    """Everything that is written to the other end, or in a file."""

    def __init__(self, source):
        self.source, self.bytes, self.thread = source, b"", None

    def start(self):
        if isinstance(self.source, int):
            self.thread = threading.Thread(target=self.collect)
            self.thread.start()

    def collect(self):
        with contextlib.suppress(OSError):
            while part := os.read(self.source, 65536):
                self.bytes += part

    def text(self):
        if self.thread:
            self.thread.join()
        elif self.source:
            with open(self.source, "rb") as file:
                self.bytes = file.read()
        return self.bytes.decode(errors="replace")


def session_keyring():
    number = {"x86_64": 250, "aarch64": 219}[platform.machine()]
    return ctypes.CDLL(None).syscall(number, 0, -3, 0)


def is_narrower(call, fault, audit, base):
    """Where the kernel refuses a sysfs that can be written, as in a container, --nested takes
    one that can be read: that, and nothing else, may be less than it was."""
    writable, readable = "mount / /sys rw,", "mount / /sys ro,"

    def told(text):
        return text.replace(writable, readable).replace(" - sysfs none ro", " - sysfs none rw")

    return (audit is not None and fault == "EPERM" and
            call.name in ("fsopen", "fsconfig", "fsmount", "mount") and
            audit.count(writable) < base.count(writable) and told(audit) == told(base))


def is_offline(audit, base):
    """Without the engine, the sandbox's network goes, by and by, and nothing else."""
    def others(text):
        return [line for line in text.splitlines() if not line.startswith("interface tap0:")]

    return audit is not None and others(audit) == others(base)


def judge(call, fault, run, base, terminal, meanwhile, engine):
    """How a run ended, and None, or what is wrong with it. How a terminal looks is no wall."""
    if run.trouble:
        return "hole", "; ".join(run.trouble)
    if not run.hit:
        return "missed", None
    reason = "immure: " in run.error + run.said
    if call.role == "0" and fault == "KILL":
        # Its end of the terminal is gone a moment before all the rest.
        seen = run.audit and run.audit.replace("/dev/pts/0 (deleted) ", "/dev/pts/0 ")
        if seen is not None and not base.audit.startswith(seen):
            return "hole", difference(base.audit, seen)
        return "killed", None if run.status == 137 else f"status {run.status}"
    if run.executed and run.status == base.status:
        if run.audit != base.audit and not is_narrower(call, fault, run.audit, base.audit) and \
                not (engine and is_offline(run.audit, base.audit)):
            return "hole", difference(base.audit, run.audit or "nothing")
        if run.said != base.said and not terminal:
            return "hole", f"standard output was {run.said!r}"
        return "exact", None
    if run.executed:
        if run.status != 125 or not reason or not meanwhile:
            return "hole", f"it ran, and then status {run.status}: {run.error + run.said!r}"
        if run.audit is not None and not base.audit.startswith(run.audit):
            return "hole", difference(base.audit, run.audit)
        return "ended", None
    if run.audit is not None:
        return "hole", "a canary, and nothing executed?"
    if call.phase == "loader" and run.status > 0:
        return "refused", None
    if call.name == "execve" and run.status == 126 and reason:
        return "refused", None
    if run.status != 125 or not reason:
        return "hole", f"not executed, status {run.status}: {run.error + run.said!r}"
    return "refused", None


def difference(expected, got):
    one, other = expected.splitlines(), got.splitlines()
    lines = [f"- {line}" for line in one if line not in other]
    lines += [f"+ {line}" for line in other if line not in one]
    return "another audit:\n    " + "\n    ".join(lines[:12] + lines[12:][-12:])


def excluded(case, call, fault):
    for pattern, reason in EXCLUDED:
        if all(fnmatch.fnmatchcase(word, part) for word, part in
               zip((case, call.role, call.name, str(call.nth), fault), pattern.split())):
            return reason
    return None


class Campaign:
    def __init__(self, arguments, top, case):
        self.arguments, self.case = arguments, case
        self.options, self.kinds = CASES[case]
        self.benches = [Bench(top, f"{case}-{number}", arguments)
                        for number in range(arguments.jobs)]
        self.free = list(self.benches)
        self.counts = collections.Counter()
        self.holes = []

    def observe(self):
        """The undisturbed run: what it has is the same on every bench, and its calls are
        those that are made every time. Only one role is looked at in a run, as later."""
        runs = [bench.run(self.options, self.kinds) for bench in self.benches * 2]
        self.base = runs[0][0]
        calls, self.varying = [], set()
        for role in sorted({call.role for call in runs[0][1]}):
            each = [bench.run(self.options, self.kinds, "-r", role)[1]
                    for bench in self.benches * 3]
            always = set.intersection(*map(set, each))
            self.varying |= set.union(*map(set, each)) - always
            calls += [call for call in each[0] if call in always]
        # What a process does once it has started its last child runs beside the command.
        later = {}
        for call in calls:
            if call.name in ("clone", "clone3", "fork", "vfork"):
                later[call.role] = set()
            elif call.role in later:
                later[call.role].add(call)
        self.meanwhile = set().union(*later.values())
        if not self.base.executed or self.base.trouble or not self.base.audit or \
                not self.base.audit.endswith("end\n"):
            sys.exit(f"{self.case}: the undisturbed run went wrong: {self.base}")
        for other, _ in runs[1:]:
            if other.audit != self.base.audit:
                sys.exit(f"{self.case}: two undisturbed runs differ: " +
                         difference(self.base.audit, other.audit))
        return calls

    def one(self, call, fault):
        bench = self.free.pop()
        try:
            for _ in range(5):      # what comes after the execution can come otherwise
                run, _ = bench.run(self.options, self.kinds, "-f",
                                   f"{call.role}:{call.name}:{call.nth}:{fault}")
                verdict, wrong = judge(call, fault, run, self.base, "tty" in self.kinds,
                                       call in self.meanwhile,
                                       call.role == ENGINES.get(self.case))
                if verdict != "missed":
                    break
        finally:
            self.free.append(bench)
        return call, fault, verdict, wrong, run.error.partition("\n")[0]

    def choose(self, calls):
        every = self.arguments.sample
        # Of a sample every so manieth, where a launch takes seconds.
        part, chosen = int(os.environ.get("INJECT_PART", "1")), 0
        for index, call in enumerate(calls):
            for number, fault in enumerate(FAULTS):
                first = call.nth == 1 and number == index % len(FAULTS)
                if every and not first and (len(FAULTS) * index + number) % every != 0:
                    continue
                if self.arguments.only not in f"{call.role}:{call.name}:{call.nth}:{fault}":
                    continue
                if reason := excluded(self.case, call, fault):
                    self.counts[fault, "excluded"] += 1
                    self.counts[reason] += 1
                    continue
                chosen += 1
                if not every or chosen % part == 0:
                    yield call, fault

    def run(self):
        calls = self.observe()
        with concurrent.futures.ThreadPoolExecutor(self.arguments.jobs) as pool:
            todo = [pool.submit(self.one, *chosen) for chosen in self.choose(calls)]
            for done in concurrent.futures.as_completed(todo):
                call, fault, verdict, wrong, last = done.result()
                self.counts[fault, "missed" if verdict == "missed" else "covered"] += 1
                self.counts[verdict] += 1
                if self.arguments.verbose:
                    print(f"{verdict:8}{self.case} {call.role}:{call.name}:{call.nth}:{fault}"
                          f" {last}")
                if wrong or verdict in ("hole", "missed"):
                    self.holes.append(f"{self.case} {call.role}:{call.name}:{call.nth}:{fault}"
                                      f" ({call.phase}): {verdict}: {wrong}")
        self.tell(len(calls))
        return not self.holes

    def tell(self, observed):
        for hole in sorted(self.holes):
            print(hole)
        print(f"{self.case}: {observed} calls observed, {len(self.varying)} more not in every run" +
              (", a sample:" if self.arguments.sample else ":"))
        for fault in FAULTS:
            covered, left_out, missed = (self.counts[fault, what] for what in
                                         ("covered", "excluded", "missed"))
            print(f"{self.case}: {fault}: covered {covered} of "
                  f"{covered + left_out + missed}, excluded {left_out}, missed {missed}")
        print(f"{self.case}: " + ", ".join(f"{self.counts[verdict]} {verdict}" for verdict in
                                           ("exact", "refused", "ended", "killed", "hole")),
              flush=True)


def is_blind(arguments, top):
    """Is there a wall whose loss the witness does not see?"""
    bench, blind = Bench(top, "control", arguments), False
    for wall in arguments.control:
        options, kinds = CASES["terminal" if wall == "terminal" else "default"]
        if wall in BEHIND:
            options = options + ["--weaken", BEHIND[wall]]
        # The filter of system calls stands in front of both.
        if wall in ("userns", "keyring"):
            options = options + ["--seccomp", "off"]
        whole, _ = bench.run(options, kinds)
        weak, _ = bench.run(options + ["--weaken", wall], kinds)
        if whole.audit is None or weak.audit is None:
            sys.exit(f"{wall}: the witness did not run: {whole} {weak}")
        seen = whole.audit != weak.audit
        print(f"{wall}: " + (difference(whole.audit, weak.audit) if seen else "NOT SEEN"))
        blind = blind or not seen
    return blind


@contextlib.contextmanager
def holder():
    """A process in namespaces that can be joined: its number."""
    words = ["unshare", "-ni" if os.geteuid() == 0 else "-Urni", "sh", "-c", "echo; exec sleep 7200"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            yield process.pid
        finally:
            process.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--control", nargs="+", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    for name in ("tracer", "witness", "immure"):
        parser.add_argument(name, type=os.path.realpath)
    arguments = parser.parse_args()
    top = tempfile.mkdtemp(prefix="immure-inject.")
    try:
        if arguments.control:
            sys.exit(1 if is_blind(arguments, top) else 0)
        with holder() as arguments.holder, socket.socket(socket.AF_UNIX) as bus:
            # Nobody inside asks it anything.
            bus.bind(os.path.join(top, "bus"))
            bus.listen()
            good = [Campaign(arguments, top, case).run() for case in
                    arguments.case or (case for case in CASES if case not in WITH_IDS)]
    finally:
        shutil.rmtree(top, ignore_errors=True)
    sys.exit(0 if all(good) else 1)


main()
