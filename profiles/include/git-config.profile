# git-config: who you are to git, your aliases and your ignored files, read-only. Passwords
# that git keeps (~/.git-credentials, a helper's) are not shown.
description one's own configuration of git, read-only

ro-bind-try ~/.gitconfig
ro-bind-try $XDG_CONFIG_HOME/git/config
ro-bind-try $XDG_CONFIG_HOME/git/ignore
ro-bind-try $XDG_CONFIG_HOME/git/attributes
