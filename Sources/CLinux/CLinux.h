#pragma once
// What Swift cannot import of the kernel's interface: system calls without a libc wrapper,
// variadic functions, and macros. One call a line, no decisions.

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <malloc.h>
#include <linux/sched.h>
#include <regex.h>
#include <sched.h>
#include <spawn.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

// errno is a macro over a function call.
static inline int apus_errno(void) { return errno; }

// Variadic.
static inline int apus_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int apus_openat(int dir, const char *path, int flags, mode_t mode) { return openat(dir, path, flags, mode); }
static inline int apus_fcntl(int fd, int cmd, long arg) { return fcntl(fd, cmd, arg); }
static inline int apus_ioctl(int fd, unsigned long request, void *arg) { return ioctl(fd, request, arg); }
static inline int apus_prctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d) { return prctl(op, a, b, c, d); }

// No wrapper in glibc 2.36.
static inline long apus_openat2(int dir, const char *path, struct open_how *how) { return syscall(SYS_openat2, dir, path, how, sizeof *how); }
static inline long apus_pidfd_open(pid_t pid, unsigned flags) { return syscall(SYS_pidfd_open, pid, flags); }
static inline long apus_pidfd_send_signal(int pidfd, int signal) { return syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0); }
static inline long apus_close_range(unsigned first, unsigned last, unsigned flags) { return syscall(SYS_close_range, first, last, flags); }

// Limits of a container: device programs, system call filters, capabilities, resource limits.
static inline long apus_bpf(int command, void *attribute, unsigned size) { return syscall(SYS_bpf, command, attribute, size); }
static inline long apus_seccomp(unsigned operation, unsigned flags, void *args) { return syscall(SYS_seccomp, operation, flags, args); }
static inline long apus_capget(void *header, void *data) { return syscall(SYS_capget, header, data); }
static inline long apus_capset(void *header, void *data) { return syscall(SYS_capset, header, data); }
static inline long apus_prlimit(pid_t pid, int resource, const void *new_limit, void *old_limit) { return syscall(SYS_prlimit64, pid, resource, new_limit, old_limit); }

// Of glibc's spawn.h, declared only under _GNU_SOURCE.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
static inline int apus_spawn_in_directory(posix_spawn_file_actions_t *actions, const char *path) { return posix_spawn_file_actions_addchdir_np(actions, path); }
static inline int apus_spawn_close_from(posix_spawn_file_actions_t *actions, int first) { return posix_spawn_file_actions_addclosefrom_np(actions, first); }

static inline int apus_pipe2(int ends[2], int flags) { return syscall(SYS_pipe2, ends, flags); }
static inline int apus_syncfs(int fd) { return (int)syscall(SYS_syncfs, fd); }
static inline long apus_copy_file_range(int from, off_t *from_offset, int to, off_t *to_offset, size_t count) { return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, count, 0); }
static inline int apus_accept4(int fd) { return syscall(SYS_accept4, fd, (void *)0, (void *)0, SOCK_CLOEXEC); }

// Declared only under _GNU_SOURCE, which this header cannot set for Swift.
struct apus_ucred { pid_t pid; uid_t uid; gid_t gid; };
static const int APUS_MSG_CMSG_CLOEXEC = 0x40000000;
// Macros that compute, or values that glibc hides.
static const unsigned long APUS_TIOCSPTLCK = TIOCSPTLCK, APUS_TIOCGPTN = TIOCGPTN, APUS_TIOCGPTPEER = TIOCGPTPEER;
static const int APUS_O_PATH = 010000000;
static const long APUS_ST_RDONLY = 1;

// Enumerators that double as int flags.
static const int APUS_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int APUS_EFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK;

// Macros over wait statuses and devices.
static inline int apus_wifexited(int status) { return WIFEXITED(status); }
static inline int apus_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int apus_wtermsig(int status) { return WTERMSIG(status); }
static inline dev_t apus_makedev(unsigned major_number, unsigned minor_number) { return makedev(major_number, minor_number); }
static inline unsigned apus_major(dev_t device) { return major(device); }
static inline unsigned apus_minor(dev_t device) { return minor(device); }

