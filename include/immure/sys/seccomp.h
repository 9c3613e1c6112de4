/* seccomp(2): filters of system calls. */
#ifndef IMMURE_SYS_SECCOMP_H
#define IMMURE_SYS_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct sock_filter;

/* The architecture that this program is compiled for, as filters see it: an
 * AUDIT_ARCH_... of linux/audit.h; 0 for one that has no filter. */
uint32_t seccomp_native_arch(void);

/* Put this process and what it will start behind one more filter, for good: of all
 * that there are, the strictest answer counts. `log`: what it refuses is written to
 * the kernel's log. Without no_new_privs it would need CAP_SYS_ADMIN. */
int seccomp_load(const struct sock_filter *code, size_t length, bool log,
		 struct error *err);

/* The same for a filter that asks somebody (SECCOMP_RET_USER_NOTIF): a descriptor that
 * receives the questions, which the caller owns. */
int seccomp_listen(const struct sock_filter *code, size_t length, struct error *err);

/* Wait for one question, and let the call return `value` without being made. */
int seccomp_answer(int listener, int64_t value, struct error *err);

#endif
