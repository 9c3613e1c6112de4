# agent: a coding agent, and everything that it starts. It writes in the current directory,
# but for .git/config and .git/hooks, and talks to the interfaces named below, not to the
# rest of the internet, your network or this host. It has an empty home, no keys but those
# of these interfaces, and no socket of yours.
#
#	immure run --profile agent claude
#	immure run --profile agent --allow registry.npmjs.org:443 codex
#
# Whoever reads the project can be told by it what to do, and each name is a way out of
# here for what was read, to somebody with a key of his own at the same interface. That is
# why these are few; why code forges and registries of packages are missing, where one can
# publish; and why the remotes of .git/config are not opened: push from outside, or say
# `--allow github.com:443`. Names of your own: --allow, or a profile agent in
# ~/.config/immure/profiles/ that begins with `include agent`. For an agent that must find
# its settings again: `home kept:agent` there.
description a coding agent: the project writable, .git guarded, three interfaces by name
include default

cwd rw
allow api.anthropic.com:443/tcp
allow api.openai.com:443/tcp
allow generativelanguage.googleapis.com:443/tcp
env-keep ANTHROPIC_API_KEY
env-keep OPENAI_API_KEY
env-keep GEMINI_API_KEY
env-keep GOOGLE_API_KEY
# What most of them also send: reports of errors, use and versions.
setenv DISABLE_AUTOUPDATER=1
setenv DISABLE_TELEMETRY=1
setenv DISABLE_ERROR_REPORTING=1
setenv DO_NOT_TRACK=1
