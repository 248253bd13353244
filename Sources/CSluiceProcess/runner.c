#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t sluice_supervise(const struct sluice_program *program) {
    sigset_t all, before;
    sigfillset(&all);
    // No handler of the runner may run in the child.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = _Fork();
    if (pid == 0) sluice_supervisor_main(program);
    int failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return pid;
}

int sluice_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    for (int index = 0; index < 2; index++) {
        if (ends[index] > 2) continue;
        int moved = fcntl(ends[index], F_DUPFD_CLOEXEC, 3);
        int failure = errno;
        close(ends[index]);
        ends[index] = moved;
        if (moved < 0) {
            close(ends[1 - index]);
            errno = failure;
            return -1;
        }
    }
    return 0;
}

ssize_t sluice_write(int descriptor, const void *bytes, size_t count) {
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t written = write(descriptor, bytes, count);
    int failure = errno;
    if (written < 0 && failure == EPIPE && !was_pending) {
        struct timespec none = {0, 0};
        while (sigtimedwait(&pipe_signal, NULL, &none) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = failure;
    return written;
}

void sluice_become_subreaper(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

struct stranger_search {
    const pid_t *known;
    int count;
    pid_t session;
    int killed;
    bool found;
};

static bool kill_stranger(pid_t child, void *context) {
    struct stranger_search *search = context;
    for (int index = 0; index < search->count; index++) {
        if (search->known[index] == child) return true;
    }
    struct sluice_stat stat;
    if (!sluice_read_stat(child, &stat) || stat.session == search->session) return true;
    search->found = true;
    kill(child, SIGKILL);
    if (waitpid(child, NULL, WNOHANG) == child) search->killed++;
    return true;
}

int sluice_kill_strangers(const pid_t *known, int count) {
    struct stranger_search search = {known, count, getsid(0), 0, false};
    int64_t give_up_at = sluice_now_ms() + 5000;
    do {
        search.found = false;
        sluice_each_child_for_certain(kill_stranger, &search);
        struct timespec pause = {0, 2000000};
        if (search.found) nanosleep(&pause, NULL);
    } while (search.found && sluice_now_ms() < give_up_at);
    return search.killed;
}

int sluice_exit_status(int wait_status, int *signal_number) {
    if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status);
    *signal_number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    return -1;
}

const char *sluice_signal_name(int signal_number) {
    static _Thread_local char name[16];
    const char *abbreviation = sigabbrev_np(signal_number);
    if (!abbreviation || strlen(abbreviation) > sizeof name - 4) return NULL;
    strcpy(name, "SIG");
    strcat(name, abbreviation);
    return name;
}

const char *sluice_error_text(int number) {
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error";
}
