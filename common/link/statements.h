/* The statements of one connection that came more than once: from the second time on the server keeps them parsed and
 * planned. For this room. The names die with the connection, so start anew with each. Pure: sending is the caller's. */
#ifndef DUBAN_LINK_STATEMENTS_H
#define DUBAN_LINK_STATEMENTS_H

#include <stdbool.h>

#include "common/link/params.h"

enum { STATEMENTS_MAX = 64, STATEMENT_NAME_MAX = 16 };

struct statement {
    char *sql;
    uint32_t types[PG_PARAMS_MAX];
    size_t count;
    char name[STATEMENT_NAME_MAX];
    bool prepared; /* the server knows it by its name */
};
struct statements {
    struct statement items[STATEMENTS_MAX];
    size_t count;
    unsigned named; /* names are never given twice */
};

/* The statement when it was met before, with the same types; NULL the first time, or when there is no room for more. */
struct statement *statements_meet(struct statements *statements, const char *sql, const struct pg_params *params);
/* The server refuses the kept one (a table it reads has changed): next time it is prepared under a new name. */
void statements_refused(struct statements *statements, struct statement *statement);
void statements_finish(struct statements *statements);

#endif
