# server: something that answers, and asks nobody. Port 8080 of this host's loopback leads
# to its port 8080, and nothing of it leads out: no name, no address, no other port.
#
#	immure run --profile server python3 -m http.server 8080
#	immure run --profile server --publish none --publish 0.0.0.0:80:8000 ./server
#
# It reads the current directory. What it has to write is named: --bind data.
description a server: port 8080 of the loopback, nothing outbound, nothing written
include default

publish 8080:8080
setenv PORT=8080
