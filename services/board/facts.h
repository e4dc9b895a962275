/* The facts a document is made of: a programme at a moment, read in one transaction, never changed afterwards. Read by
 * the reader's thread; documents borrow them. */
#ifndef DUBAN_BOARD_FACTS_H
#define DUBAN_BOARD_FACTS_H

#include "common/report/morning.h"
#include "common/report/present.h"
#include "common/store/query_board.h"

struct facts {
    struct view view;
    struct morning morning; /* borrows the view: facts stay where they are */
    struct board_standing standing; /* what was last said of the alerts that stand */
    bool past;              /* a moment was asked for: as_of or known_at */
    bool sample;            /* the installation's clock is a rehearsal's */
    int64_t change;         /* change_no when they were read */
};

struct facts_ask {
    const char *programme;       /* NULL = the only one */
    const struct moment *moment; /* NULL = now */
    struct present *present;     /* for now: what stands, kept from one reading to the next, which the facts borrow until
                                    the next one; NULL = judged from the events */
    struct instant now;
    bool sample;
    int64_t change;
};
/* Inside the caller's transaction; waits for the database. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code facts_load(struct pg *pg, const struct facts_ask *ask,
                                                               struct facts *out, struct error *err);
void facts_finish(struct facts *facts);
/* The moment somebody asked for, as `duban status --as-of … --known-at …` takes it: DAY_NONE, INSTANT_NONE = not given;
 * nothing is known of what is to come. */
struct moment facts_moment(struct day as_of, struct instant known_at, struct instant now);

#endif
