# ssh-agent: keys by way of the agent that holds them, if one runs: they can be used while
# this runs, and not be taken away. With it come the hosts that you know and what ~/.ssh/config
# says of them; no key is shown.
description the use of one's keys of ssh, and hosts that are known

if env SSH_AUTH_SOCK bind-try $SSH_AUTH_SOCK
if env SSH_AUTH_SOCK env-keep SSH_AUTH_SOCK
etc ssh/ssh_config
etc ssh/ssh_config.d
etc ssh/ssh_known_hosts
ro-bind-try ~/.ssh/config
ro-bind-try ~/.ssh/known_hosts
