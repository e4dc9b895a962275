/* Two tellings of the same history, by two plans or sets of rules, and what differs between them. Pure: what it tells
 * of has been loaded; nothing is sent or written. */
#ifndef DUBAN_CLI_REHEARSE_H
#define DUBAN_CLI_REHEARSE_H

#include "common/domain/replay.h"
#include "common/domain/rules.h"

/* Kinds of messages as people call them: a rung, a card, the good news, else the alert's rule. */
enum { REHEARSE_KINDS = ALERT_RULES + 6 };
const char *rehearse_kind_name(unsigned kind); /* "slipping" "urged" "recovered" */
const char *rehearse_kind_word(unsigned kind); /* "滞后" "催办" "转好" */

/* An answer of the history, by codes. */
struct rehearse_answer {
    const char *target, *area;
    struct replay_answer given;
};

/* One way to tell it. All is borrowed. */
struct rehearse_by {
    const struct plan *plan;
    const struct light_rules *rules;
    const struct cell_events *events; /* of each of plan->cells */
    const struct rehearse_answer *answers;
    size_t answer_count; /* by known_at */
    const struct instant *loads;
    size_t load_count;
};
struct rehearse_span {
    struct day from, to;     /* what is said on these days is counted */
    struct instant known_at; /* nothing later is looked at */
};

/* One line to one recipient in one window. */
struct rehearse_item {
    const char *target, *area; /* codes, of the plan */
    size_t cell;
    unsigned kind;
    char step[ALERT_WORD_MAX], recipient[RECIPIENT_MAX], meant_for[RECIPIENT_MAX];
    struct instant window;
    struct day due; /* of the cell, as it is known at the end; DAY_NONE */
    enum replay_outcome outcome;
    bool in_time; /* said on the due day or before */
};
struct rehearse_reds {
    size_t total, real, false_alarm, open; /* that began on the due day or before, by what became of the target */
    size_t late;                           /* after it: overdue, no warning */
};
struct rehearse_telling {
    struct rehearse_item *items; /* said within the span; by target, area, kind, step, window, recipient */
    size_t count, capacity;
    struct rehearse_reds reds;
    size_t missed, warned; /* targets whose due day lies in the span and that were missed; slipping was said before */
    int32_t *days_ahead;   /* of the warned, in order; from the first word to the due day */
    size_t days_capacity;
    size_t ends[CAUSE_FALSE + 1]; /* alerts that ended in the span, by class */
    size_t standing;              /* at its end */
    bool failed;                  /* no memory */
};
/* false: no memory. *out is initialised either way. */
__attribute__((warn_unused_result)) bool rehearse_tell(const struct rehearse_by *by, const struct rehearse_span *span,
                                                       struct rehearse_telling *out);
void rehearse_telling_finish(struct rehearse_telling *telling);
/* Days, the middle one; of an even number the smaller of the two. 0 without any. */
int32_t rehearse_median_ahead(const struct rehearse_telling *telling);

struct rehearse_comparison {
    struct {
        size_t now, then, more, fewer;
        size_t before_miss_now, before_miss_then; /* said in time about a target that was missed */
    } kinds[REHEARSE_KINDS];
    struct rehearse_recipient {
        char key[RECIPIENT_MAX];
        size_t now, then, more, fewer; /* messages: one a window */
    } * recipients;                    /* by key */
    size_t recipient_count;
    struct rehearse_difference {
        const struct rehearse_item *item;
        bool more;   /* the new rules alone say it; else the present ones alone */
    } * differences; /* the worst first; those of one line, to several recipients, are neighbours */
    size_t difference_count;
};
__attribute__((warn_unused_result)) bool rehearse_compare(const struct rehearse_telling *now,
                                                          const struct rehearse_telling *then,
                                                          struct rehearse_comparison *out);
void rehearse_comparison_finish(struct rehearse_comparison *comparison);

#endif
