# go: builds and tests the module of the current directory, which runs what it is made of.
# Other modules come from the public proxy and what go's own configuration names; its caches
# are of its own, and stay (immure home ls), so that a build outside takes nothing from them.
description builds a Go module, other modules by the public proxy
alias gofmt
include default
include certs

home kept:go
cwd rw
arguments ro
ro-bind-try ~/.config/go
allow proxy.golang.org:443
allow sum.golang.org:443
allow storage.googleapis.com:443
allow-urls-in ~/.config/go/env
