# cargo: builds and tests the package of the current directory, which runs what it is made
# of. Other packages come from crates.io and what cargo's own configuration names; what was
# loaded is of its own, and stays (immure home ls), so that a build outside takes nothing
# from it. Its tokens (~/.cargo/credentials.toml) are not shown.
description builds a Rust package, other packages from crates.io
include default
include certs

home kept:cargo
cwd rw
arguments ro
ro-bind-try ~/.cargo/config.toml
ro-bind-try ~/.cargo/config
allow index.crates.io:443
allow static.crates.io:443
allow crates.io:443
allow-urls-in ~/.cargo/config.toml ~/.cargo/config
