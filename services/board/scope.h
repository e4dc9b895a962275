/* Who looks, and what of the programme is theirs to see and to decide: pure answers of a role, its area or its unit.
 * What is not theirs is answered like what does not exist. The database holds the same line by row-level security. */
#ifndef DUBAN_BOARD_SCOPE_H
#define DUBAN_BOARD_SCOPE_H

#include "common/report/view.h"

enum role {
    ROLE_PUBLIC, /* nobody: the overview, where the settings allow it */
    ROLE_VIEWER, /* reads everything but what waits for the office's decision */
    ROLE_COUNTY, /* the cells of its own area */
    ROLE_LEAD,   /* the cells of the tasks its unit leads */
    ROLE_OFFICE, /* reads and decides everything */
    ROLE_ADMIN,  /* the same */
};
enum { ROLES = ROLE_ADMIN + 1, SCOPE_KEY_MAX = 160 };

struct scope {
    enum role role;
    const char *area; /* code, of ROLE_COUNTY; else NULL. Borrowed */
    const char *unit; /* canonical name, of ROLE_LEAD; else NULL. Borrowed */
};

const char *role_word(enum role role);              /* "public" "viewer" "county" "lead" "office" "admin" */
bool role_parse(const char *word, enum role *role); /* of an account: never "public" */

/* What tells one scope's documents from another's, and the setting duban.scope of its database connection:
 * "office" (admin too), "viewer", "public", "area:510823", "unit:市住建局". Cut to size. */
void scope_key(const struct scope *scope, char out[SCOPE_KEY_MAX]);
bool scope_equal(const struct scope *left, const struct scope *right); /* see and may the same */

/* --- rows; indexes of view->plan --- */

bool scope_sees_cell(const struct scope *scope, const struct view *view, size_t cell);
bool scope_sees_area(const struct scope *scope, const struct view *view, size_t area);
bool scope_sees_task(const struct scope *scope, const struct view *view, size_t task);     /* with one cell it sees */
bool scope_sees_target(const struct scope *scope, const struct view *view, size_t target); /* the same */
bool scope_sees_unit(const struct scope *scope, const struct view *view, size_t unit);
/* The feeds and files of a stream (by its name); a county's: streams of its area alone. */
bool scope_sees_stream(const struct scope *scope, const struct view *view, const char *stream);
/* Reds that wait for release, and what else waits for the office: proposals, decisions. */
bool scope_sees_unreleased(const struct scope *scope);

/* --- resources and verbs; what is not listed in scope.c nobody may --- */

/* resource: the first part of a path under /api/v1: "overview", "areas", …, "events", "session". */
bool scope_may_read(const struct scope *scope, const char *resource);
/* verb: "release", "promise", …. Whether it may be done to a certain cell is said by scope_sees_cell. */
bool scope_may(const struct scope *scope, const char *verb);
/* The verbs there are, in the order of the page's buttons; NULL ends. */
extern const char *const scope_verbs[];

#endif
