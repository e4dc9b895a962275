/* What waits for the office alone (block 二 of the morning view): each with the id and the command that decides it.
 * Pure. */
#ifndef DUBAN_REPORT_DECISIONS_H
#define DUBAN_REPORT_DECISIONS_H

#include <jansson.h>

#include "common/report/view.h"
#include "common/store/query_sent.h"

enum decision_kind {
    DECISION_REVIEW,      /* 核定红灯 */
    DECISION_EXTENSION,   /* 延期申请 */
    DECISION_CLOSE_OUT,   /* 销号核验 */
    DECISION_YELLOW_CARD, /* 拟黄牌 */
    DECISION_RED_CARD,    /* 拟红牌/通报 */
    DECISION_HELD,        /* 更正待核, too long */
    DECISION_UNROUTABLE,  /* 送不到 */
    DECISION_KINDS,
};
enum { DECISION_ID_MAX = 40 };
struct decision {
    enum decision_kind kind;
    size_t cell;                       /* NO_INDEX for unroutable */
    char id[DECISION_ID_MAX];          /* as people type it: "E0007", "K0004", "D21-1101-02/1"; "" = target and area */
    const char *recipient;             /* unroutable: whom it was meant for; borrowed */
    size_t notices;                    /* unroutable: how many */
    const struct extension *extension; /* borrowed */
    const struct close_out *close_out; /* borrowed */
};
struct decisions {
    struct decision *items; /* by kind, then plan order */
    size_t count;
    size_t of_kind[DECISION_KINDS];
};
/* A figure that is held: it does not count until somebody says why. */
struct held_figure {
    size_t cell, event; /* of view->events[cell] */
    struct figure from, to;
    bool has_from;
    struct day as_of;
    struct instant known_at;
};

/* Borrows all of it. false: out of memory. */
__attribute__((warn_unused_result)) bool decisions_find(const struct view *view, const struct held_figure *held,
                                                        size_t held_count, const struct office_notices *notices,
                                                        struct decisions *out);
void decisions_finish(struct decisions *decisions);

void decisions_print(const struct view *view, const struct decisions *decisions, struct buffer *out);
json_t *decisions_json(const struct view *view, const struct decisions *decisions);
json_t *decision_json(const struct view *view, const struct decision *decision);

const char *decision_name(enum decision_kind kind); /* "核定红灯" */
/* "苍溪 校舍面积", "苍溪县" */
void decision_subject(const struct view *view, const struct decision *decision, struct buffer *out);
/* "9/21个", "2021-12-31→2022-03-31 理由：征地" */
void decision_detail(const struct view *view, const struct decision *decision, struct buffer *out);

#endif
