// libgit2 1.5 (Debian 12) or newer; the SHA-1 build, in which a git_oid is its 20 bytes.
#include <git2.h>

/* Swift calls no function with a variable number of arguments. */
static inline int sluice_git_read_unhashed(void) {
    return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

static inline int sluice_git_cache_trees(size_t largest, ssize_t all) {
    int status = git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, largest);
    return status < 0 ? status : git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, all);
}
