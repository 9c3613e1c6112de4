#!/usr/bin/env bats
# The programs of small packages behind their profiles. Written by `make generate` from tests/apps/rows; what a
# row is says tests/lib/apps.bash.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/apps

setup() { common_setup; }
teardown_file() {
	serve_stop
	world_stop
}

@test "agent" { row agent; }

@test "build" { row build; }

@test "curl" { row curl; }

@test "gcc" { row gcc; }

@test "git" { row git; }

@test "gzip" { row gzip; }

@test "job" { row job; }

@test "jq" { row jq; }

@test "less" { row less; }

@test "make" { row make; }

@test "node" { row node; }

@test "perl" { row perl; }

@test "python" { row python; }

@test "rsync" { row rsync; }

@test "server" { row server; }

@test "sqlite3" { row sqlite3; }

@test "ssh" { row ssh; }

@test "tar" { row tar; }

@test "unzip" { row unzip; }

@test "viewer" { row viewer; }

@test "vim" { row vim; }

@test "wget" { row wget; }
