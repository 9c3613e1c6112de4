#!/usr/bin/env bats
# Programs that people use, by names that are allowed, and by one that is not.

load ../lib/common
load ../lib/sandbox
load ../lib/world

setup_file() {
	needs git openssl wget iperf3 ping
	world_start
	make_certificates
	make_repository
	serve_files
}

# A CA of our own, and what it says of files.test and other.test.
make_certificates() (
	cd "$WORLD" || return
	exec 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ours
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem -subj /CN=files.test
	openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -days 2 -out cert.pem \
		-extfile <(echo subjectAltName=DNS:files.test,DNS:other.test)
	chmod a+r key.pem
)

make_repository() (
	cd "$WORLD" || return
	mkdir served
	git init -q work
	cd work || return
	echo content >file
	git add file
	git -c user.name=n -c user.email=e@e commit -qm one
	git clone -q --bare . ../served/repo.git
	git -C ../served/repo.git update-server-info
	mkdir ../smart
	git clone -q --bare . ../smart/repo.git
	git -C ../smart/repo.git config http.receivepack true
)

# On every address of the outside: files by HTTP (8000) and HTTPS (443), below /smart/ what
# git http-backend makes of it, iperf3 (5201).
serve_files() {
	serve files /usr/bin/python3 -c '
import functools, http.server, os, socket, ssl, subprocess, threading
class Server(http.server.ThreadingHTTPServer): address_family = socket.AF_INET6
class Quiet(http.server.SimpleHTTPRequestHandler):
	def log_message(self, *_): pass
	def do_GET(self): self.smart() if self.path.startswith("/smart/") else super().do_GET()
	def do_POST(self): self.smart()
	def smart(self):
		path, _, query = self.path.partition("?"); have = self.headers.get
		with open("asked", "a") as asked: print(self.command, path.rpartition("/")[2], file=asked)
		said = subprocess.run(["git", "http-backend"], input=self.rfile.read(int(have("Content-Length", 0))), stdout=subprocess.PIPE, env={
			"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": os.getcwd(), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
			"QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": have("Content-Type", ""),
			"HTTP_CONTENT_ENCODING": have("Content-Encoding", ""), "GIT_PROTOCOL": have("Git-Protocol", "")}).stdout
		head, _, body = said.partition(b"\r\n\r\n"); lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
		self.send_response(int(dict(lines).get("Status", "200").split()[0]))
		for name, value in lines: self.send_header(name, value)
		self.end_headers(); self.wfile.write(body)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain("cert.pem", "key.pem")
plain, secret = [Server(("::", port), functools.partial(Quiet, directory="served")) for port in (8000, 443)]
secret.socket = context.wrap_socket(secret.socket, server_side=True)
open("files-serves", "w").close()
threading.Thread(target=plain.serve_forever, daemon=True).start(); secret.serve_forever()'
	# By its one address: from any, its datagrams would come from another one.
	serve iperf3 sh -c '{ until ss -ltn | grep -q :5201; do sleep 0.05; done; : >iperf3-serves; } & exec iperf3 -s -B 198.51.100.7'
}

teardown_file() {
	serve_stop
	world_stop
}

# allowed NAME COMMAND...: in a sandbox that may go to files.test.
allowed() { PATIENCE=60 online --allow files.test --ro-bind "$WORLD" -- "$@"; }

@test "curl, wget and python3 by HTTPS, with a CA of one's own" {
	local get='import ssl, sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=10, context=ssl.create_default_context(cafile=sys.argv[2])).read().decode())'
	echo secret >"$WORLD/served/text"
	allowed curl -sS --cacert "$WORLD/ca.pem" https://files.test/text
	assert_equal "$output" secret
	allowed wget -q -O- --ca-certificate="$WORLD/ca.pem" https://files.test/text
	assert_equal "$output" secret
	allowed /usr/bin/python3 -c "$get" https://files.test/text "$WORLD/ca.pem"
	assert_equal "$output" secret
	# Without the CA nobody believes it: it is TLS to its end.
	allowed curl -sS https://files.test/text
	assert_status 60
	allowed curl -sS --cacert "$WORLD/ca.pem" https://other.test/text
	assert_status 6
	assert_stderr_has '--allow other.test'
	allowed wget -q -O- --ca-certificate="$WORLD/ca.pem" https://other.test/text
	assert_status 4
	allowed /usr/bin/python3 -c "$get" https://other.test/text "$WORLD/ca.pem"
	assert_stderr_has 'Name or service not known'
}

@test "git clones by HTTP, from a server that only has files" {
	allowed sh -c 'cd && git clone -q http://files.test:8000/repo.git && cat repo/file'
	assert_equal "$output" content
	allowed sh -c 'cd && git clone -q http://other.test:8000/repo.git'
	assert_status 128
	assert_stderr_has 'Could not resolve host: other.test'
}

@test "git clones and pushes by HTTP, from and to a server that speaks with it" {
	# shellcheck disable=SC2016 # for the shell inside
	local push='cd && git clone -q "http://$0:8000/smart/repo.git" && cd repo && echo more >file &&
		git -c user.name=n -c user.email=e@e commit -qam two && git push -q "http://$1:8000/smart/repo.git" HEAD'
	allowed sh -c "$push" files.test other.test
	assert_status 128
	assert_stderr_has 'Could not resolve host: other.test'
	assert_equal "$(git -C "$WORLD/smart/repo.git" show HEAD:file)" content
	allowed sh -c "$push" files.test files.test
	assert_status 0
	assert_equal "$(git -C "$WORLD/smart/repo.git" show HEAD:file)" more
	assert_equal "$(grep -c '^POST git-upload-pack$' "$WORLD/asked") $(grep -c '^POST git-receive-pack$' "$WORLD/asked")" '4 1'
	allowed sh -c "$push" other.test files.test
	assert_status 128
	assert_stderr_has 'Could not resolve host: other.test'
}

@test "a resolver that asks the name server itself, by UDP and TCP; ping; datagrams" {
	local how
	for how in +notcp +tcp; do
		allowed dig "$how" +short files.test AAAA
		assert_equal "$output" 2001:db8::7
		allowed dig "$how" other.test
		assert_output_has 'status: NXDOMAIN'
		assert_output_has 'EDE: 15 (Blocked)'
	done
	allowed ping -4 -c 1 -W 5 files.test
	assert_status 0
	assert_output_has '1 received'
	allowed ping -4 -c 1 -W 5 other.test
	assert_status 2
	allowed /usr/bin/python3 -c '
import socket
for name in "files.test", "other.test":
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
	try: s.sendto(b"echo", (name, 7)); print(s.recv(9).decode())
	except socket.gaierror: print("no such name")'
	assert_equal "$output" $'echo\nno such name'
}

@test "iperf3, up and down, by TCP and UDP" {
	local way
	# What is on its way when it has enough, iperf3 does not count.
	for way in '' -R '-u -b 100M -l 1400'; do
		# shellcheck disable=SC2086 # words
		allowed iperf3 -4 -c files.test -n 32M -J $way
		[[ $status -eq 0 ]] || fail_test "$way: $output"
		/usr/bin/python3 -c 'import json, sys
end = json.load(sys.stdin)["end"]; s = end.get("sum_received") or end["sum"]; assert s["bytes"] >= 16000000, s' <<<"$output"
	done
	allowed iperf3 -c other.test -n 1M
	assert_status 1
}
