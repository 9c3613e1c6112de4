# certs: the certificates of authorities that this machine trusts, wherever its system
# keeps them besides what `default` shows. No key of a server or a person is among them.
description certificates of authorities, and nobody's keys

etc ssl/ca-bundle.pem
etc ssl/cert.pem
env-keep SSL_CERT_DIR
env-keep SSL_CERT_FILE
