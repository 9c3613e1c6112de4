# shellcheck shell=bash
# For the tests of `immure shell`: `load ../lib/shell` after common and sandbox.

# The caller's home is $TEST_TMP/home, what he keeps in $TEST_TMP/data, and he is in $WORK.
shell_setup() {
	! is_root || skip 'for ordinary users; root: attack/root_writes_kernel.bats'
	common_setup
	make_work
	mkdir "$TEST_TMP/home" "$TEST_TMP/data"
	export HOME=$TEST_TMP/home XDG_DATA_HOME=$TEST_TMP/data
	cd "$WORK" || return
}

# typed < LINES: what bash inside does with them, line by line.
typed() {
	run --separate-stderr timeout -k 5 40 "$IMMURE" shell -q -- bash
}

# on_terminal INPUT COMMAND...: each line of INPUT typed after a prompt; for a line "wait
# LINE" nothing is typed until the terminal has shown that line, alone or behind a prompt.
on_terminal() {
	local input=$1
	shift
	python3 - "$input" "$@" <<'END'
import os, pty, re, select, sys
escapes = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|[=>]|\(B|\][^\x07]*\x07)|[\r\0\x0f]")
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, typed = b"", 0
def read(is_there, patience=10):
    global shown
    while not is_there(escapes.sub(b"", shown)):
        if not select.select([fd], [], [], patience)[0]:
            break
        try:
            more = os.read(fd, 4096)
        except OSError:
            more = b""
        if not more:
            break
        shown += more
def has_prompt(text):
    return len(shown) > typed and text.replace(b" ", b"").endswith((b"#", b"$", b"%"))
for line in sys.argv[1].split("\n"):
    if line.startswith("wait "):
        awaited = re.escape(line.removeprefix("wait ").encode())
        read(lambda text: re.search(rb"(?m)(^|[#$%] )" + awaited + rb"$", text))
        continue
    read(has_prompt)
    typed = len(shown)
    os.write(fd, line.encode() + b"\r")
read(lambda text: False)
print(escapes.sub(b"", shown).decode(errors="replace"))
END
}
