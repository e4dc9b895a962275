/* What people said and decided in a programme (events of kind 16 and above), in commit order. Waits for the database.
 */
#ifndef DUBAN_STORE_DESK_H
#define DUBAN_STORE_DESK_H

#include "common/domain/requests.h"
#include "common/link/pg.h"

struct desk {
    struct desk_event *events;
    size_t count;
    struct pg_rows rows; /* owns the texts */
};
/* Events known before `before`. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code desk_read(struct pg *pg, int32_t programme, const struct plan *plan,
                                                              struct instant before, struct desk *out,
                                                              struct error *err);
void desk_finish(struct desk *desk);

/* One decides at a time, whoever it is and wherever: until desk_unlock, or until the connection ends. What is read
 * after it shows what the one before decided. ERROR_CONFLICT: another did not come to an end within half a minute. */
__attribute__((warn_unused_result)) enum error_code desk_lock(struct pg *pg, struct error *err);
void desk_unlock(struct pg *pg);

#endif
