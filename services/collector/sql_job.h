/* What is to be asked of which database, as handed to the process that asks (sql_worker.h). The password is apart from
 * the rest, so that it stands in no message. Pure, but for sql_job_make, which reads files and the environment. */
#ifndef DUBAN_COLLECTOR_SQL_JOB_H
#define DUBAN_COLLECTOR_SQL_JOB_H

#include "common/base/buffer.h"
#include "common/base/error.h"
#include "services/collector/sql_settings.h"

enum { SQL_JOB_BYTES_MAX = 1 << 18 };

struct sql_job {
    enum sql_driver driver;
    const char *connection;
    const char *password; /* NULL = none of its own */
    const char *query;
    const char *since; /* for $1; NULL = it has none */
    int64_t timeout_ms, rows_max;
    struct buffer memory; /* what the texts above lie in, where they are the job's own */
};

/* From the settings; since: the text for $1, or NULL. An error says which file or variable is not there. */
__attribute__((warn_unused_result)) enum error_code sql_job_make(const struct sql_settings *settings, const char *since,
                                                                 struct sql_job *out, struct error *err);
void sql_job_finish(struct sql_job *job); /* forgets the password */

void sql_job_write(const struct sql_job *job, struct buffer *out);
/* The job's texts lie in bytes, which it changes nothing of and must outlive it. */
bool sql_job_read(struct slice bytes, struct sql_job *out);

/* $1 as `mark` says it for the n-th time; texts in quotes, names in quotes and comments are left alone. *count: how
 * many there were. False: no memory. */
bool sql_job_query(const char *query, const char *mark, struct buffer *out, size_t *count);
/* Words of a driver without the password, should they hold it. */
void sql_job_hide(const struct sql_job *job, struct buffer *words);

#endif
