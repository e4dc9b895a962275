/* The shell around settle.h: reads the status folder and the database, waits for changes. */
#ifndef DUBAN_CLI_SETTLE_READ_H
#define DUBAN_CLI_SETTLE_READ_H

#include "services/cli/settle.h"

/* All *.json of a folder; one that vanishes or is no status file meanwhile is left out. */
__attribute__((warn_unused_result)) enum error_code upstream_read(const char *folder, struct settle_upstream *out,
                                                                  struct error *err);
void upstream_finish(struct settle_upstream *upstream);

struct settle_watch {
    const char *folder; /* of status files; borrowed */
    struct pg *pg;      /* borrowed */
    size_t expected;
    int inotify;
};
/* folder NULL: nothing upstream to be looked at. */
__attribute__((warn_unused_result)) enum error_code settle_watch_open(struct settle_watch *watch, const char *folder,
                                                                      struct pg *pg, struct error *err);
void settle_watch_finish(struct settle_watch *watch);
/* Looks once. A database that went away is outstanding, not an error, and is tried again at the next look. */
__attribute__((warn_unused_result)) enum error_code
settle_look(struct settle_watch *watch, int64_t step, struct instant now, struct settle_result *out, struct error *err);
/* Sleeps until a status file is replaced, at most max_ms. */
void settle_sleep(struct settle_watch *watch, int max_ms);
/* Looks until it is settled or the deadline has passed (out->settled tells which). `turn` (may be NULL) is called
 * between looks. */
__attribute__((warn_unused_result)) enum error_code
settle_wait(struct settle_watch *watch, int64_t step, struct instant now, struct tick deadline,
            void (*turn)(void *context, const struct settle_result *so_far), void *context, struct settle_result *out,
            struct error *err);

#endif
