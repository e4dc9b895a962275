/* A 黄牌, 红牌 or 通报 that stands as a proposal, and the draft of its text to be signed. */
#ifndef DUBAN_DESK_CARD_H
#define DUBAN_DESK_CARD_H

#include "common/desk/naming.h"
#include "common/domain/draft.h"

struct card {
    struct draft draft; /* borrows from the view and from the rest */
    struct notice_rows notices;
    struct answer_rows answers;
    struct draft_reminder *reminders;
    struct draft_answer *said;
    char (*numbers)[NAMED_NUMBER_MAX];
    char *document;
};

/* The standing alert whose card is proposed. ERROR_CONFLICT: there is none, not of that level, or it is issued already
 * (*issued). */
__attribute__((warn_unused_result)) enum error_code card_proposal(const struct view *view, const struct named *named,
                                                                  enum draft_level level, const struct alert_row **out,
                                                                  bool *issued, struct error *err);
/* What the draft says, but for its document and level; waits for the database. */
__attribute__((warn_unused_result)) enum error_code card_gather(struct pg *pg, const struct view *view, size_t cell,
                                                                const struct alert_row *alert, struct card *out,
                                                                struct error *err);
void card_finish(struct card *card);

#endif
