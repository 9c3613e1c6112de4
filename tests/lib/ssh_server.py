"""ssh_server.py NAME: port 22 of where it runs, for whoever has a key whose public part is
in the file `authorized`; runs what it is told. The file NAME-serves says that it listens."""
import socket
import subprocess
import sys
import threading

import paramiko


class Visitor(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        with open("authorized", encoding="ascii") as authorized:
            known = authorized.read().split()
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() in known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=run, args=(channel, command), daemon=True).start()
        return True


def run(channel, command):
    done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=30, check=False)
    channel.sendall(done.stdout)
    channel.sendall_stderr(done.stderr)
    channel.send_exit_status(done.returncode)
    channel.close()


def main():
    key = paramiko.RSAKey.generate(2048)
    with socket.create_server(("", 22)) as listener:
        open(f"{sys.argv[1]}-serves", "w", encoding="ascii").close()
        while True:
            transport = paramiko.Transport(listener.accept()[0])
            transport.add_server_key(key)
            transport.start_server(server=Visitor(), event=threading.Event())


main()
