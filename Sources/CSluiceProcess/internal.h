#ifndef CSLUICEPROCESS_INTERNAL_H
#define CSLUICEPROCESS_INTERNAL_H

#include "CSluiceProcess.h"

/// Calls `visit` for each child of the calling thread's process; stops when it returns false. Async-signal-safe.
/// Reads /proc/<pid>/task/<tid>/children, or every /proc/<pid>/stat where the kernel has no such file.
typedef bool (*sluice_visitor)(pid_t child, void *context);
void sluice_each_child(sluice_visitor visit, void *context);
/// The same by every /proc/<pid>/stat, which takes longer and leaves out none: the lists of a process with several threads
/// do while children end and threads, whose children another thread inherits.
void sluice_each_child_for_certain(sluice_visitor visit, void *context);
/// As `sluice_each_child`, for any process.
void sluice_each_child_of(pid_t parent, sluice_visitor visit, void *context);
/// The oldest child that a process still has; 0: none. Async-signal-safe.
pid_t sluice_first_child(pid_t parent);

/// Reads the third field and the following ones of /proc/<pid>/stat. Returns false when the process is gone.
struct sluice_stat {
    char state;
    pid_t parent;
    pid_t group;
    pid_t session;
    /// With a final zero.
    char name[32];
};
bool sluice_read_stat(pid_t pid, struct sluice_stat *stat);

/// The life of a supervisor after the fork; never returns.
void sluice_supervisor_main(const struct sluice_program *program) __attribute__((noreturn));

int64_t sluice_now_ms(void);

#endif
