#define _GNU_SOURCE
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int64_t sluice_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// Appends the decimal digits of a number to a path. snprintf is not async-signal-safe.
static char *append_number(char *end, long number) {
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) *end++ = digits[--count];
    *end = 0;
    return end;
}

static char *append_text(char *end, const char *text) {
    while (*text) *end++ = *text++;
    *end = 0;
    return end;
}

bool sluice_read_stat(pid_t pid, struct sluice_stat *stat) {
    char path[64], text[512];
    append_text(append_number(append_text(path, "/proc/"), pid), "/stat");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return false;
    text[count] = 0;
    // The name is in parentheses and may itself hold any character: its end is the last parenthesis.
    char *open_mark = strchr(text, '('), *close_mark = strrchr(text, ')');
    if (!open_mark || !close_mark || close_mark < open_mark || close_mark[1] != ' ') return false;
    size_t length = (size_t)(close_mark - open_mark - 1);
    if (length > sizeof stat->name - 1) length = sizeof stat->name - 1;
    memcpy(stat->name, open_mark + 1, length);
    stat->name[length] = 0;
    stat->state = close_mark[2];
    long fields[3] = {0, 0, 0};  // parent, group, session
    const char *next = close_mark + 3;
    for (int index = 0; index < 3; index++) {
        while (*next == ' ') next++;
        for (; *next >= '0' && *next <= '9'; next++) fields[index] = fields[index] * 10 + (*next - '0');
    }
    stat->parent = (pid_t)fields[0];
    stat->group = (pid_t)fields[1];
    stat->session = (pid_t)fields[2];
    return true;
}

/// Visits the numbers in a list that is separated by blanks. Returns false when the visitor wants no more.
static bool visit_list(int file, sluice_visitor visit, void *context) {
    char buffer[4096];
    long number = 0;
    bool has_digits = false;
    ssize_t count;
    while ((count = read(file, buffer, sizeof buffer)) > 0) {
        for (ssize_t index = 0; index < count; index++) {
            if (buffer[index] >= '0' && buffer[index] <= '9') {
                number = number * 10 + (buffer[index] - '0');
                has_digits = true;
            } else if (has_digits) {
                if (!visit((pid_t)number, context)) return false;
                number = 0;
                has_digits = false;
            }
        }
    }
    return has_digits ? visit((pid_t)number, context) : true;
}

struct sluice_directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/// Visits every number that names an entry of a folder of /proc. Returns false when it cannot be opened.
static bool visit_folder(const char *path, sluice_visitor visit, void *context) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return false;
    char buffer[8192] __attribute__((aligned(8)));
    long count;
    while ((count = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < count;) {
            struct sluice_directory_entry *entry = (struct sluice_directory_entry *)(buffer + at);
            at += entry->length;
            long number = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9' && number < 1L << 40) number = number * 10 + (*digit++ - '0');
            if (*digit || digit == entry->name) continue;
            if (!visit((pid_t)number, context)) {
                close(folder);
                return true;
            }
        }
    }
    close(folder);
    return true;
}

struct scan {
    pid_t self;
    sluice_visitor visit;
    void *context;
    bool is_readable;
    bool is_over;
};

/// The children of one thread of this process.
static bool visit_thread(pid_t thread, void *context) {
    struct scan *scan = context;
    char path[96];
    char *end = append_number(append_text(path, "/proc/"), scan->self);
    append_text(append_number(append_text(end, "/task/"), thread), "/children");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    scan->is_readable = true;
    scan->is_over = !visit_list(file, scan->visit, scan->context);
    close(file);
    return !scan->is_over;
}

/// Any process; visited when it is a child of the one whose children are wanted.
static bool visit_process(pid_t pid, void *context) {
    struct scan *scan = context;
    struct sluice_stat stat;
    if (!sluice_read_stat(pid, &stat) || stat.parent != scan->self) return true;
    return scan->visit(pid, scan->context);
}

void sluice_each_child(sluice_visitor visit, void *context) { sluice_each_child_of(getpid(), visit, context); }

void sluice_each_child_of(pid_t parent, sluice_visitor visit, void *context) {
    struct scan scan = {parent, visit, context, false, false};
    char path[64];
    append_text(append_number(append_text(path, "/proc/"), parent), "/task");
    visit_folder(path, visit_thread, &scan);
    if (!scan.is_readable) visit_folder("/proc", visit_process, &scan);
}

void sluice_each_child_for_certain(sluice_visitor visit, void *context) {
    struct scan scan = {getpid(), visit, context, false, false};
    visit_folder("/proc", visit_process, &scan);
}

static bool take_first(pid_t child, void *context) {
    *(pid_t *)context = child;
    return false;
}

pid_t sluice_first_child(pid_t parent) {
    pid_t first = 0;
    sluice_each_child_of(parent, take_first, &first);
    return first;
}
