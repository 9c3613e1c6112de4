# git: the repository of the current directory, which is its top, with its own configuration
# and hooks, which it has to change: hooks run in here, and so should every later call of
# git for a repository that you do not trust. It reaches the repository's remotes, and
# nothing else: to clone, --allow HOST:443. Keys are used by the agent; passwords that
# git has stored are not shown.
description a repository and its remotes
include default
include git-config
include ssh-agent
include certs

cwd rw
git-rw
arguments ro
allow-urls-in .git/config ~/.gitconfig $XDG_CONFIG_HOME/git/config
env-keep GIT_AUTHOR_*
env-keep GIT_COMMITTER_*
