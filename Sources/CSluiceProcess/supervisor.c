#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Everything here runs between fork and _exit in a copy of a process that had many threads: only async-signal-safe
// calls, no allocation, no stdio.

/// What descendants get to end by themselves after the program has: helpers of a language's runtime that end
/// with their parent are no leftovers.
static const int settle_ms = 200;
/// After so long without an end, what is left cannot be killed (it sits in the kernel).
static const int give_up_ms = 5000;

struct supervisor {
    const struct sluice_program *program;
    pid_t main;
    bool main_is_running;
    bool has_children;
    bool is_killing;
    bool is_orphaned;
    int children_signal;
    int64_t orphaned_at;
    int64_t main_ended_at;
    int64_t killing_since;
    bool has_terminated;
    /// SIGTERM is to be sent as soon as the program is there that shall get it.
    bool owes_terminate;
    /// /proc/self/io, or -1: it adds up what reaped descendants have written.
    int io;
    /// Kilobytes; what every child starts with.
    long own_rss;
    pid_t named[8];
    int named_count;
    struct sluice_record totals;
};

static void report(struct supervisor *self, int kind, pid_t pid, int value, const char *detail) {
    struct sluice_record record = self->totals;
    record.kind = kind;
    record.pid = pid;
    record.value = value;
    memset(record.detail, 0, sizeof record.detail);
    if (detail) strncpy(record.detail, detail, sizeof record.detail - 1);
    // Smaller than PIPE_BUF, hence whole or not at all; nobody there any more is fine.
    while (write(self->program->status, &record, sizeof record) < 0 && errno == EINTR) {}
}

static void reset_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
}

/// "0" is who writes it.
static bool join_groups(const char *const *group) {
    for (; group && *group; group++) {
        int file = open(*group, O_WRONLY | O_CLOEXEC);
        if (file < 0) return false;
        ssize_t count = write(file, "0", 1);
        int failure = errno;
        close(file);
        errno = failure;
        if (count != 1) return false;
    }
    return true;
}

