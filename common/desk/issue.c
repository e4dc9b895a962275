/* A 黄牌, 红牌 or 通报 that stands as a proposal is issued by a person, with a document. */
#include "common/desk/desk_parts.h"

enum error_code check_issue(struct desk_case *one, struct pg *pg, struct error *err) {
    const struct alert_row *alert = NULL;
    bool issued = false;
    enum error_code code = desk_names(one, pg, err);
    if (!code && one->naming.count > 1)
        code = error_set(err, ERROR_USAGE, "%s has several items: say which one is meant, %s", one->request->subject[0],
                         one->naming.items[0].number);
    if (!code) code = card_proposal(one->view, &one->naming.items[0], one->level, &alert, &issued, err);
    if (code && !one->unknown && !*one->state) desk_state(one, "没有拟发的%s", draft_level_chinese(one->level));
    if (issued) desk_already(one, "%s已发", draft_level_chinese(one->level));
    if (!code) code = card_gather(pg, one->view, one->naming.items[0].cell, alert, &one->card, err);
    if (code) return code;
    const struct named *named = &one->naming.items[0];
    one->cell = named->cell;
    one->card.draft.level = one->level;
    one->card.draft.document = one->request->document;
    struct desk_decision *issue = desk_make(one, EVENT_ISSUE, named->cell, err);
    if (!issue) return ERROR_MEMORY;
    issue->more.issue.number = slice_of(named->number);
    issue->more.issue.document = slice_of(one->request->document);
    issue->more.issue.level = slice_of(draft_level_word(one->level));
    return ERROR_OK;
}