// Control message arithmetic (cmsg(3)).
static inline struct cmsghdr *apus_cmsg_firsthdr(struct msghdr *message) { return CMSG_FIRSTHDR(message); }
static inline struct cmsghdr *apus_cmsg_nxthdr(struct msghdr *message, struct cmsghdr *cmsg) { return CMSG_NXTHDR(message, cmsg); }
static inline unsigned char *apus_cmsg_data(struct cmsghdr *cmsg) { return CMSG_DATA(cmsg); }
static inline size_t apus_cmsg_space(size_t length) { return CMSG_SPACE(length); }
static inline size_t apus_cmsg_len(size_t length) { return CMSG_LEN(length); }

// Namespaces and processes (clone3(2) and setns(2) have no usable wrapper; see clone3's notes on glibc).
static inline long apus_clone3(struct clone_args *args) { return syscall(SYS_clone3, args, sizeof *args); }
static inline long apus_unshare(int flags) { return syscall(SYS_unshare, flags); }
static inline long apus_setns(int fd, int flags) { return syscall(SYS_setns, fd, flags); }
static inline long apus_pivot_root(const char *new_root, const char *put_old) { return syscall(SYS_pivot_root, new_root, put_old); }
static inline long apus_execveat(int dir, const char *path, char *const *argv, char *const *envp, int flags) { return syscall(SYS_execveat, dir, path, argv, envp, flags); }
static inline long apus_waitid_pidfd(int pidfd, siginfo_t *info, int options) { return syscall(SYS_waitid, 3 /* P_PIDFD */, pidfd, info, options, (void *)0); }
static inline int apus_siginfo_status(const siginfo_t *info) { return info->si_status; }

// The mount API of Linux 5.2 and later; kernels' names, glibc 2.36 hides some behind feature macros.
static inline long apus_fsopen(const char *type, unsigned flags) { return syscall(SYS_fsopen, type, flags); }
static inline long apus_fsconfig(int fd, unsigned command, const char *key, const void *value, int aux) { return syscall(SYS_fsconfig, fd, command, key, value, aux); }
static inline long apus_fsmount(int fd, unsigned flags, unsigned attributes) { return syscall(SYS_fsmount, fd, flags, attributes); }
static inline long apus_fspick(int dir, const char *path, unsigned flags) { return syscall(SYS_fspick, dir, path, flags); }
static inline long apus_open_tree(int dir, const char *path, unsigned flags) { return syscall(SYS_open_tree, dir, path, flags); }
static inline long apus_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags) { return syscall(SYS_move_mount, from, from_path, to, to_path, flags); }
struct apus_mount_attr { uint64_t attr_set, attr_clr, propagation, userns_fd; };
static inline long apus_mount_setattr(int dir, const char *path, unsigned flags, struct apus_mount_attr *attr) { return syscall(SYS_mount_setattr, dir, path, flags, attr, sizeof *attr); }