static void limit(int resource, int64_t most) {
    struct rlimit limit;
    if (most < 0 || getrlimit(resource, &limit) < 0) return;
    if ((uint64_t)most < limit.rlim_max) limit.rlim_max = (rlim_t)most;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

static void block(const sigset_t *set) { sigprocmask(SIG_SETMASK, set, NULL); }

/// In the plugin's process, up to execve.
static void __attribute__((noreturn)) become_program(struct supervisor *self) {
    const struct sluice_program *program = self->program;
    struct rlimit none = {0, 0};
    sigset_t empty;
    sigemptyset(&empty);
    setsid();
    reset_signals();
    block(&empty);
    setrlimit(RLIMIT_CORE, &none);
    limit(RLIMIT_FSIZE, program->file_size);
    limit(RLIMIT_DATA, program->data_size);
    limit(RLIMIT_NPROC, program->user_processes);
    const char *failed = "privileges";
    if (!program->may_gain_privileges && program->sandbox_status < 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        report(self, SLUICE_RECORD_EXEC_FAILED, getpid(), errno, failed);
        _exit(126);
    }
    failed = "cgroup";
    if (!join_groups(program->groups)) {
        report(self, SLUICE_RECORD_EXEC_FAILED, getpid(), errno, failed);
        _exit(126);
    }
    failed = "descriptors";
    if (dup2(program->standard_input, 0) == 0 && dup2(program->standard_output, 1) == 1
        && dup2(program->standard_error, 2) == 2
        && syscall(SYS_close_range, 3U, ~0U, (unsigned)CLOSE_RANGE_CLOEXEC) == 0) {
        if (program->sandbox_status >= 0) fcntl(program->sandbox_status, F_SETFD, 0);
        failed = "chdir";
        if (chdir(program->folder) == 0) {
            execve(program->path, program->argv, program->environment);
            failed = "exec";
        }
    }
    report(self, SLUICE_RECORD_EXEC_FAILED, getpid(), errno, failed);
    _exit(126);
}

/// Names a leftover once; the first few only.
static void name_leftover(struct supervisor *self, pid_t child) {
    const int room = (int)(sizeof self->named / sizeof self->named[0]);
    struct sluice_stat stat;
    if (self->named_count == room || !sluice_read_stat(child, &stat) || stat.state == 'Z' || stat.state == 'X') return;
    for (int index = 0; index < self->named_count; index++) {
        if (self->named[index] == child) return;
    }
    self->named[self->named_count++] = child;
    report(self, SLUICE_RECORD_LEFTOVER, child, 0, stat.name);
}

static bool is_walled(const struct supervisor *self) { return self->program->sandbox_status >= 0; }

static bool kill_one(pid_t child, void *context) {
    struct supervisor *self = context;
    if (!self->main_is_running && !is_walled(self)) name_leftover(self, child);
    kill(child, SIGKILL);
    // All of its group in one step, which a program that forks faster than we kill cannot outrun. A child keeps its
    // group's number from being used again until we have waited for it.
    struct sluice_stat stat;
    if (sluice_read_stat(child, &stat) && stat.group > 1 && stat.group != getpgrp()) kill(-stat.group, SIGKILL);
    return true;
}

/// Kills the children that there are now; theirs come to us when they are dead and are killed in the next round.
static void kill_round(struct supervisor *self) {
    if (self->main_is_running) kill(-self->main, SIGKILL);
    sluice_each_child(kill_one, self);
}

/// The value of `write_bytes:`, less what was cancelled before it reached a disk. Async-signal-safe.
static int64_t written_bytes(int file) {
    char text[512];
    ssize_t count = file < 0 ? -1 : pread(file, text, sizeof text - 1, 0);
    if (count <= 0) return -1;
    text[count] = 0;
    int64_t values[2] = {-1, 0};
    const char *names[2] = {"\nwrite_bytes: ", "\ncancelled_write_bytes: "};
    for (int index = 0; index < 2; index++) {
        const char *at = strstr(text, names[index]);
        if (!at) continue;
        values[index] = 0;
        for (at += strlen(names[index]); *at >= '0' && *at <= '9'; at++)
            values[index] = values[index] * 10 + (*at - '0');
    }
    if (values[0] < 0) return -1;
    return values[0] > values[1] ? values[0] - values[1] : 0;
}

static void reap(struct supervisor *self) {
    int status;
    struct rusage usage;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        struct sluice_record *totals = &self->totals;
        totals->reaped++;
        totals->cpu_us += (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000
            + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
        if (usage.ru_maxrss > self->own_rss && (int64_t)usage.ru_maxrss * 1024 > totals->peak_rss) totals->peak_rss = (int64_t)usage.ru_maxrss * 1024;
        if (pid == self->main && self->main_is_running) {
            self->main_is_running = false;
            self->main_ended_at = sluice_now_ms();
            totals->written = written_bytes(self->io);
            report(self, SLUICE_RECORD_EXITED, pid, status, NULL);
        } else if (self->is_killing && !is_walled(self) && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
            totals->leftovers++;
        }
    }
    self->has_children = !(pid < 0 && errno == ECHILD);
}

/// A descendant in the sandbox's namespace, where they die together with their init and are waited for by nobody else.
struct walled_leftover {
    struct supervisor *self;
    int depth;
};

static bool count_walled(pid_t child, void *context) {
    const struct walled_leftover *above = context;
    struct walled_leftover below = {above->self, above->depth + 1};
    if (above->depth > 0) {
        name_leftover(above->self, child);
        above->self->totals.leftovers++;
    }
    if (above->depth < 8) sluice_each_child_of(child, count_walled, &below);
    return true;
}

static void start_killing(struct supervisor *self) {
    if (self->is_killing) return;
    self->is_killing = true;
    self->killing_since = sluice_now_ms();
    struct walled_leftover top = {self, 0};
    if (is_walled(self) && !self->main_is_running) sluice_each_child(count_walled, &top);
}

/// To the program's group, which has the number of the namespace's init: that ignores what comes from outside. The
/// program may have left the group.
static bool terminate_walled(struct supervisor *self) {
    pid_t init = sluice_first_child(self->main);
    pid_t program = init > 0 ? sluice_first_child(init) : 0;
    if (program <= 0) return false;
    struct sluice_stat stat;
    kill(-init, SIGTERM);
    if (sluice_read_stat(program, &stat) && stat.group != init) kill(program, SIGTERM);
    return true;
}

static void terminate(struct supervisor *self) {
    if (!self->main_is_running) return;
    if (is_walled(self)) {
        self->owes_terminate = !terminate_walled(self);
        return;
    }
    // Before its setsid there is no group yet, and the signal waits for it.
    if (kill(-self->main, SIGTERM) < 0) kill(self->main, SIGTERM);
}

static void obey(struct supervisor *self) {
    char commands[16];
    ssize_t count = read(self->program->control, commands, sizeof commands);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0 && !self->is_orphaned) {
        self->is_orphaned = true;
        self->orphaned_at = sluice_now_ms();
    }
    for (ssize_t index = 0; index < count; index++) {
        if (commands[index] == SLUICE_COMMAND_TERMINATE) terminate(self);
        if (commands[index] == SLUICE_COMMAND_KILL) start_killing(self);
    }
}

