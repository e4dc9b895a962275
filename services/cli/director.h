/* The director of a rehearsal: moves the clock file from instant to instant, only when all is settled, and lets the
 * script's lines happen. It can be killed and started again: how many lines are done stands in SCRIPT.done. */
#ifndef DUBAN_CLI_DIRECTOR_H
#define DUBAN_CLI_DIRECTOR_H

#include "services/cli/script.h"
#include "services/cli/settle_read.h"

struct director {
    /* given */
    const char *clock_file, *script_file; /* borrowed */
    const struct script *script;          /* borrowed */
    struct settle_watch *watch;           /* borrowed */
    struct instant until;
    int64_t stall_ms; /* real time without settling after which it gives up */
    int64_t pace_ms;  /* real time a domain day should take at least; 0 = as fast as it goes */
    size_t expected;  /* programs that must show themselves before the first step */
    void (*moved)(void *context, const struct director *director); /* after each advance */
    void (*waiting)(void *context, const struct director *director, const struct settle_result *); /* between looks */
    void (*doing)(void *context, const struct director *director, const struct script_line *line);
    void *context;
    /* its own */
    int64_t step;
    struct instant now;
    size_t done;  /* lines of the script */
    char *folder; /* of the script */
};

/* Reads the clock file (makes it, step 1 at `first`, when there is none) and SCRIPT.done. */
__attribute__((warn_unused_result)) enum error_code director_open(struct director *director, struct instant first,
                                                                  struct error *err);
void director_finish(struct director *director);
/* Plays until `until`. ERROR_CONFLICT names what is outstanding after a stall. */
__attribute__((warn_unused_result)) enum error_code director_run(struct director *director, struct error *err);

/* Where the clock goes from `now`: the earliest of the next line, the next thing due, the next midnight and the end.
 * Pure. */
struct instant director_next(const struct script *script, size_t done, struct instant now, struct instant next_due,
                             struct instant until);

#endif