// Raw: glibc's wrappers would set every thread's ids by a signal; there is one thread.
static inline long apus_setresuid(uid_t real, uid_t effective, uid_t saved) { return syscall(SYS_setresuid, real, effective, saved); }
static inline long apus_setresgid(gid_t real, gid_t effective, gid_t saved) { return syscall(SYS_setresgid, real, effective, saved); }
static inline long apus_setgroups(size_t count, const gid_t *list) { return syscall(SYS_setgroups, count, list); }
static inline long apus_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) { return syscall(SYS_keyctl, operation, a, b, c, d); }
static inline long apus_personality(unsigned long persona) { return syscall(SYS_personality, persona); }
static inline long apus_ioprio_set(int which, int who, int priority) { return syscall(SYS_ioprio_set, which, who, priority); }
struct apus_sched_attr { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; uint32_t util_min, util_max; };
static inline long apus_sched_setattr(pid_t pid, struct apus_sched_attr *attr) { return syscall(SYS_sched_setattr, pid, attr, 0); }
static inline long apus_sched_setaffinity(pid_t pid, size_t length, const unsigned long *mask) { return syscall(SYS_sched_setaffinity, pid, length, mask); }
static inline long apus_set_mempolicy(int mode, const unsigned long *mask, unsigned long bits) { return syscall(SYS_set_mempolicy, mode, mask, bits); }
static inline long apus_mremap(void *from, size_t size, void *onto) { return syscall(SYS_mremap, from, size, size, 0x3 /* MREMAP_MAYMOVE | MREMAP_FIXED */, onto); }
static inline long apus_memfd_create(const char *name, unsigned flags) { return syscall(SYS_memfd_create, name, flags); }
static inline long apus_sethostname(const char *name, size_t length) { return syscall(SYS_sethostname, name, length); }
static inline long apus_setdomainname(const char *name, size_t length) { return syscall(SYS_setdomainname, name, length); }
static inline long apus_getcwd(char *buffer, size_t length) { return syscall(SYS_getcwd, buffer, length); }
static inline long apus_chroot(const char *path) { return syscall(SYS_chroot, path); }

// spawn.h hides it from Swift's importer.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
static inline int apus_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) { return posix_spawn_file_actions_addchdir_np(actions, path); }

// Marked unavailable to Swift, whose runtime does not promise threads across it; the shim has one.
static inline pid_t apus_fork(void) { return fork(); }

// Expressions that Swift's importer does not evaluate.
static const int APUS_F_SETPIPE_SZ = 1031;
static const int APUS_O_TMPFILE = 020000000 | O_DIRECTORY;
static const int APUS_SIGNALFD_FLAGS = SFD_CLOEXEC | SFD_NONBLOCK;

// glibc's allocator keeps freed memory for later; a process that mostly sleeps gives it back.
static inline int apus_malloc_trim(void) { return malloc_trim(0); }
static inline int apus_mallopt(int parameter, int value) { return mallopt(parameter, value); }
static const int APUS_M_TRIM_THRESHOLD = M_TRIM_THRESHOLD;
static const int APUS_M_TOP_PAD = M_TOP_PAD;
static const int APUS_M_MMAP_THRESHOLD = M_MMAP_THRESHOLD;
static inline long apus_pidfd_getfd(int pidfd, int fd) { return syscall(SYS_pidfd_getfd, pidfd, fd, 0); }
// linux/pidfd.h of 6.15; Debian's headers are older.
struct apus_pidfd_info { uint64_t mask, cgroup; uint32_t ids[11]; int32_t exit_code; };
static const uint64_t APUS_PIDFD_INFO_EXIT = 8;
static const unsigned long APUS_PIDFD_GET_INFO = _IOWR(0xff, 11, struct apus_pidfd_info);
// Hidden by _GNU_SOURCE, which this header must not define.
static inline long apus_tee(int from, int into, size_t length) { return syscall(SYS_tee, from, into, length, 2u /* SPLICE_F_NONBLOCK */); }
static inline long apus_splice(int from, int into, size_t length) { return syscall(SYS_splice, from, (void *)0, into, (void *)0, length, 2u /* SPLICE_F_NONBLOCK */); }
static inline long apus_punch_hole(int fd, long offset, long length) { return syscall(SYS_fallocate, fd, 3 /* FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE */, offset, length); }
// The global is declared here alone, so that Swift sees no second `environ`.
static inline char **apus_environ(void) { extern char **environ; return environ; }
// A struct sigaction of zeros: SIG_DFL, no flags, nothing masked, in every architecture's layout.
static inline long apus_default_signal(int signal) { static const unsigned long action[8]; return syscall(SYS_rt_sigaction, signal, action, (void *)0, 8); }
