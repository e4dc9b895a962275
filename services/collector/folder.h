/* A drop folder as a source: which files are there, and whether one may be taken yet. Shares are polled: nothing tells
 * what another machine writes. Listing blocks on the disk or the network share. */
#ifndef DUBAN_COLLECTOR_FOLDER_H
#define DUBAN_COLLECTOR_FOLDER_H

#include <sys/stat.h>

#include "common/spool/sources.h"

struct folder_file {
    char *name;
    int64_t size, mtime_ns;
};
struct folder_list {
    struct folder_file *files; /* by name, bytes compared */
    size_t count, capacity;
};

/* Plain files, without those that folder_ignores names. */
__attribute__((warn_unused_result)) enum error_code folder_read(const char *folder, struct folder_list *out,
                                                                struct error *err);
void folder_list_finish(struct folder_list *list);
int64_t folder_mtime_ns(const struct stat *seen);

/* Lock and temporary names, hidden files, and what we write ourselves. Pure. */
bool folder_ignores(const char *name);

enum folder_verdict {
    FOLDER_DONE,  /* decided in this very form */
    FOLDER_WAIT,  /* not quiet yet: look again at *again */
    FOLDER_READY, /* quiet: read it, and see whether it is whole */
};
/* What to do with a file at `now`, and how it looks from now on (*look changes when *changed). A clock set back begins
 * the wait anew. Pure. */
enum folder_verdict folder_judge(const struct folder_file *file, struct instant now, int64_t quiet_ms,
                                 struct source_look *look, bool *changed, struct instant *again);

#endif
