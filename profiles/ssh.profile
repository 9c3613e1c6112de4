# ssh: to port 22 of the internet and of the local network; another port is --allow
# HOST:2222. Keys are used by the agent, and read only where there is none. New hosts are
# remembered.
description shells on other hosts, by port 22
include default
include ssh-agent

bind-try ~/.ssh/known_hosts
if not env SSH_AUTH_SOCK ro-bind-try ~/.ssh/id_ed25519
if not env SSH_AUTH_SOCK ro-bind-try ~/.ssh/id_ecdsa
if not env SSH_AUTH_SOCK ro-bind-try ~/.ssh/id_rsa
arguments ro
cwd hide
allow internet:22
allow lan:22
