# default: the locked posture. For a program that nobody vouches for: it is root of
# a small world of its own, sees the system's programs and the current directory,
# read-only, has an empty home that is gone at the end, and no network.
#
# Every line is an option of `immure run` without its dashes; what is not named here
# is not there. A copy in ~/.config/immure/profiles/ takes this one's place, and can
# begin with `include default` to keep it.

description a program that nobody vouches for: no home, no network, no trace
share none
user root
hostname immure

# Files
system /usr
system /bin
system /sbin
system /lib
system /lib32
system /lib64
system /libx32
tmpfs /tmp:mode=1777
tmpfs /var/tmp:mode=1777
tmpfs /run:mode=755
home private
cwd ro
dir /mnt
dir /opt
dir /srv
dir /var/lib
symlink /run:/var/run
symlink /run/lock:/var/lock

# System files
proc new
sys new
dev new
etc alternatives
etc bash.bashrc
etc bashrc
etc crypto-policies
etc debian_version
etc fedora-release
etc fonts
etc gitconfig
etc inputrc
etc ld.so.cache
etc locale.conf
etc localtime
etc lsb-release
etc os-release
etc pki/ca-trust/extracted
etc pki/tls/certs
etc pki/tls/openssl.cnf
etc profile
etc protocols
etc services
etc ssl/certs
etc ssl/openssl.cnf
etc timezone

# The kernel: its network is its own, so that it may use every port of it and ping
sysctl net.ipv4.ip_unprivileged_port_start=0
sysctl "net.ipv4.ping_group_range=0 0"

# Environment
env-keep TERM
env-keep COLORTERM
env-keep LANG
env-keep LANGUAGE
env-keep LC_*
env-keep TZ
env-keep COLUMNS
env-keep LINES
env-keep NO_COLOR
env-keep CLICOLOR
env-keep CLICOLOR_FORCE
env-keep FORCE_COLOR
env-keep CI
setenv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
setenv TMPDIR=/tmp
setenv container=immure

# Limits
rlimit core=0
rlimit nproc=4096
