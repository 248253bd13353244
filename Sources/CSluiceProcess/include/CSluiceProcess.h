#ifndef CSLUICEPROCESS_H
#define CSLUICEPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/types.h>

// Starting programs under a supervisor process of their own.
//
// A supervisor is forked, not executed. It is the subreaper of everything that its program starts, so orphans
// (double forks, setsid) come to it and to nobody else. After the fork only async-signal-safe calls are made, hence
// the caller may have any number of threads.

/// What a supervisor reports on its status pipe: records of exactly this size.
enum sluice_record_kind {
    /// The program could not be executed: `value` is the errno, `detail` says what failed.
    SLUICE_RECORD_EXEC_FAILED = 1,
    /// The program has ended: `value` is its wait status.
    SLUICE_RECORD_EXITED = 2,
    /// A descendant that was still there after the program's end is being killed: `pid`, `detail` is its name.
    SLUICE_RECORD_LEFTOVER = 3,
    /// All descendants are gone (or `survivors` of them cannot be killed); the supervisor ends.
    SLUICE_RECORD_FINISHED = 4,
};

struct sluice_record {
    int32_t kind;
    int32_t pid;
    int32_t value;
    /// Descendants that had to be killed after the program's end.
    int32_t leftovers;
    int32_t survivors;
    /// All that were waited for, so far.
    int32_t reaped;
    /// Microseconds of CPU, user and system, of all that were waited for.
    int64_t cpu_us;
    /// Bytes; of the largest one whose peak is its own: what a process has before its exec counts for it too.
    int64_t peak_rss;
    /// Bytes sent to disks by all that were waited for; -1 where the kernel does not say.
    int64_t written;
    char detail[32];
};

/// Commands on the control pipe, one byte each; the pipe's end means that the runner is gone.
enum sluice_command {
    /// SIGTERM to the program's process group.
    SLUICE_COMMAND_TERMINATE = 'T',
    /// SIGKILL to everything.
    SLUICE_COMMAND_KILL = 'K',
};

struct sluice_program {
    /// What is executed; argv[0] may differ.
    const char *path;
    char *const *argv;
    char *const *environment;
    const char *folder;
    /// Become its 0, 1 and 2; nothing else is open.
    int standard_input;
    int standard_output;
    int standard_error;
    /// The supervisor's ends.
    int control;
    int status;
    /// When the runner is gone: milliseconds until SIGTERM and until SIGKILL.
    int orphan_terminate_ms;
    int orphan_kill_ms;
    /// Files `cgroup.procs` or `tasks` of the control groups that the program is to live in, up to a NULL; NULL for
    /// none. It joins them before its exec, with its only thread, so that nothing of it is ever outside.
    const char *const *groups;
    /// RLIMIT_FSIZE and RLIMIT_DATA in bytes, and RLIMIT_NPROC; -1 leaves them as they are.
    int64_t file_size;
    int64_t data_size;
    int64_t user_processes;
    /// The program is a sandbox that starts the real one as the first child of an init in a process namespace of its
    /// own, and tells on this descriptor what it did, which stays open for it; -1: it is the real one.
    int sandbox_status;
    /// Whether it may become more than it is by executing what is setuid or has capabilities. A sandbox sees to it
    /// itself, and may be setuid.
    bool may_gain_privileges;
};

/// Forks a supervisor that runs the program. Returns its pid, or -1 with errno. The caller closes its copies of
/// the descriptors and waits for the pid.
pid_t sluice_supervise(const struct sluice_program *program);

/// Starts a program without a supervisor (hooks, detached workers): default signals, an empty mask, nothing open but
/// 0, 1 and 2; `environment` NULL is the caller's, `folder` NULL its folder. Returns 0, or an errno.
int sluice_spawn(const struct sluice_program *program, bool new_session, pid_t *pid);

/// A file in memory, open for reading and writing, closed on exec. Returns -1 with errno.
int sluice_memory_file(const char *name);

/// Processors that the calling process may run on; at least 1.
int sluice_usable_cpus(void);

/// pipe2(O_CLOEXEC) whose ends are never 0, 1 or 2. Returns 0, or -1 with errno.
int sluice_pipe(int ends[2]);

/// write(2) that returns EPIPE without a SIGPIPE, whatever the process does with that signal.
ssize_t sluice_write(int descriptor, const void *bytes, size_t count);

/// Makes the calling process the subreaper of its descendants: orphans of a supervisor that died come to it.
void sluice_become_subreaper(void);

/// Kills and reaps every child of the calling process that is in another session than the caller and is not among
/// `known` (the supervisors that live). A process can only leave its session for a new one, so what the caller
/// started in its own session is never touched. Returns how many; gives up after five seconds.
int sluice_kill_strangers(const pid_t *known, int count);

/// WIFEXITED and kin as functions: the exit status, or -1 when a signal ended it, which is then in `signal_number`.
int sluice_exit_status(int wait_status, int *signal_number);

/// `SIGSEGV` for 11; NULL for an unknown number.
const char *sluice_signal_name(int signal_number);

/// `No such file or directory` for ENOENT, in English; never NULL.
const char *sluice_error_text(int number);

/// Gives the calling thread mounts of its own, which what it starts inherits; those of the rest still come in, none goes
/// out. -1 with errno, EPERM without the privilege.
int sluice_own_mounts(void);

#endif
