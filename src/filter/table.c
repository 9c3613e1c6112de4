/* Which system calls a command may make: the policy, as data.
 *
 * The default filter denies what needs a right that the command does not have, what
 * no namespace separates, and what has been the way into the kernel: all that an
 * ordinary program does not need. What it denies belongs to a group, which can be
 * opened. EPERM is said where a program reports that it may not; ENOSYS, that the call
 * is missing, where it then does the same by an older call. A number that has no row
 * is missing as well, so that a call newer than this table is denied until somebody
 * has looked at it. The strict filter allows only the rows that say so.
 *
 * Numbers, since the C library's headers and libseccomp are older than the kernels
 * that this runs on. Of a call that is allowed, arguments may still be denied: the
 * checks at the end. */
#include <errno.h>
#include <linux/seccomp.h>

#include "table.h"

#define G(name) FILTER_GROUP(name)
#define ALLOWED SECCOMP_RET_ALLOW
#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define MISSING (SECCOMP_RET_ERRNO | ENOSYS)
#define NO_FAMILY (SECCOMP_RET_ERRNO | EAFNOSUPPORT)
#define NO_PROTOCOL (SECCOMP_RET_ERRNO | EPROTONOSUPPORT)
#define DONE (SECCOMP_RET_ERRNO | 0)	/* nothing happens, and 0 is returned */

const struct filter_group_words filter_groups[FILTER_GROUPS] = {
	[GROUP_MOUNT] = { "mount", "the kernel's code for mounts and file systems is in reach" },
	[GROUP_USERNS] = { "userns",
			   "namespaces, and what of the kernel their root can reach, are in reach" },
	[GROUP_PTRACE] = { "ptrace", "its processes can change one another" },
	[GROUP_DEBUG] = { "debug", "the kernel's code for tracing and counters is in reach" },
	[GROUP_KEYRING] = { "keyring", "it reaches the user's keyrings, and uses up their quota" },
	[GROUP_CLOCK] = { "clock", "nothing but a missing right keeps the host's clock" },
	[GROUP_MODULE] = { "module", "nothing but a missing right keeps it from loading modules" },
	[GROUP_BPF] = { "bpf", "the kernel's code for BPF programs is in reach" },
	[GROUP_RAW_IO] = { "raw-io", "nothing but a missing right keeps the processor's ports" },
	[GROUP_CPU] = { "cpu", "old modes of the processor, and the kernel's code for them" },
	[GROUP_REBOOT] = { "reboot", "nothing but a missing right keeps it from a reboot" },
	[GROUP_SWAP] = { "swap", "nothing but a missing right keeps the host's swap" },
	[GROUP_IO_URING] = { "io-uring", "what is asked through a ring, no filter sees" },
	[GROUP_HANDLE] = { "handle", "files can be opened by number, past what hides them" },
	[GROUP_FANOTIFY] = { "fanotify", "it can watch file systems" },
	[GROUP_USERFAULTFD] = { "userfaultfd", "it can hold the kernel at a page of its memory" },
	[GROUP_NUMA] = { "numa", "it can move memory between nodes" },
	[GROUP_HOSTNAME] = { "hostname", "nothing but a missing right keeps the host name" },
	[GROUP_ADMIN] = { "admin", "nothing but a missing right keeps accounting, quotas and logs" },
	[GROUP_LSM] = { "lsm", "it can ask the kernel's security modules" },
	[GROUP_OBSOLETE] = { "obsolete", "calls that nobody has looked at for long" },
	[GROUP_PERSONALITY] = { "personality", "it can make memory executable and its place known" },
	[GROUP_TERMINAL] = { "terminal", "it can type into a terminal that it is given" },
	[GROUP_SUID] = { "suid", "it can leave setuid programs of yours where it may write" },
	[GROUP_DEVICE] = { "device", "nothing but a missing right keeps it from making devices" },
	[GROUP_SOCKET] = { "socket", "the kernel's code for every kind of socket is in reach" },
	[GROUP_PACKET] = { "packet", "with the right to it, it can forge packets" },
	[GROUP_NETLINK] = { "netlink", "netfilter and the kernel's other netlink code is in reach" },
	[GROUP_PROTOCOL] = { "protocol", "SCTP, DCCP, L2TP and the kernel's other protocols" },
	[GROUP_CHOWN] = { "chown", "root of a single id gets an error from chown" },
};