/// Does what is due; returns the milliseconds until the next thing is, or -1.
static int act(struct supervisor *self) {
    int64_t now = sluice_now_ms();
    if (!self->main_is_running && now >= self->main_ended_at + settle_ms) start_killing(self);
    if (self->is_killing) {
        kill_round(self);
        return now - self->killing_since < 50 ? 1 : 10;
    }
    if (!self->main_is_running) return (int)(self->main_ended_at + settle_ms - now);
    if (self->owes_terminate) terminate(self);
    if (self->owes_terminate) return 2;
    if (!self->is_orphaned) return -1;
    int64_t terminate_at = self->orphaned_at + self->program->orphan_terminate_ms;
    int64_t kill_at = self->orphaned_at + self->program->orphan_kill_ms;
    if (now >= kill_at) {
        start_killing(self);
        return 0;
    }
    if (now >= terminate_at && !self->has_terminated) {
        self->has_terminated = true;
        terminate(self);
    }
    return (int)((self->has_terminated ? kill_at : terminate_at) - now);
}

static bool is_over(struct supervisor *self) {
    if (!self->has_children) return true;
    return self->is_killing && sluice_now_ms() > self->killing_since + give_up_ms;
}

static bool count_one(pid_t child, void *context) {
    (void)child;
    ((struct supervisor *)context)->totals.survivors++;
    return true;
}

static void run(struct supervisor *self) {
    for (;;) {
        reap(self);
        if (is_over(self)) return;
        int timeout = act(self);
        struct pollfd files[2] = {
            {self->children_signal, POLLIN, 0}, {self->is_orphaned ? -1 : self->program->control, POLLIN, 0}};
        if (poll(files, 2, timeout) <= 0) continue;
        struct signalfd_siginfo information;
        if (files[0].revents) (void)!read(self->children_signal, &information, sizeof information);
        if (files[1].revents) obey(self);
    }
}

/// Closes everything but the descriptors that are needed, which are all above 2, and moves 0, 1 and 2 aside.
static void close_others(const struct sluice_program *program) {
    int kept[6] = {program->standard_input, program->standard_output, program->standard_error, program->control,
        program->status, program->sandbox_status};
    const int count = program->sandbox_status < 0 ? 5 : 6;
    for (int index = 1; index < count; index++) {
        for (int other = index; other > 0 && kept[other - 1] > kept[other]; other--) {
            int higher = kept[other - 1];
            kept[other - 1] = kept[other];
            kept[other] = higher;
        }
    }
    unsigned next = 3;
    for (int index = 0; index < count; index++) {
        if ((unsigned)kept[index] > next) syscall(SYS_close_range, next, (unsigned)kept[index] - 1, 0U);
        next = (unsigned)kept[index] + 1;
    }
    syscall(SYS_close_range, next, ~0U, 0U);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(null, descriptor);
    if (null > 2) close(null);
}

void sluice_supervisor_main(const struct sluice_program *program) {
    struct supervisor self;
    memset(&self, 0, sizeof self);
    self.program = program;
    setsid();
    reset_signals();
    prctl(PR_SET_NAME, "sluice-attempt", 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    close_others(program);
    // Opened as long as the file is ours: it is root's for one that nobody may look into.
    self.io = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
    self.totals.written = -1;
    // A copy of the runner's memory: no plugin may look into it.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    // All signals are blocked since before the fork: a plugin that signals its parent has no effect, except for
    // SIGKILL and SIGSTOP, which the runner notices.
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    self.children_signal = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    // Shares the memory until execve: a second copy of the runner's page tables would cost more than the program's
    // start. This process sleeps meanwhile, and what become_program changes (signals, descriptors, folder) is its own.
    self.main = vfork();
    if (self.main == 0) become_program(&self);
    if (self.main < 0) {
        report(&self, SLUICE_RECORD_EXEC_FAILED, 0, errno, "fork");
        _exit(1);
    }
    // Only now: what the program's start has touched of this memory is counted as the program's by the kernel too.
    struct rusage own;
    if (getrusage(RUSAGE_SELF, &own) == 0) self.own_rss = own.ru_maxrss;
    // The pipes' other ends must see their end when the program and its descendants have closed them.
    close(program->standard_input);
    close(program->standard_output);
    close(program->standard_error);
    if (program->sandbox_status >= 0) close(program->sandbox_status);
    self.main_is_running = true;
    self.has_children = true;
    run(&self);
    if (self.has_children) sluice_each_child(count_one, &self);
    self.totals.written = written_bytes(self.io);
    report(&self, SLUICE_RECORD_FINISHED, self.main, 0, NULL);
    _exit(0);
}
