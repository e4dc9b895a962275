/* Asking, inside the worker: the answer goes to a file as it comes in. Blocks for as long as the job allows. */
#ifndef DUBAN_COLLECTOR_SQL_ASK_H
#define DUBAN_COLLECTOR_SQL_ASK_H

#include "services/collector/sql_answer.h"
#include "services/collector/sql_job.h"

struct sql_asking {
    const struct sql_job *job;
    int out; /* file */
    struct buffer bytes; /* not yet written */
    size_t written;
    int64_t rows;
    enum sql_trouble trouble; /* NONE: all is well so far */
    char words[ANSWER_WORDS_MAX];
};

/* One more row: false when there are too many of them or of their bytes, or the file cannot be written. */
bool sql_asking_row(struct sql_asking *asking);
__attribute__((format(printf, 3, 4))) void sql_asking_fail(struct sql_asking *asking, enum sql_trouble trouble,
                                                           const char *format, ...);
/* Writes what is left, with the end or the failure behind it. False: it could not. */
bool sql_asking_finish(struct sql_asking *asking);

/* Each asks its kind of database; what fails is in asking->trouble. */
void sql_ask_postgresql(struct sql_asking *asking);
void sql_ask_odbc(struct sql_asking *asking);

#endif