const struct call filter_calls[] = {
	/* Name, its number on x86-64, i386 and aarch64; groups; the default filter's
	 * answer; whether the strict one allows it. */

	/* The tree of mounts. The newer calls are said to be missing: who tries them falls
	 * back to the older ones. */
	{ "mount",                         {  165,   21,   40 }, G(MOUNT), DENIED, 0 },
	{ "umount",                        {   -1,   22,   -1 }, G(MOUNT), DENIED, 0 },
	{ "umount2",                       {  166,   52,   39 }, G(MOUNT), DENIED, 0 },
	{ "pivot_root",                    {  155,  217,   41 }, G(MOUNT), DENIED, 0 },
	{ "chroot",                        {  161,   61,   51 }, G(MOUNT), DENIED, 0 },
	{ "open_tree",                     {  428,  428,  428 }, G(MOUNT), MISSING, 0 },
	{ "open_tree_attr",                {  467,  467,  467 }, G(MOUNT), MISSING, 0 },
	{ "move_mount",                    {  429,  429,  429 }, G(MOUNT), MISSING, 0 },
	{ "fsopen",                        {  430,  430,  430 }, G(MOUNT), MISSING, 0 },
	{ "fsconfig",                      {  431,  431,  431 }, G(MOUNT), MISSING, 0 },
	{ "fsmount",                       {  432,  432,  432 }, G(MOUNT), MISSING, 0 },
	{ "fspick",                        {  433,  433,  433 }, G(MOUNT), MISSING, 0 },
	{ "mount_setattr",                 {  442,  442,  442 }, G(MOUNT), MISSING, 0 },
	{ "statmount",                     {  457,  457,  457 }, G(MOUNT), MISSING, 0 },
	{ "listmount",                     {  458,  458,  458 }, G(MOUNT), MISSING, 0 },

	/* Namespaces: with one of its own a program has every capability in it. clone(2)
	 * and unshare(2) are looked at by their flags, below; those of clone3(2) are behind
	 * a pointer, and C libraries fall back to clone(2). */
	{ "setns",                         {  308,  346,  268 }, G(USERNS), DENIED, 0 },
	{ "clone3",                        {  435,  435,  435 }, G(USERNS), MISSING, 0 },
	{ "listns",                        {  470,  470,  470 }, G(USERNS), MISSING, 0 },
	{ "unshare",                       {  272,  310,   97 }, G(USERNS), ALLOWED, 1 },

	/* Into other processes. */
	{ "ptrace",                        {  101,   26,  117 }, G(PTRACE) | G(DEBUG), DENIED, 0 },
	{ "process_vm_readv",              {  310,  347,  270 }, G(PTRACE) | G(DEBUG), DENIED, 0 },
	{ "process_vm_writev",             {  311,  348,  271 }, G(PTRACE) | G(DEBUG), DENIED, 0 },
	{ "kcmp",                          {  312,  349,  272 }, G(PTRACE) | G(DEBUG), DENIED, 0 },
	{ "pidfd_getfd",                   {  438,  438,  438 }, G(PTRACE) | G(DEBUG), DENIED, 0 },

	/* Measuring and tracing of the kernel, and calls that only it makes. */
	{ "perf_event_open",               {  298,  336,  241 }, G(DEBUG), DENIED, 0 },
	{ "process_madvise",               {  440,  440,  440 }, G(DEBUG), DENIED, 0 },
	{ "lookup_dcookie",                {  212,  253,   18 }, G(DEBUG), DENIED, 0 },
	{ "uretprobe",                     {  335,   -1,   -1 }, G(DEBUG), MISSING, 0 },
	{ "uprobe",                        {  336,   -1,   -1 }, G(DEBUG), MISSING, 0 },

	/* Keyrings belong to the user, not to a namespace. */
	{ "add_key",                       {  248,  286,  217 }, G(KEYRING), DENIED, 0 },
	{ "request_key",                   {  249,  287,  218 }, G(KEYRING), DENIED, 0 },
	{ "keyctl",                        {  250,  288,  219 }, G(KEYRING), DENIED, 0 },

	/* The clock is the host's. */
	{ "settimeofday",                  {  164,   79,  170 }, G(CLOCK), DENIED, 0 },
	{ "clock_settime",                 {  227,  264,  112 }, G(CLOCK), DENIED, 0 },
	{ "clock_settime64",               {   -1,  404,   -1 }, G(CLOCK), DENIED, 0 },
	{ "stime",                         {   -1,   25,   -1 }, G(CLOCK), DENIED, 0 },

	/* Code for the kernel. */
	{ "init_module",                   {  175,  128,  105 }, G(MODULE), DENIED, 0 },
	{ "finit_module",                  {  313,  350,  273 }, G(MODULE), DENIED, 0 },
	{ "delete_module",                 {  176,  129,  106 }, G(MODULE), DENIED, 0 },
	{ "create_module",                 {  174,  127,   -1 }, G(MODULE), DENIED, 0 },
	{ "query_module",                  {  178,  167,   -1 }, G(MODULE), DENIED, 0 },
	{ "get_kernel_syms",               {  177,  130,   -1 }, G(MODULE), DENIED, 0 },
	{ "bpf",                           {  321,  357,  280 }, G(BPF), DENIED, 0 },

	/* Ports of the processor, and its older modes. */
	{ "ioperm",                        {  173,  101,   -1 }, G(RAW_IO), DENIED, 0 },
	{ "iopl",                          {  172,  110,   -1 }, G(RAW_IO), DENIED, 0 },
	{ "modify_ldt",                    {  154,  123,   -1 }, G(CPU), DENIED, 0 },
	{ "vm86",                          {   -1,  166,   -1 }, G(CPU), DENIED, 0 },
	{ "vm86old",                       {   -1,  113,   -1 }, G(CPU), DENIED, 0 },
	{ "reboot",                        {  169,   88,  142 }, G(REBOOT), DENIED, 0 },
	{ "kexec_load",                    {  246,  283,  104 }, G(REBOOT), DENIED, 0 },
	{ "kexec_file_load",               {  320,   -1,  294 }, G(REBOOT), DENIED, 0 },
	{ "swapon",                        {  167,   87,  224 }, G(SWAP), DENIED, 0 },
	{ "swapoff",                       {  168,  115,  225 }, G(SWAP), DENIED, 0 },

	/* Operations in shared memory, which no filter sees. */
	{ "io_uring_setup",                {  425,  425,  425 }, G(IO_URING), MISSING, 0 },
	{ "io_uring_enter",                {  426,  426,  426 }, G(IO_URING), MISSING, 0 },
	{ "io_uring_register",             {  427,  427,  427 }, G(IO_URING), MISSING, 0 },

	/* Files by their numbers, past the directories that hide them. */
	{ "name_to_handle_at",             {  303,  341,  264 }, G(HANDLE), DENIED, 0 },
	{ "open_by_handle_at",             {  304,  342,  265 }, G(HANDLE), DENIED, 0 },
	{ "fanotify_init",                 {  300,  338,  262 }, G(FANOTIFY), DENIED, 0 },
	{ "fanotify_mark",                 {  301,  339,  263 }, G(FANOTIFY), DENIED, 0 },

	/* To stop the kernel at a page is how a race in it is won. */
	{ "userfaultfd",                   {  323,  374,  282 }, G(USERFAULTFD), DENIED, 0 },
	{ "move_pages",                    {  279,  317,  239 }, G(NUMA), DENIED, 0 },
	{ "migrate_pages",                 {  256,  294,  238 }, G(NUMA), DENIED, 0 },
	{ "get_mempolicy",                 {  239,  275,  236 }, G(NUMA), ALLOWED, 0 },
	{ "mbind",                         {  237,  274,  235 }, G(NUMA), ALLOWED, 0 },
	{ "set_mempolicy",                 {  238,  276,  237 }, G(NUMA), ALLOWED, 0 },
	{ "set_mempolicy_home_node",       {  450,  450,  450 }, G(NUMA), ALLOWED, 0 },
	{ "sethostname",                   {  170,   74,  161 }, G(HOSTNAME), DENIED, 0 },
	{ "setdomainname",                 {  171,  121,  162 }, G(HOSTNAME), DENIED, 0 },

	/* The administration of a machine. */
	{ "acct",                          {  163,   51,   89 }, G(ADMIN), DENIED, 0 },
	{ "quotactl",                      {  179,  131,   60 }, G(ADMIN), DENIED, 0 },
	{ "syslog",                        {  103,  103,  116 }, G(ADMIN), DENIED, 0 },
	{ "vhangup",                       {  153,  111,   58 }, G(ADMIN), DENIED, 0 },
	{ "quotactl_fd",                   {  443,  443,  443 }, G(ADMIN), MISSING, 0 },
	{ "lsm_get_self_attr",             {  459,  459,  459 }, G(LSM), MISSING, 0 },
	{ "lsm_set_self_attr",             {  460,  460,  460 }, G(LSM), MISSING, 0 },
	{ "lsm_list_modules",              {  461,  461,  461 }, G(LSM), MISSING, 0 },

	/* No longer there, or nobody's need. */
	{ "uselib",                        {  134,   86,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "sysfs",                         {  139,  135,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "_sysctl",                       {  156,  149,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "ustat",                         {  136,   62,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "nfsservctl",                    {  180,  169,   42 }, G(OBSOLETE), DENIED, 0 },
	{ "vserver",                       {  236,  273,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "security",                      {  185,   -1,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "tuxcall",                       {  184,   -1,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "afs_syscall",                   {  183,  137,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "putpmsg",                       {  182,  189,   -1 }, G(OBSOLETE), DENIED, 0 },
	{ "getpmsg",                       {  181,  188,   -1 }, G(OBSOLETE), DENIED, 0 },

	/* The modes of openat2(2) are behind a pointer; everybody falls back to openat(2). */
	{ "openat2",                       {  437,  437,  437 }, G(SUID), MISSING, 0 },

	/* Looked at by their arguments, below. */
	{ "personality",                   {  135,  136,   92 }, G(PERSONALITY), ALLOWED, 1 },
	{ "socket",                        {   41,  359,  198 }, G(SOCKET), ALLOWED, 1 },
	{ "socketpair",                    {   53,  360,  199 }, G(SOCKET), ALLOWED, 1 },

	/* What root of a single user id cannot do, and believes that it must: see @chown. */
	{ "chown",                         {   92,  182,   -1 }, G(CHOWN), ALLOWED, 1 },
	{ "chown32",                       {   -1,  212,   -1 }, G(CHOWN), ALLOWED, 1 },
	{ "fchown",                        {   93,   95,   55 }, G(CHOWN), ALLOWED, 1 },
	{ "fchown32",                      {   -1,  207,   -1 }, G(CHOWN), ALLOWED, 1 },
	{ "lchown",                        {   94,   16,   -1 }, G(CHOWN), ALLOWED, 1 },
	{ "lchown32",                      {   -1,  198,   -1 }, G(CHOWN), ALLOWED, 1 },
	{ "fchownat",                      {  260,  298,   54 }, G(CHOWN), ALLOWED, 1 },

	/* --- allowed, but not by the strict filter: what few programs call, and what has been
	 * a way into the kernel more often than it was of use. */
	{ "io_setup",                      {  206,  245,    0 }, 0, ALLOWED, 0 },
	{ "io_destroy",                    {  207,  246,    1 }, 0, ALLOWED, 0 },
	{ "io_submit",                     {  209,  248,    2 }, 0, ALLOWED, 0 },
	{ "io_cancel",                     {  210,  249,    3 }, 0, ALLOWED, 0 },
	{ "io_getevents",                  {  208,  247,    4 }, 0, ALLOWED, 0 },
	{ "io_pgetevents",                 {  333,  385,  292 }, 0, ALLOWED, 0 },
	{ "io_pgetevents_time64",          {   -1,  416,   -1 }, 0, ALLOWED, 0 },
	{ "vmsplice",                      {  278,  316,   75 }, 0, ALLOWED, 0 },
	{ "remap_file_pages",              {  216,  257,  234 }, 0, ALLOWED, 0 },
	{ "memfd_secret",                  {  447,  447,  447 }, 0, ALLOWED, 0 },
	{ "process_mrelease",              {  448,  448,  448 }, 0, ALLOWED, 0 },
	{ "cachestat",                     {  451,  451,  451 }, 0, ALLOWED, 0 },
	{ "adjtimex",                      {  159,  124,  171 }, 0, ALLOWED, 0 },
	{ "clock_adjtime",                 {  305,  343,  266 }, 0, ALLOWED, 0 },
	{ "clock_adjtime64",               {   -1,  405,   -1 }, 0, ALLOWED, 0 },
	{ "setxattrat",                    {  463,  463,  463 }, 0, ALLOWED, 0 },
	{ "getxattrat",                    {  464,  464,  464 }, 0, ALLOWED, 0 },
	{ "listxattrat",                   {  465,  465,  465 }, 0, ALLOWED, 0 },
	{ "removexattrat",                 {  466,  466,  466 }, 0, ALLOWED, 0 },
	{ "file_getattr",                  {  468,  468,  468 }, 0, ALLOWED, 0 },
	{ "file_setattr",                  {  469,  469,  469 }, 0, ALLOWED, 0 },
	{ "epoll_ctl_old",                 {  214,   -1,   -1 }, 0, ALLOWED, 0 },
	{ "epoll_wait_old",                {  215,   -1,   -1 }, 0, ALLOWED, 0 },

	/* - numbers of 32-bit machines that no C library has used for long. */
	{ "bdflush",                       {   -1,  134,   -1 }, 0, ALLOWED, 0 },
	{ "break",                         {   -1,   17,   -1 }, 0, ALLOWED, 0 },
	{ "ftime",                         {   -1,   35,   -1 }, 0, ALLOWED, 0 },
	{ "gtty",                          {   -1,   32,   -1 }, 0, ALLOWED, 0 },
	{ "idle",                          {   -1,  112,   -1 }, 0, ALLOWED, 0 },
	{ "lock",                          {   -1,   53,   -1 }, 0, ALLOWED, 0 },
	{ "mpx",                           {   -1,   56,   -1 }, 0, ALLOWED, 0 },
	{ "prof",                          {   -1,   44,   -1 }, 0, ALLOWED, 0 },
	{ "profil",                        {   -1,   98,   -1 }, 0, ALLOWED, 0 },
	{ "stty",                          {   -1,   31,   -1 }, 0, ALLOWED, 0 },
	{ "ulimit",                        {   -1,   58,   -1 }, 0, ALLOWED, 0 },
	{ "oldstat",                       {   -1,   18,   -1 }, 0, ALLOWED, 0 },
	{ "oldfstat",                      {   -1,   28,   -1 }, 0, ALLOWED, 0 },
	{ "oldlstat",                      {   -1,   84,   -1 }, 0, ALLOWED, 0 },
	{ "oldolduname",                   {   -1,   59,   -1 }, 0, ALLOWED, 0 },
	{ "olduname",                      {   -1,  109,   -1 }, 0, ALLOWED, 0 },
	{ "readdir",                       {   -1,   89,   -1 }, 0, ALLOWED, 0 },
	{ "nice",                          {   -1,   34,   -1 }, 0, ALLOWED, 0 },
	{ "sgetmask",                      {   -1,   68,   -1 }, 0, ALLOWED, 0 },
	{ "ssetmask",                      {   -1,   69,   -1 }, 0, ALLOWED, 0 },

	/* --- allowed by every filter. */
	{ "_llseek",                       {   -1,  140,   -1 }, 0, ALLOWED, 1 },
	{ "_newselect",                    {   -1,  142,   -1 }, 0, ALLOWED, 1 },
	{ "accept",                        {   43,   -1,  202 }, 0, ALLOWED, 1 },
	{ "accept4",                       {  288,  364,  242 }, 0, ALLOWED, 1 },
	{ "access",                        {   21,   33,   -1 }, 0, ALLOWED, 1 },
	{ "alarm",                         {   37,   27,   -1 }, 0, ALLOWED, 1 },
	{ "arch_prctl",                    {  158,  384,   -1 }, 0, ALLOWED, 1 },
	{ "bind",                          {   49,  361,  200 }, 0, ALLOWED, 1 },
	{ "brk",                           {   12,   45,  214 }, 0, ALLOWED, 1 },
	{ "capget",                        {  125,  184,   90 }, 0, ALLOWED, 1 },
	{ "capset",                        {  126,  185,   91 }, 0, ALLOWED, 1 },
	{ "chdir",                         {   80,   12,   49 }, 0, ALLOWED, 1 },
	{ "chmod",                         {   90,   15,   -1 }, 0, ALLOWED, 1 },
	{ "clock_getres",                  {  229,  266,  114 }, 0, ALLOWED, 1 },
	{ "clock_getres_time64",           {   -1,  406,   -1 }, 0, ALLOWED, 1 },
	{ "clock_gettime",                 {  228,  265,  113 }, 0, ALLOWED, 1 },
	{ "clock_gettime64",               {   -1,  403,   -1 }, 0, ALLOWED, 1 },
	{ "clock_nanosleep",               {  230,  267,  115 }, 0, ALLOWED, 1 },
	{ "clock_nanosleep_time64",        {   -1,  407,   -1 }, 0, ALLOWED, 1 },
	{ "clone",                         {   56,  120,  220 }, 0, ALLOWED, 1 },
	{ "close",                         {    3,    6,   57 }, 0, ALLOWED, 1 },
	{ "close_range",                   {  436,  436,  436 }, 0, ALLOWED, 1 },
	{ "connect",                       {   42,  362,  203 }, 0, ALLOWED, 1 },
	{ "copy_file_range",               {  326,  377,  285 }, 0, ALLOWED, 1 },
	{ "creat",                         {   85,    8,   -1 }, 0, ALLOWED, 1 },
	{ "dup",                           {   32,   41,   23 }, 0, ALLOWED, 1 },
	{ "dup2",                          {   33,   63,   -1 }, 0, ALLOWED, 1 },
	{ "dup3",                          {  292,  330,   24 }, 0, ALLOWED, 1 },
	{ "epoll_create",                  {  213,  254,   -1 }, 0, ALLOWED, 1 },
	{ "epoll_create1",                 {  291,  329,   20 }, 0, ALLOWED, 1 },
	{ "epoll_ctl",                     {  233,  255,   21 }, 0, ALLOWED, 1 },
	{ "epoll_pwait",                   {  281,  319,   22 }, 0, ALLOWED, 1 },
	{ "epoll_pwait2",                  {  441,  441,  441 }, 0, ALLOWED, 1 },
	{ "epoll_wait",                    {  232,  256,   -1 }, 0, ALLOWED, 1 },
	{ "eventfd",                       {  284,  323,   -1 }, 0, ALLOWED, 1 },
	{ "eventfd2",                      {  290,  328,   19 }, 0, ALLOWED, 1 },
	{ "execve",                        {   59,   11,  221 }, 0, ALLOWED, 1 },
	{ "execveat",                      {  322,  358,  281 }, 0, ALLOWED, 1 },
	{ "exit",                          {   60,    1,   93 }, 0, ALLOWED, 1 },
	{ "exit_group",                    {  231,  252,   94 }, 0, ALLOWED, 1 },
	{ "faccessat",                     {  269,  307,   48 }, 0, ALLOWED, 1 },
	{ "faccessat2",                    {  439,  439,  439 }, 0, ALLOWED, 1 },
	{ "fadvise64",                     {  221,  250,  223 }, 0, ALLOWED, 1 },
	{ "fadvise64_64",                  {   -1,  272,   -1 }, 0, ALLOWED, 1 },
	{ "fallocate",                     {  285,  324,   47 }, 0, ALLOWED, 1 },
	{ "fchdir",                        {   81,  133,   50 }, 0, ALLOWED, 1 },
	{ "fchmod",                        {   91,   94,   52 }, 0, ALLOWED, 1 },
	{ "fchmodat",                      {  268,  306,   53 }, 0, ALLOWED, 1 },
	{ "fchmodat2",                     {  452,  452,  452 }, 0, ALLOWED, 1 },
	{ "fcntl",                         {   72,   55,   25 }, 0, ALLOWED, 1 },
	{ "fcntl64",                       {   -1,  221,   -1 }, 0, ALLOWED, 1 },
	{ "fdatasync",                     {   75,  148,   83 }, 0, ALLOWED, 1 },
	{ "fgetxattr",                     {  193,  231,   10 }, 0, ALLOWED, 1 },
	{ "flistxattr",                    {  196,  234,   13 }, 0, ALLOWED, 1 },
	{ "flock",                         {   73,  143,   32 }, 0, ALLOWED, 1 },
	{ "fork",                          {   57,    2,   -1 }, 0, ALLOWED, 1 },
	{ "fremovexattr",                  {  199,  237,   16 }, 0, ALLOWED, 1 },
	{ "fsetxattr",                     {  190,  228,    7 }, 0, ALLOWED, 1 },
	{ "fstat",                         {    5,  108,   80 }, 0, ALLOWED, 1 },
	{ "fstat64",                       {   -1,  197,   -1 }, 0, ALLOWED, 1 },
	{ "fstatat64",                     {   -1,  300,   -1 }, 0, ALLOWED, 1 },
	{ "fstatfs",                       {  138,  100,   44 }, 0, ALLOWED, 1 },
	{ "fstatfs64",                     {   -1,  269,   -1 }, 0, ALLOWED, 1 },
	{ "fsync",                         {   74,  118,   82 }, 0, ALLOWED, 1 },
	{ "ftruncate",                     {   77,   93,   46 }, 0, ALLOWED, 1 },
	{ "ftruncate64",                   {   -1,  194,   -1 }, 0, ALLOWED, 1 },
	{ "futex",                         {  202,  240,   98 }, 0, ALLOWED, 1 },
	{ "futex_requeue",                 {  456,  456,  456 }, 0, ALLOWED, 1 },
	{ "futex_time64",                  {   -1,  422,   -1 }, 0, ALLOWED, 1 },
	{ "futex_wait",                    {  455,  455,  455 }, 0, ALLOWED, 1 },
	{ "futex_waitv",                   {  449,  449,  449 }, 0, ALLOWED, 1 },
	{ "futex_wake",                    {  454,  454,  454 }, 0, ALLOWED, 1 },
	{ "futimesat",                     {  261,  299,   -1 }, 0, ALLOWED, 1 },
	{ "get_robust_list",               {  274,  312,  100 }, 0, ALLOWED, 1 },
	{ "get_thread_area",               {  211,  244,   -1 }, 0, ALLOWED, 1 },
	{ "getcpu",                        {  309,  318,  168 }, 0, ALLOWED, 1 },
	{ "getcwd",                        {   79,  183,   17 }, 0, ALLOWED, 1 },
	{ "getdents",                      {   78,  141,   -1 }, 0, ALLOWED, 1 },
	{ "getdents64",                    {  217,  220,   61 }, 0, ALLOWED, 1 },
	{ "getegid",                       {  108,   50,  177 }, 0, ALLOWED, 1 },
	{ "getegid32",                     {   -1,  202,   -1 }, 0, ALLOWED, 1 },
	{ "geteuid",                       {  107,   49,  175 }, 0, ALLOWED, 1 },
	{ "geteuid32",                     {   -1,  201,   -1 }, 0, ALLOWED, 1 },
	{ "getgid",                        {  104,   47,  176 }, 0, ALLOWED, 1 },
	{ "getgid32",                      {   -1,  200,   -1 }, 0, ALLOWED, 1 },
	{ "getgroups",                     {  115,   80,  158 }, 0, ALLOWED, 1 },
	{ "getgroups32",                   {   -1,  205,   -1 }, 0, ALLOWED, 1 },
	{ "getitimer",                     {   36,  105,  102 }, 0, ALLOWED, 1 },
	{ "getpeername",                   {   52,  368,  205 }, 0, ALLOWED, 1 },
	{ "getpgid",                       {  121,  132,  155 }, 0, ALLOWED, 1 },
	{ "getpgrp",                       {  111,   65,   -1 }, 0, ALLOWED, 1 },
	{ "getpid",                        {   39,   20,  172 }, 0, ALLOWED, 1 },
	{ "getppid",                       {  110,   64,  173 }, 0, ALLOWED, 1 },
	{ "getpriority",                   {  140,   96,  141 }, 0, ALLOWED, 1 },
	{ "getrandom",                     {  318,  355,  278 }, 0, ALLOWED, 1 },
	{ "getresgid",                     {  120,  171,  150 }, 0, ALLOWED, 1 },
	{ "getresgid32",                   {   -1,  211,   -1 }, 0, ALLOWED, 1 },
	{ "getresuid",                     {  118,  165,  148 }, 0, ALLOWED, 1 },
	{ "getresuid32",                   {   -1,  209,   -1 }, 0, ALLOWED, 1 },
	{ "getrlimit",                     {   97,   76,  163 }, 0, ALLOWED, 1 },
	{ "getrusage",                     {   98,   77,  165 }, 0, ALLOWED, 1 },
	{ "getsid",                        {  124,  147,  156 }, 0, ALLOWED, 1 },
	{ "getsockname",                   {   51,  367,  204 }, 0, ALLOWED, 1 },
	{ "getsockopt",                    {   55,  365,  209 }, 0, ALLOWED, 1 },
	{ "gettid",                        {  186,  224,  178 }, 0, ALLOWED, 1 },
	{ "gettimeofday",                  {   96,   78,  169 }, 0, ALLOWED, 1 },
	{ "getuid",                        {  102,   24,  174 }, 0, ALLOWED, 1 },
	{ "getuid32",                      {   -1,  199,   -1 }, 0, ALLOWED, 1 },
	{ "getxattr",                      {  191,  229,    8 }, 0, ALLOWED, 1 },
	{ "inotify_add_watch",             {  254,  292,   27 }, 0, ALLOWED, 1 },
	{ "inotify_init",                  {  253,  291,   -1 }, 0, ALLOWED, 1 },
	{ "inotify_init1",                 {  294,  332,   26 }, 0, ALLOWED, 1 },
	{ "inotify_rm_watch",              {  255,  293,   28 }, 0, ALLOWED, 1 },
	{ "ioctl",                         {   16,   54,   29 }, 0, ALLOWED, 1 },
	{ "ioprio_get",                    {  252,  290,   31 }, 0, ALLOWED, 1 },
	{ "ioprio_set",                    {  251,  289,   30 }, 0, ALLOWED, 1 },
	{ "ipc",                           {   -1,  117,   -1 }, 0, ALLOWED, 1 },
	{ "kill",                          {   62,   37,  129 }, 0, ALLOWED, 1 },
	{ "landlock_add_rule",             {  445,  445,  445 }, 0, ALLOWED, 1 },
	{ "landlock_create_ruleset",       {  444,  444,  444 }, 0, ALLOWED, 1 },
	{ "landlock_restrict_self",        {  446,  446,  446 }, 0, ALLOWED, 1 },
	{ "lgetxattr",                     {  192,  230,    9 }, 0, ALLOWED, 1 },
	{ "link",                          {   86,    9,   -1 }, 0, ALLOWED, 1 },
	{ "linkat",                        {  265,  303,   37 }, 0, ALLOWED, 1 },
	{ "listen",                        {   50,  363,  201 }, 0, ALLOWED, 1 },
	{ "listxattr",                     {  194,  232,   11 }, 0, ALLOWED, 1 },
	{ "llistxattr",                    {  195,  233,   12 }, 0, ALLOWED, 1 },
	{ "lremovexattr",                  {  198,  236,   15 }, 0, ALLOWED, 1 },
	{ "lseek",                         {    8,   19,   62 }, 0, ALLOWED, 1 },
	{ "lsetxattr",                     {  189,  227,    6 }, 0, ALLOWED, 1 },
	{ "lstat",                         {    6,  107,   -1 }, 0, ALLOWED, 1 },
	{ "lstat64",                       {   -1,  196,   -1 }, 0, ALLOWED, 1 },
	{ "madvise",                       {   28,  219,  233 }, 0, ALLOWED, 1 },
	{ "map_shadow_stack",              {  453,  453,  453 }, 0, ALLOWED, 1 },
	{ "membarrier",                    {  324,  375,  283 }, 0, ALLOWED, 1 },
	{ "memfd_create",                  {  319,  356,  279 }, 0, ALLOWED, 1 },
	{ "mincore",                       {   27,  218,  232 }, 0, ALLOWED, 1 },
	{ "mkdir",                         {   83,   39,   -1 }, 0, ALLOWED, 1 },
	{ "mkdirat",                       {  258,  296,   34 }, 0, ALLOWED, 1 },
	{ "mknod",                         {  133,   14,   -1 }, 0, ALLOWED, 1 },
	{ "mknodat",                       {  259,  297,   33 }, 0, ALLOWED, 1 },
	{ "mlock",                         {  149,  150,  228 }, 0, ALLOWED, 1 },
	{ "mlock2",                        {  325,  376,  284 }, 0, ALLOWED, 1 },
	{ "mlockall",                      {  151,  152,  230 }, 0, ALLOWED, 1 },
	{ "mmap",                          {    9,   90,  222 }, 0, ALLOWED, 1 },
	{ "mmap2",                         {   -1,  192,   -1 }, 0, ALLOWED, 1 },
	{ "mprotect",                      {   10,  125,  226 }, 0, ALLOWED, 1 },
	{ "mq_getsetattr",                 {  245,  282,  185 }, 0, ALLOWED, 1 },
	{ "mq_notify",                     {  244,  281,  184 }, 0, ALLOWED, 1 },
	{ "mq_open",                       {  240,  277,  180 }, 0, ALLOWED, 1 },
	{ "mq_timedreceive",               {  243,  280,  183 }, 0, ALLOWED, 1 },
	{ "mq_timedreceive_time64",        {   -1,  419,   -1 }, 0, ALLOWED, 1 },
	{ "mq_timedsend",                  {  242,  279,  182 }, 0, ALLOWED, 1 },
	{ "mq_timedsend_time64",           {   -1,  418,   -1 }, 0, ALLOWED, 1 },
	{ "mq_unlink",                     {  241,  278,  181 }, 0, ALLOWED, 1 },
	{ "mremap",                        {   25,  163,  216 }, 0, ALLOWED, 1 },
	{ "mseal",                         {  462,  462,  462 }, 0, ALLOWED, 1 },
	{ "msgctl",                        {   71,  402,  187 }, 0, ALLOWED, 1 },
	{ "msgget",                        {   68,  399,  186 }, 0, ALLOWED, 1 },
	{ "msgrcv",                        {   70,  401,  188 }, 0, ALLOWED, 1 },
	{ "msgsnd",                        {   69,  400,  189 }, 0, ALLOWED, 1 },
	{ "msync",                         {   26,  144,  227 }, 0, ALLOWED, 1 },
	{ "munlock",                       {  150,  151,  229 }, 0, ALLOWED, 1 },
	{ "munlockall",                    {  152,  153,  231 }, 0, ALLOWED, 1 },
	{ "munmap",                        {   11,   91,  215 }, 0, ALLOWED, 1 },
	{ "nanosleep",                     {   35,  162,  101 }, 0, ALLOWED, 1 },
	{ "newfstatat",                    {  262,   -1,   79 }, 0, ALLOWED, 1 },
	{ "open",                          {    2,    5,   -1 }, 0, ALLOWED, 1 },
	{ "openat",                        {  257,  295,   56 }, 0, ALLOWED, 1 },
	{ "pause",                         {   34,   29,   -1 }, 0, ALLOWED, 1 },
	{ "pidfd_open",                    {  434,  434,  434 }, 0, ALLOWED, 1 },
	{ "pidfd_send_signal",             {  424,  424,  424 }, 0, ALLOWED, 1 },
	{ "pipe",                          {   22,   42,   -1 }, 0, ALLOWED, 1 },
	{ "pipe2",                         {  293,  331,   59 }, 0, ALLOWED, 1 },
	{ "pkey_alloc",                    {  330,  381,  289 }, 0, ALLOWED, 1 },
	{ "pkey_free",                     {  331,  382,  290 }, 0, ALLOWED, 1 },
	{ "pkey_mprotect",                 {  329,  380,  288 }, 0, ALLOWED, 1 },
	{ "poll",                          {    7,  168,   -1 }, 0, ALLOWED, 1 },
	{ "ppoll",                         {  271,  309,   73 }, 0, ALLOWED, 1 },
	{ "ppoll_time64",                  {   -1,  414,   -1 }, 0, ALLOWED, 1 },
	{ "prctl",                         {  157,  172,  167 }, 0, ALLOWED, 1 },
	{ "pread64",                       {   17,  180,   67 }, 0, ALLOWED, 1 },
	{ "preadv",                        {  295,  333,   69 }, 0, ALLOWED, 1 },
	{ "preadv2",                       {  327,  378,  286 }, 0, ALLOWED, 1 },
	{ "prlimit64",                     {  302,  340,  261 }, 0, ALLOWED, 1 },
	{ "pselect6",                      {  270,  308,   72 }, 0, ALLOWED, 1 },
	{ "pselect6_time64",               {   -1,  413,   -1 }, 0, ALLOWED, 1 },
	{ "pwrite64",                      {   18,  181,   68 }, 0, ALLOWED, 1 },
	{ "pwritev",                       {  296,  334,   70 }, 0, ALLOWED, 1 },
	{ "pwritev2",                      {  328,  379,  287 }, 0, ALLOWED, 1 },
	{ "read",                          {    0,    3,   63 }, 0, ALLOWED, 1 },
	{ "readahead",                     {  187,  225,  213 }, 0, ALLOWED, 1 },
	{ "readlink",                      {   89,   85,   -1 }, 0, ALLOWED, 1 },
	{ "readlinkat",                    {  267,  305,   78 }, 0, ALLOWED, 1 },
	{ "readv",                         {   19,  145,   65 }, 0, ALLOWED, 1 },
	{ "recvfrom",                      {   45,  371,  207 }, 0, ALLOWED, 1 },
	{ "recvmmsg",                      {  299,  337,  243 }, 0, ALLOWED, 1 },
	{ "recvmmsg_time64",               {   -1,  417,   -1 }, 0, ALLOWED, 1 },
	{ "recvmsg",                       {   47,  372,  212 }, 0, ALLOWED, 1 },
	{ "removexattr",                   {  197,  235,   14 }, 0, ALLOWED, 1 },
	{ "rename",                        {   82,   38,   -1 }, 0, ALLOWED, 1 },
	{ "renameat",                      {  264,  302,   38 }, 0, ALLOWED, 1 },
	{ "renameat2",                     {  316,  353,  276 }, 0, ALLOWED, 1 },
	{ "restart_syscall",               {  219,    0,  128 }, 0, ALLOWED, 1 },
	{ "rmdir",                         {   84,   40,   -1 }, 0, ALLOWED, 1 },
	{ "rseq",                          {  334,  386,  293 }, 0, ALLOWED, 1 },
	{ "rt_sigaction",                  {   13,  174,  134 }, 0, ALLOWED, 1 },
	{ "rt_sigpending",                 {  127,  176,  136 }, 0, ALLOWED, 1 },
	{ "rt_sigprocmask",                {   14,  175,  135 }, 0, ALLOWED, 1 },
	{ "rt_sigqueueinfo",               {  129,  178,  138 }, 0, ALLOWED, 1 },
	{ "rt_sigreturn",                  {   15,  173,  139 }, 0, ALLOWED, 1 },
	{ "rt_sigsuspend",                 {  130,  179,  133 }, 0, ALLOWED, 1 },
	{ "rt_sigtimedwait",               {  128,  177,  137 }, 0, ALLOWED, 1 },
	{ "rt_sigtimedwait_time64",        {   -1,  421,   -1 }, 0, ALLOWED, 1 },
	{ "rt_tgsigqueueinfo",             {  297,  335,  240 }, 0, ALLOWED, 1 },
	{ "sched_get_priority_max",        {  146,  159,  125 }, 0, ALLOWED, 1 },
	{ "sched_get_priority_min",        {  147,  160,  126 }, 0, ALLOWED, 1 },
	{ "sched_getaffinity",             {  204,  242,  123 }, 0, ALLOWED, 1 },
	{ "sched_getattr",                 {  315,  352,  275 }, 0, ALLOWED, 1 },
	{ "sched_getparam",                {  143,  155,  121 }, 0, ALLOWED, 1 },
	{ "sched_getscheduler",            {  145,  157,  120 }, 0, ALLOWED, 1 },
	{ "sched_rr_get_interval",         {  148,  161,  127 }, 0, ALLOWED, 1 },
	{ "sched_rr_get_interval_time64",  {   -1,  423,   -1 }, 0, ALLOWED, 1 },
	{ "sched_setaffinity",             {  203,  241,  122 }, 0, ALLOWED, 1 },
	{ "sched_setattr",                 {  314,  351,  274 }, 0, ALLOWED, 1 },
	{ "sched_setparam",                {  142,  154,  118 }, 0, ALLOWED, 1 },
	{ "sched_setscheduler",            {  144,  156,  119 }, 0, ALLOWED, 1 },
	{ "sched_yield",                   {   24,  158,  124 }, 0, ALLOWED, 1 },
	{ "seccomp",                       {  317,  354,  277 }, 0, ALLOWED, 1 },
	{ "select",                        {   23,   82,   -1 }, 0, ALLOWED, 1 },
	{ "semctl",                        {   66,  394,  191 }, 0, ALLOWED, 1 },
	{ "semget",                        {   64,  393,  190 }, 0, ALLOWED, 1 },
	{ "semop",                         {   65,   -1,  193 }, 0, ALLOWED, 1 },
	{ "semtimedop",                    {  220,   -1,  192 }, 0, ALLOWED, 1 },
	{ "semtimedop_time64",             {   -1,  420,   -1 }, 0, ALLOWED, 1 },
	{ "sendfile",                      {   40,  187,   71 }, 0, ALLOWED, 1 },
	{ "sendfile64",                    {   -1,  239,   -1 }, 0, ALLOWED, 1 },
	{ "sendmmsg",                      {  307,  345,  269 }, 0, ALLOWED, 1 },
	{ "sendmsg",                       {   46,  370,  211 }, 0, ALLOWED, 1 },
	{ "sendto",                        {   44,  369,  206 }, 0, ALLOWED, 1 },
	{ "set_robust_list",               {  273,  311,   99 }, 0, ALLOWED, 1 },
	{ "set_thread_area",               {  205,  243,   -1 }, 0, ALLOWED, 1 },
	{ "set_tid_address",               {  218,  258,   96 }, 0, ALLOWED, 1 },
	{ "setfsgid",                      {  123,  139,  152 }, 0, ALLOWED, 1 },
	{ "setfsgid32",                    {   -1,  216,   -1 }, 0, ALLOWED, 1 },
	{ "setfsuid",                      {  122,  138,  151 }, 0, ALLOWED, 1 },
	{ "setfsuid32",                    {   -1,  215,   -1 }, 0, ALLOWED, 1 },
	{ "setgid",                        {  106,   46,  144 }, 0, ALLOWED, 1 },
	{ "setgid32",                      {   -1,  214,   -1 }, 0, ALLOWED, 1 },
	{ "setgroups",                     {  116,   81,  159 }, 0, ALLOWED, 1 },
	{ "setgroups32",                   {   -1,  206,   -1 }, 0, ALLOWED, 1 },
	{ "setitimer",                     {   38,  104,  103 }, 0, ALLOWED, 1 },
	{ "setpgid",                       {  109,   57,  154 }, 0, ALLOWED, 1 },
	{ "setpriority",                   {  141,   97,  140 }, 0, ALLOWED, 1 },
	{ "setregid",                      {  114,   71,  143 }, 0, ALLOWED, 1 },
	{ "setregid32",                    {   -1,  204,   -1 }, 0, ALLOWED, 1 },
	{ "setresgid",                     {  119,  170,  149 }, 0, ALLOWED, 1 },
	{ "setresgid32",                   {   -1,  210,   -1 }, 0, ALLOWED, 1 },
	{ "setresuid",                     {  117,  164,  147 }, 0, ALLOWED, 1 },
	{ "setresuid32",                   {   -1,  208,   -1 }, 0, ALLOWED, 1 },
	{ "setreuid",                      {  113,   70,  145 }, 0, ALLOWED, 1 },
	{ "setreuid32",                    {   -1,  203,   -1 }, 0, ALLOWED, 1 },
	{ "setrlimit",                     {  160,   75,  164 }, 0, ALLOWED, 1 },
	{ "setsid",                        {  112,   66,  157 }, 0, ALLOWED, 1 },
	{ "setsockopt",                    {   54,  366,  208 }, 0, ALLOWED, 1 },
	{ "setuid",                        {  105,   23,  146 }, 0, ALLOWED, 1 },
	{ "setuid32",                      {   -1,  213,   -1 }, 0, ALLOWED, 1 },
	{ "setxattr",                      {  188,  226,    5 }, 0, ALLOWED, 1 },
	{ "shmat",                         {   30,  397,  196 }, 0, ALLOWED, 1 },
	{ "shmctl",                        {   31,  396,  195 }, 0, ALLOWED, 1 },
	{ "shmdt",                         {   67,  398,  197 }, 0, ALLOWED, 1 },
	{ "shmget",                        {   29,  395,  194 }, 0, ALLOWED, 1 },
	{ "shutdown",                      {   48,  373,  210 }, 0, ALLOWED, 1 },
	{ "sigaction",                     {   -1,   67,   -1 }, 0, ALLOWED, 1 },
	{ "sigaltstack",                   {  131,  186,  132 }, 0, ALLOWED, 1 },
	{ "signal",                        {   -1,   48,   -1 }, 0, ALLOWED, 1 },
	{ "signalfd",                      {  282,  321,   -1 }, 0, ALLOWED, 1 },
	{ "signalfd4",                     {  289,  327,   74 }, 0, ALLOWED, 1 },
	{ "sigpending",                    {   -1,   73,   -1 }, 0, ALLOWED, 1 },
	{ "sigprocmask",                   {   -1,  126,   -1 }, 0, ALLOWED, 1 },
	{ "sigreturn",                     {   -1,  119,   -1 }, 0, ALLOWED, 1 },
	{ "sigsuspend",                    {   -1,   72,   -1 }, 0, ALLOWED, 1 },
	{ "socketcall",                    {   -1,  102,   -1 }, 0, ALLOWED, 1 },
	{ "splice",                        {  275,  313,   76 }, 0, ALLOWED, 1 },
	{ "stat",                          {    4,  106,   -1 }, 0, ALLOWED, 1 },
	{ "stat64",                        {   -1,  195,   -1 }, 0, ALLOWED, 1 },
	{ "statfs",                        {  137,   99,   43 }, 0, ALLOWED, 1 },
	{ "statfs64",                      {   -1,  268,   -1 }, 0, ALLOWED, 1 },
	{ "statx",                         {  332,  383,  291 }, 0, ALLOWED, 1 },
	{ "symlink",                       {   88,   83,   -1 }, 0, ALLOWED, 1 },
	{ "symlinkat",                     {  266,  304,   36 }, 0, ALLOWED, 1 },
	{ "sync",                          {  162,   36,   81 }, 0, ALLOWED, 1 },
	{ "sync_file_range",               {  277,  314,   84 }, 0, ALLOWED, 1 },
	{ "syncfs",                        {  306,  344,  267 }, 0, ALLOWED, 1 },
	{ "sysinfo",                       {   99,  116,  179 }, 0, ALLOWED, 1 },
	{ "tee",                           {  276,  315,   77 }, 0, ALLOWED, 1 },
	{ "tgkill",                        {  234,  270,  131 }, 0, ALLOWED, 1 },
	{ "time",                          {  201,   13,   -1 }, 0, ALLOWED, 1 },
	{ "timer_create",                  {  222,  259,  107 }, 0, ALLOWED, 1 },
	{ "timer_delete",                  {  226,  263,  111 }, 0, ALLOWED, 1 },
	{ "timer_getoverrun",              {  225,  262,  109 }, 0, ALLOWED, 1 },
	{ "timer_gettime",                 {  224,  261,  108 }, 0, ALLOWED, 1 },
	{ "timer_gettime64",               {   -1,  408,   -1 }, 0, ALLOWED, 1 },
	{ "timer_settime",                 {  223,  260,  110 }, 0, ALLOWED, 1 },
	{ "timer_settime64",               {   -1,  409,   -1 }, 0, ALLOWED, 1 },
	{ "timerfd_create",                {  283,  322,   85 }, 0, ALLOWED, 1 },
	{ "timerfd_gettime",               {  287,  326,   87 }, 0, ALLOWED, 1 },
	{ "timerfd_gettime64",             {   -1,  410,   -1 }, 0, ALLOWED, 1 },
	{ "timerfd_settime",               {  286,  325,   86 }, 0, ALLOWED, 1 },
	{ "timerfd_settime64",             {   -1,  411,   -1 }, 0, ALLOWED, 1 },
	{ "times",                         {  100,   43,  153 }, 0, ALLOWED, 1 },
	{ "tkill",                         {  200,  238,  130 }, 0, ALLOWED, 1 },
	{ "truncate",                      {   76,   92,   45 }, 0, ALLOWED, 1 },
	{ "truncate64",                    {   -1,  193,   -1 }, 0, ALLOWED, 1 },
	{ "ugetrlimit",                    {   -1,  191,   -1 }, 0, ALLOWED, 1 },
	{ "umask",                         {   95,   60,  166 }, 0, ALLOWED, 1 },
	{ "uname",                         {   63,  122,  160 }, 0, ALLOWED, 1 },
	{ "unlink",                        {   87,   10,   -1 }, 0, ALLOWED, 1 },
	{ "unlinkat",                      {  263,  301,   35 }, 0, ALLOWED, 1 },
	{ "utime",                         {  132,   30,   -1 }, 0, ALLOWED, 1 },
	{ "utimensat",                     {  280,  320,   88 }, 0, ALLOWED, 1 },
	{ "utimensat_time64",              {   -1,  412,   -1 }, 0, ALLOWED, 1 },
	{ "utimes",                        {  235,  271,   -1 }, 0, ALLOWED, 1 },
	{ "vfork",                         {   58,  190,   -1 }, 0, ALLOWED, 1 },
	{ "wait4",                         {   61,  114,  260 }, 0, ALLOWED, 1 },
	{ "waitid",                        {  247,  284,   95 }, 0, ALLOWED, 1 },
	{ "waitpid",                       {   -1,    7,   -1 }, 0, ALLOWED, 1 },
	{ "write",                         {    1,    4,   64 }, 0, ALLOWED, 1 },
	{ "writev",                        {   20,  146,   66 }, 0, ALLOWED, 1 },
};

const size_t filter_call_count = sizeof(filter_calls) / sizeof(filter_calls[0]);

/* --- arguments -------------------------------------------------------------------- */

enum {
	/* CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID: linux/sched.h. */
	NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 |
		     0x40000000,	/* and NEWNET */
	NEW_TIME = 0x80,		/* clone(2) has the end's signal there */

	/* Of open(2): the mode counts with O_CREAT or __O_TMPFILE. */
	MAKES = 0100 | 020000000,
	TYPE = 0170000, CHARACTER = 0020000, BLOCK = 0060000,
	SET_ID = 06000,

	/* asm-generic/ioctls.h */
	TERMINAL_TYPE = 0x5412, TERMINAL_LINUX = 0x541c, TERMINAL_CONSOLE = 0x541d,
	TERMINAL_DISCIPLINE = 0x5423,

	LAYOUT_KNOWN = 0x0040000,	/* ADDR_NO_RANDOMIZE: what a debugger sets */
	SET_MEMORY_MAP = 35,		/* PR_SET_MM */

	UNIX = 1, INET = 2, INET6 = 10, NETLINK = 16, PACKET = 17,
	STREAM = 1, DATAGRAM = 2, SOCKET_TYPE = 0xf,
	ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, UDP_LITE = 136, MULTIPATH = 262,
};

#define WHOLE UINT32_MAX
#define BITS(n, bits) { .argument = (n), .mask = (bits), .outside = true, .count = 1 }
#define ONE_OF(n, m, ...) \
	{ .argument = (n), .mask = (m), .values = { __VA_ARGS__ }, \
	  .count = sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t) }
#define NONE_OF(n, m, ...) \
	{ .argument = (n), .mask = (m), .outside = true, .values = { __VA_ARGS__ }, \
	  .count = sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t) }

/* A program that is set up as another user's, left where that user can write. */
#define NO_SET_ID(name, n) \
	{ name, G(SUID), DENIED, 1, { BITS(n, SET_ID) } }
#define NO_DEVICE(name, n) \
	{ name, G(DEVICE), DENIED, 1, { ONE_OF(n, TYPE, CHARACTER, BLOCK) } }

/* Families that stay within the namespaces; of netlink what addresses and routes are
 * asked with; of the Internet's the protocols that a program can use behind the
 * sandbox's network. */
#define NO_FOREIGN_SOCKET(name) \
	{ name, G(SOCKET), NO_FAMILY, 1, \
	  { NONE_OF(0, WHOLE, UNIX, INET, INET6, NETLINK, PACKET) } }, \
	{ name, G(PACKET) | G(SOCKET), NO_FAMILY, 1, { ONE_OF(0, WHOLE, PACKET) } }, \
	{ name, G(NETLINK), NO_PROTOCOL, 2, \
	  { ONE_OF(0, WHOLE, NETLINK), NONE_OF(2, WHOLE, 0) } }, \
	{ name, G(PACKET), DENIED, 2, \
	  { ONE_OF(0, WHOLE, INET, INET6), NONE_OF(1, SOCKET_TYPE, STREAM, DATAGRAM) } }, \
	{ name, G(PROTOCOL), NO_PROTOCOL, 3, \
	  { ONE_OF(0, WHOLE, INET, INET6), ONE_OF(1, SOCKET_TYPE, STREAM, DATAGRAM), \
	    NONE_OF(2, WHOLE, 0, ICMP, TCP, UDP, ICMP6, UDP_LITE, MULTIPATH) } }

/* Root of a world with one id believes that it can give files away, as tar(1) does:
 * told that it cannot, it fails; told that it has, it goes on. */
#define AS_IF(name) \
	{ name, G(CHOWN), DONE, 0, { { 0 } } }

const struct check filter_checks[] = {
	{ "clone", G(USERNS), DENIED, 1, { BITS(0, NAMESPACES) } },
	{ "unshare", G(USERNS), DENIED, 1, { BITS(0, NAMESPACES | NEW_TIME) } },

	/* 0xffffffff asks for what is set. READ_IMPLIES_EXEC would undo that data is not
	 * executed, and others where things are in memory. */
	{ "personality", G(PERSONALITY), DENIED, 1, { NONE_OF(0, WHOLE, 0, WHOLE, LAYOUT_KNOWN) } },
	{ "personality", G(PERSONALITY) | G(PTRACE), DENIED, 1, { ONE_OF(0, WHOLE, LAYOUT_KNOWN) } },
	{ "prctl", G(DEBUG), DENIED, 1, { ONE_OF(0, WHOLE, SET_MEMORY_MAP) } },

	/* To type into a terminal, to paste into a console, to load a line discipline, to
	 * take the messages of the console. */
	{ "ioctl", G(TERMINAL), DENIED, 1,
	  { ONE_OF(1, WHOLE, TERMINAL_TYPE, TERMINAL_LINUX, TERMINAL_CONSOLE,
		   TERMINAL_DISCIPLINE) } },

	NO_FOREIGN_SOCKET("socket"),
	NO_FOREIGN_SOCKET("socketpair"),

	NO_DEVICE("mknod", 1), NO_SET_ID("mknod", 1),
	NO_DEVICE("mknodat", 2), NO_SET_ID("mknodat", 2),
	NO_SET_ID("mkdir", 1), NO_SET_ID("mkdirat", 2),
	NO_SET_ID("chmod", 1), NO_SET_ID("fchmod", 1),
	NO_SET_ID("fchmodat", 2), NO_SET_ID("fchmodat2", 2),
	NO_SET_ID("creat", 1),
	{ "open", G(SUID), DENIED, 2, { BITS(1, MAKES), BITS(2, SET_ID) } },
	{ "openat", G(SUID), DENIED, 2, { BITS(2, MAKES), BITS(3, SET_ID) } },

	AS_IF("chown"), AS_IF("chown32"), AS_IF("fchown"), AS_IF("fchown32"),
	AS_IF("lchown"), AS_IF("lchown32"), AS_IF("fchownat"),
};

const size_t filter_check_count = sizeof(filter_checks) / sizeof(filter_checks[0]);
