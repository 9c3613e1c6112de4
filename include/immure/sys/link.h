/* Network devices of the network namespace that this process is in. */
#ifndef IMMURE_SYS_LINK_H
#define IMMURE_SYS_LINK_H

struct error;

/* Bring a device up, "lo" for one. */
int link_up(const char *name, struct error *err);

/* Make a pair of devices, of which the one has that name and the other one the kernel
 * names. They are gone with the namespace. */
int link_make_veth(const char *name, struct error *err);

/* May this process send echo requests without any right (ping sockets)? -1 says which
 * sysctl forbids it. */
int link_may_ping(struct error *err);

#endif
