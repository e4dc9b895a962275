/* Who sends a request: an account by its session, a name by a trusted proxy, somebody by the settings, or nobody.
 * Filled in by access.h. */
#ifndef DUBAN_BOARD_VISITOR_H
#define DUBAN_BOARD_VISITOR_H

#include "services/board/job.h"
#include "services/board/token.h"

enum { VISITOR_NAME_MAX = 96 };
struct visitor {
    bool known; /* an account, or the rehearsal's liberty; else the public */
    struct scope_copy scope;
    int64_t account, session;    /* ids; 0 = none */
    char name[VISITOR_NAME_MAX]; /* of the account; "" = none */
    char csrf[CSRF_TEXT_MAX];    /* what he must send with what he changes; "" = he may change nothing */
};

#endif
