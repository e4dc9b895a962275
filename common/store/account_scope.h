/* For whom the board reads: PostgreSQL itself shows a session of duban_board no other rows (0005_scope.sql). */
#ifndef DUBAN_STORE_ACCOUNT_SCOPE_H
#define DUBAN_STORE_ACCOUNT_SCOPE_H

#include "common/link/pg.h"

/* scope: "office" "viewer" "area:510823" "unit:市住建局"; tasks: of a unit, "T06,T08"; NULL = none. For this
 * transaction alone, or, outside one, for the session. */
__attribute__((warn_unused_result)) enum error_code read_for(struct pg *pg, const char *scope, const char *tasks,
                                                             struct error *err);

#endif
