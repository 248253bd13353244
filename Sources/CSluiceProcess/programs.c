// What Swift's Glibc module does not show: GNU calls for starting programs and for asking the machine.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CSluiceProcess.h"

extern char **environ;

static int prepare(posix_spawn_file_actions_t *actions, const struct sluice_program *program)
{
    int status = posix_spawn_file_actions_adddup2(actions, program->standard_input, 0);
    if (!status) status = posix_spawn_file_actions_adddup2(actions, program->standard_output, 1);
    if (!status) status = posix_spawn_file_actions_adddup2(actions, program->standard_error, 2);
    if (!status) status = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    if (!status && program->folder) status = posix_spawn_file_actions_addchdir_np(actions, program->folder);
    return status;
}

int sluice_spawn(const struct sluice_program *program, bool new_session, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    int status = posix_spawn_file_actions_init(&actions);
    if (status) return status;
    posix_spawnattr_t attributes;
    status = posix_spawnattr_init(&attributes);
    if (status) {
        posix_spawn_file_actions_destroy(&actions);
        return status;
    }
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (new_session ? POSIX_SPAWN_SETSID : 0));
    status = prepare(&actions, program);
    if (!status) {
        status = posix_spawn(
            pid, program->path, &actions, &attributes, program->argv,
            program->environment ? program->environment : environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

int sluice_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int sluice_usable_cpus(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? count : 1;
}
