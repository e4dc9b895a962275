/* The same line as scope.h draws, drawn by the database: a session that reads for somebody is shown his rows alone. */
#ifndef DUBAN_BOARD_SCOPE_ROWS_H
#define DUBAN_BOARD_SCOPE_ROWS_H

#include "services/board/scope.h"

/* What every session of the board says first: it reads for the office, through the views that hold back rows. */
#define SCOPE_ROWS_OFFICE "SET duban.scope = 'office'; SET search_path = duban_seen, duban, pg_temp"

/* Inside a transaction: from here on for this scope. plan: whose tasks a unit leads. */
__attribute__((warn_unused_result)) enum error_code scope_read_rows(struct pg *pg, const struct scope *scope,
                                                                    const struct plan *plan, struct error *err);
/* Back to the office's. */
__attribute__((warn_unused_result)) enum error_code scope_read_all(struct pg *pg, struct error *err);

#endif
