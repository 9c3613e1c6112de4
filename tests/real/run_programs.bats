#!/usr/bin/env bats
# Interpreters, archivers, scripts and static programs, as anybody types them.

load ../lib/common
load ../lib/sandbox

@test "node computes, reads a file and starts a process" {
	needs node
	cd "$TEST_TMP"
	echo 20 >number
	run inside -- node -e '
const n = Number(require("fs").readFileSync("number"));
const twenty_two = Number(require("child_process").execSync("echo 22"));
console.log(n + twenty_two, require("os").cpus().length > 0, process.getuid());'
	assert_status 0
	assert_equal "$output" '42 true 0'
}

@test "perl computes, with its modules" {
	needs perl
	run inside -- perl -MPOSIX -MFile::Temp -MList::Util=sum -e \
		'print sum(1 .. 8), " ", floor(6.9), " ", -w File::Temp->new ? "wrote" : "", "\n"'
	assert_status 0
	assert_equal "$output" '36 6 wrote'
}

@test "python finds its modules, threads and processes" {
	needs python3
	run inside -- python3 -c '
import multiprocessing, sqlite3, ssl, subprocess, threading
q = multiprocessing.Queue()
p = multiprocessing.Process(target=q.put, args=(6,))
p.start()
db = sqlite3.connect("/tmp/db")
print(q.get() * db.execute("select 7").fetchone()[0])'
	assert_status 0
	assert_equal "$output" 42
}

@test "tar and gzip of 10,000 files: equal checksums outside" {
	cd "$TEST_TMP"
	perl -e 'mkdir "tree";
	for $d (0 .. 99) {
		mkdir "tree/$d";
		for $f (0 .. 99) {
			open my $o, ">", "tree/$d/$f" or die;
			print $o "$d $f\n" x ($f + 1);
		}
	}'
	before=$(find tree -type f -exec sha256sum {} + | sort -k 2)
	assert_equal "$(wc -l <<<"$before")" 10000
	run timeout -k 5 100 "$IMMURE" run --bind . -- sh -c \
		'tar -czf tree.tar.gz tree && rm -r tree && tar -xzf tree.tar.gz'
	assert_status 0
	after=$(find tree -type f -exec sha256sum {} + | sort -k 2)
	[[ $before == "$after" ]]
	rm -r tree
	tar -xzf tree.tar.gz
	after=$(find tree -type f -exec sha256sum {} + | sort -k 2)
	[[ $before == "$after" ]]
	assert_equal "$(find . ! -user "$(id -un)" | wc -l)" 0
}

@test "a script with a #! line runs under its interpreter, with its arguments" {
	cd "$TEST_TMP"
	printf '#!/usr/bin/env -S python3 -I\nimport sys\nprint(sys.argv[1:])\n' >script
	chmod +x script
	run inside -- ./script a 'b c'
	assert_status 0
	assert_equal "$output" "['a', 'b c']"
	printf '#!/bin/sh -e\nfalse\necho not reached\n' >script
	run inside -- "$TEST_TMP/script"
	assert_status 1
	assert_equal "$output" ''
}

@test "a statically linked program runs" {
	needs gcc readelf
	printf '#include <stdio.h>\nint main(void) { puts("static"); return 7; }\n' >"$TEST_TMP/s.c"
	gcc -static -o "$TEST_TMP/s" "$TEST_TMP/s.c"
	run readelf -d "$TEST_TMP/s"
	assert_output_has 'no dynamic section'
	cd /
	run inside -- "$TEST_TMP/s"
	assert_status 7
	assert_equal "$output" static
}

@test "a pipeline of two sandboxes carries every byte" {
	head -c 20000000 /dev/urandom >"$TEST_TMP/random"
	expected=$(sha256sum <"$TEST_TMP/random")
	got=$(inside -- gzip -1 <"$TEST_TMP/random" | inside -- gunzip | inside -- sha256sum)
	assert_equal "$got" "$expected"
}
