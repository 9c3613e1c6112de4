# npm: packages into the project of the current directory, from its public registry and those
# that ~/.npmrc names. What a package runs while it is installed runs here too, and can read
# ~/.npmrc. A registry that the project names itself: --allow-urls-in .npmrc. Its cache is of
# its own, and stays (immure home ls).
description JavaScript packages, into the current directory
alias npx
include default
include certs

home kept:npm
cwd rw
arguments ro
etc npmrc
ro-bind-try ~/.npmrc
allow registry.npmjs.org:443
allow-urls-in ~/.npmrc /etc/npmrc
