/* The setters of the option table. Each records one setting and decides nothing:
 * they touch no file and ask the kernel nothing. */
#ifndef IMMURE_CONFIG_SET_H
#define IMMURE_CONFIG_SET_H

struct config;
struct error;
struct setting;

#define SETTER(name) \
	int name(struct config *config, const struct setting *setting, struct error *err)

/* Scalars, by the row's field and words. */
SETTER(set_text);
SETTER(set_flag);
SETTER(set_word);
SETTER(set_listed);

SETTER(set_help);
SETTER(set_version);
SETTER(set_alias);
SETTER(set_dbus);
SETTER(set_description);
SETTER(set_include);

SETTER(set_share);
SETTER(set_user);
SETTER(set_map);
SETTER(set_hostname);
SETTER(set_home);
SETTER(set_ephemeral);
SETTER(set_domainname);

SETTER(set_bind);
SETTER(set_bind_try);
SETTER(set_ro_bind);
SETTER(set_ro_bind_try);
SETTER(set_dev_bind);
SETTER(set_dev_bind_try);
SETTER(set_tmpfs);
SETTER(set_dir);
SETTER(set_file);
SETTER(set_symlink);
SETTER(set_hide);
SETTER(set_remount_ro);
SETTER(set_etc);
SETTER(set_system);
SETTER(set_path);
SETTER(set_root);
SETTER(set_root_rw);

SETTER(set_net);
SETTER(set_allow);
SETTER(set_deny);
SETTER(set_mtu);
SETTER(set_allow_urls);

SETTER(set_syscall);
SETTER(set_cap);

SETTER(set_timeout);
SETTER(set_offset);
SETTER(set_nice);
SETTER(set_memory);
SETTER(set_pids);
SETTER(set_cpus);
SETTER(set_rlimit);
SETTER(set_sysctl);
SETTER(set_ns_limit);

SETTER(set_setenv);
SETTER(set_unsetenv);
SETTER(set_env_keep);

/* weaken.c: only in what tests are compared with. */
SETTER(set_weaken);

#endif
