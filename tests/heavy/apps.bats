#!/usr/bin/env bats
# The programs of heavy packages, for make check-apps, behind their profiles. Written by `make generate` from tests/apps/rows; what a
# row is says tests/lib/apps.bash.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/apps

setup() { common_setup; }

@test "cargo" { row cargo; }

@test "cmake" { row cmake; }

@test "go" { row go; }

@test "npm" { row npm; }

@test "php" { row php; }

@test "pip" { row pip; }

@test "ruby" { row ruby; }
