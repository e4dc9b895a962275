/* What the alerter last said of each cell of a programme, as stored; with how far one has read, so that the next look
 * takes only the rows that changed since. Waits for the database; to be run inside a transaction. */
#ifndef DUBAN_STORE_QUERY_PRESENT_H
#define DUBAN_STORE_QUERY_PRESENT_H

#include "common/store/session.h"

/* Which transactions one has seen: "" = none yet. */
struct present_horizon {
    char text[24];
};
struct present_rows {
    struct present_row {
        int32_t cell;     /* id of the row in `cell` */
        const char *json; /* the cell as `duban status --json` prints it; "" = never assessed */
        struct day light_since; /* of a roll-up, whose JSON does not say it */
    } * items;
    size_t count;
    struct pg_rows rows;
};
/* The rows written since *horizon (all of them when it is empty, some a second time), and the new horizon. *out is
 * initialised either way. */
__attribute__((warn_unused_result)) enum error_code query_present(struct pg *pg, int32_t programme,
                                                                   struct present_horizon *horizon,
                                                                   struct present_rows *out, struct error *err);
void present_rows_finish(struct present_rows *rows);

/* The newest version of the programme's plan; 0 = none. */
__attribute__((warn_unused_result)) enum error_code query_plan_version(struct pg *pg, int32_t programme, int32_t *out,
                                                                       struct error *err);

#endif
