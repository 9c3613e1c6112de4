# build: make, cmake, a compiler, a test suite. It writes in the current directory and can
# reach nobody, so that what a build needs was fetched before; what the package managers
# have fetched can be read, and they are told that they are offline.
#
#	immure run --profile build make
#
# .git/config and .git/hooks stay as they are, and so does what other builds would take
# from here: the caches of ccache, cargo, go and Maven are read-only.
description compilers and tests: the current directory writable, no network
include default

cwd rw
ro-bind-try ~/.cache/ccache
ro-bind-try ~/.cargo/bin
ro-bind-try ~/.cargo/git
ro-bind-try ~/.cargo/registry
ro-bind-try ~/.rustup
ro-bind-try ~/.m2/repository
ro-bind-try ~/go/pkg/mod
env-keep CC
env-keep CXX
env-keep CFLAGS
env-keep CXXFLAGS
env-keep CPPFLAGS
env-keep LDFLAGS
env-keep MAKEFLAGS
env-keep SOURCE_DATE_EPOCH
setenv CARGO_NET_OFFLINE=true
setenv CCACHE_READONLY=1
setenv GOPROXY=off
setenv npm_config_offline=true
setenv PIP_NO_INDEX=1
