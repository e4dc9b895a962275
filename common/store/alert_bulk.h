/* Statements over many alert_writes at once, for the files that write alerts. Each runs over so many of the picked items
 * that libpq, which moves what it could not send yet once for every piece it sends, has little to move. */
#ifndef DUBAN_STORE_ALERT_BULK_H
#define DUBAN_STORE_ALERT_BULK_H

#include "common/store/alert.h"

enum { BULK_PART = 2048 };

enum bulk_column { BULK_ROW, BULK_KEY, BULK_RULE, BULK_CELL, BULK_STREAM, BULK_PERIOD, BULK_FILE, BULK_MESSAGE, BULK_FROM,
                   BULK_TO, BULK_CAUSE, BULK_STEP, BULK_BACK_FILLED, BULK_FACTS, BULK_DECISION, BULK_RUNG, BULK_ISSUED,
                   BULK_RUNG_AT, BULK_SAID_AT };

/* What every such statement is given first: $1 programme, $2 an instant (now, or the window), $3 the rules' version. */
struct bulk_frame {
    int32_t programme;
    struct instant at;
    const char *rules_version;
};
struct bulk {
    const char *sql; /* its arrays begin at $4 */
    const enum bulk_column *columns;
    size_t column_count;
    bool (*pick)(const struct alert_write *item); /* NULL = all */
    /* Of each part that ran; may be NULL. items[0..count) are the part. */
    enum error_code (*answered)(struct alert_write *const *items, size_t count, const struct pg_rows *rows, struct error *err);
};
#define BULK_COLUMNS(...)                                                                                              \
    .columns = (const enum bulk_column[]){__VA_ARGS__},                                                                \
    .column_count = sizeof((const enum bulk_column[]){__VA_ARGS__}) / sizeof(enum bulk_column)

__attribute__((warn_unused_result)) enum error_code bulk_run(struct pg *pg, const struct bulk *bulk,
                                                             const struct bulk_frame *frame,
                                                             const struct alert_writes *writes, struct error *err);
void bulk_put_frame(struct pg_params *params, const struct bulk_frame *frame);
void bulk_put_text(struct buffer *out, const char *text); /* NULL = null */

#endif
