#!/usr/bin/env bats
# The programs of heavy packages, for make check-apps, behind their profiles. Written by `make generate` from tests/apps/rows; what a
# row is says tests/lib/apps.bash.

load ../lib/common
load ../lib/sandbox
load ../lib/world
load ../lib/apps

setup() { common_setup; }

@test "cmake" { row cmake; }

@test "php" { row php; }

@test "ruby" { row ruby; }
