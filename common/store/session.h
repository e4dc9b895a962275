/* A session with the database of duban: connected, of the right schema, of the right kind for the clock in use.
 * Everything in this room takes the `struct pg` it gives; functions that change something run inside the caller's
 * transaction unless they say that they open their own. All of them may block up to the session's deadline. */
#ifndef DUBAN_STORE_SESSION_H
#define DUBAN_STORE_SESSION_H

#include "common/base/clock.h"
#include "common/link/pg.h"

enum installation_kind { INSTALLATION_REHEARSAL = 1, INSTALLATION_REAL = 2 };

const char *installation_kind_name(enum installation_kind kind); /* "rehearsal", "real" */
bool installation_kind_parse(const char *word, enum installation_kind *out);

struct session_settings {
    const char *conninfo;    /* with user= the role: duban_aggregator, duban_alerter, duban_reader, duban_admin */
    const char *application; /* "duban-alerter" */
    const struct clock *clock; /* NULL: a reader, either kind will do */
    int answer_ms;             /* 0 = 30 s */
};

/* ERROR_CONNECTION: cannot reach it. ERROR_CONFLICT: not migrated, migrated by a newer duban, or a stepped clock with a
 * real installation (or the other way round). */
__attribute__((warn_unused_result)) enum error_code session_open(const struct session_settings *settings,
                                                                 struct pg **out, struct error *err);
/* The same checks on a connection that was reopened. */
__attribute__((warn_unused_result)) enum error_code session_check(struct pg *pg, const struct clock *clock,
                                                                  struct error *err);
__attribute__((warn_unused_result)) enum error_code session_kind(struct pg *pg, enum installation_kind *out,
                                                                 struct error *err);

#endif
