/* The alerts that stand as one scope may see them, each with what was last said of it, what was promised and its next
 * step. Pure. */
#ifndef DUBAN_BOARD_DOCUMENT_ALERT_H
#define DUBAN_BOARD_DOCUMENT_ALERT_H

#include "common/domain/alert.h"
#include "services/board/document_silence.h"

/* Answers by the alert they answer. */
struct answer_index {
    const struct answer_row **items; /* heap; by alert, then as they came */
    size_t count;
};
bool answer_index_make(const struct facts *facts, struct answer_index *out); /* false: no memory */
void answer_index_finish(struct answer_index *index);

struct seen_alert {
    const struct alert_row *row;
    const struct board_said *said; /* NULL = not said yet */
    enum alert_rule rule;
    size_t cell;                 /* NO_INDEX: a stream's or the house's */
    const struct stream *stream; /* NULL */
    enum alert_rung rung;        /* as this scope may know it */
    const char *step;            /* the same */
};
/* false: it is not this scope's. */
bool alert_seen(const struct sight *sight, const struct alert_row *row, struct seen_alert *out);

struct next_step {
    enum alert_rung rung;
    struct day on;        /* DAY_NONE: nothing comes by itself */
    bool after_promise;   /* only when the promise fails */
};
struct next_step alert_next_step(const struct sight *sight, const struct answer_index *answers,
                                 const struct seen_alert *alert);
/* The promise that stands; NULL. */
const struct answer_row *alert_promise_of(const struct answer_index *answers, int64_t alert);
json_t *alert_seen_json(const struct sight *sight, const struct answer_index *answers, const struct seen_alert *alert);
/* "青川 直连道路", "剑阁县", "本系统" */
void alert_subject_words(const struct sight *sight, const struct seen_alert *alert, struct buffer *out);

/* --- lists --- */

/* Which alerts a list is asked for; what is NULL or NO_INDEX asks for all. */
struct alert_choice {
    const char *state;
    size_t area, target, task, unit; /* unit: of the stream, or leading the cell's task */
};
static inline struct alert_choice alert_choice_all(void) {
    return (struct alert_choice){NULL, NO_INDEX, NO_INDEX, NO_INDEX, NO_INDEX};
}
struct alert_list {
    struct seen_alert *items; /* heap; gravest first: by rung, rule, the longest open */
    size_t count;
};
bool alert_list_make(const struct sight *sight, const struct alert_choice *choice, struct alert_list *out);
void alert_list_finish(struct alert_list *list);
bool alert_chosen(const struct sight *sight, const struct alert_choice *choice, const struct seen_alert *alert);
/* Sets "alerts" (at most a page of them) and "alerts_total" of a document about something else. false: no memory. */
bool alerts_of_json(const struct sight *sight, const struct alert_choice *choice, json_t *document);

#endif
