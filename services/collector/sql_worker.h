/* Databases are asked by a process of their own: this program once more, as `sql-worker`, for one query. Drivers of
 * ODBC are anybody's code; they may block for ever, crash, or change the process they live in. So none is loaded where
 * the spool is open: a worker that takes too long is killed, and what it had answered so far counts for nothing.
 *
 * The job goes in and the answer comes out through memory files; the password is in no command line, no environment and
 * no log. Nothing here blocks, except sql_worker_main, which is the process itself. */
#ifndef DUBAN_COLLECTOR_SQL_WORKER_H
#define DUBAN_COLLECTOR_SQL_WORKER_H

#include <sys/types.h>

#include "common/base/clock.h"
#include "services/collector/sql_answer.h"
#include "services/collector/sql_job.h"

struct sql_worker {
    pid_t pid; /* 0 = none */
    int answer; /* memory file */
    int ended;  /* readable once the worker has ended: for a loop */
    struct tick deadline; /* then it is killed */
    bool killed;
    int64_t timeout_ms;
};

#define SQL_WORKER_NONE ((struct sql_worker){.answer = -1, .ended = -1})

/* An error is this machine's: no memory, no more processes. */
__attribute__((warn_unused_result)) enum error_code sql_worker_start(struct sql_worker *worker,
                                                                     const struct sql_job *job, struct error *err);
/* Looks without waiting. True: it has ended, *answer holds its answer or the failure in its place, and the worker can
 * be started again. */
bool sql_worker_ended(struct sql_worker *worker, struct tick now, struct buffer *answer);
void sql_worker_stop(struct sql_worker *worker); /* kills it; nothing when there is none */

/* `sql-worker`, from fd 0 to fd 1. */
int sql_worker_main(int argc, char **argv);

#endif
