// libgit2 1.5 (Debian 12) or newer; the SHA-1 build, in which a git_oid is its 20 bytes.
#include <git2.h>
