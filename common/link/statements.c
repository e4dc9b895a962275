#include "common/link/statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t count_of(const struct pg_params *params) {
    return params ? params->count : 0;
}

static bool is_same(const struct statement *statement, const char *sql, const struct pg_params *params) {
    size_t count = count_of(params);
    return statement->count == count && strcmp(statement->sql, sql) == 0 &&
           (count == 0 || memcmp(statement->types, params->types, count * sizeof *statement->types) == 0);
}

static void give_name(struct statements *statements, struct statement *statement) {
    snprintf(statement->name, sizeof statement->name, "s%u", ++statements->named);
    statement->prepared = false;
}

struct statement *statements_meet(struct statements *statements, const char *sql, const struct pg_params *params) {
    for (size_t i = 0; i < statements->count; i++)
        if (is_same(&statements->items[i], sql, params)) return &statements->items[i];
    if (statements->count == STATEMENTS_MAX) return NULL;
    struct statement *fresh = &statements->items[statements->count];
    *fresh = (struct statement){.sql = strdup(sql), .count = count_of(params)};
    if (!fresh->sql) return NULL;
    if (fresh->count) memcpy(fresh->types, params->types, fresh->count * sizeof *fresh->types);
    give_name(statements, fresh);
    statements->count++;
    return NULL;
}

void statements_refused(struct statements *statements, struct statement *statement) {
    give_name(statements, statement);
}

void statements_finish(struct statements *statements) {
    for (size_t i = 0; i < statements->count; i++)
        free(statements->items[i].sql);
    statements->count = 0;
}
