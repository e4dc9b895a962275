/* A database as a source: when it is due, a worker asks it (sql_worker.h); its answer is taken at the first look after
 * that. The loop never waits for a database.
 *
 * With a watermark only what is newer is asked for; all of it again on the first time, and, while rows stand refused,
 * once a day, after a start and with every new catalogue: what was mended elsewhere would else never be read again.
 * A failure is in the status file at once; in a receipt at once when only people can mend it, else after the third in
 * a row. What people must mend is tried again at the next ordinary time (a wrong password, tried too often, locks an
 * account), the rest sooner. */
#ifndef DUBAN_COLLECTOR_SQL_H
#define DUBAN_COLLECTOR_SQL_H

#include "services/collector/source.h"

struct sql_source;
/* host is borrowed, and there until the end. An error is the spool's. */
__attribute__((warn_unused_result)) enum error_code sql_source_open(const struct source_host *host,
                                                                    const struct source_settings *settings,
                                                                    struct sql_source **out, struct error *err);
/* At every look of the agent: asks when it is due, takes what was answered, adds to *report what is under way
 * (files_pending), when it is next due (wake_at, the earlier one), what is wrong. An error is the spool's. */
__attribute__((warn_unused_result)) enum error_code sql_source_look(struct sql_source *source, struct instant now,
                                                                    struct taker_report *report, struct error *err);
/* "source/NAME/watermark", …/asked_at, …/code: why the last try failed, "" = it did not. */
void sql_source_show(const struct sql_source *source, struct status *status);
void sql_source_close(struct sql_source **source); /* accepts NULL; ends what is under way */

/* For `try`: asks now, from the beginning, and waits for the answer. False: it could not even be asked, *why says it. */
struct sql_rows;
bool sql_ask_now(const struct source_settings *source, struct arena *arena, struct sql_rows *rows, struct error *err);

#endif
