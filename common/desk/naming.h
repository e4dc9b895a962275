/* What a command is about, as people name it: by the number of a message (D21-1108-05), by one of its items
 * (D21-1108-05/2), or as TARGET AREA. */
#ifndef DUBAN_DESK_NAMING_H
#define DUBAN_DESK_NAMING_H

#include "common/report/view.h"
#include "common/store/query_answer.h"

enum { NAMED_NUMBER_MAX = 48 };

struct named {
    char number[NAMED_NUMBER_MAX]; /* "D21-1108-05/2"; "" = named by target and area */
    bool whole;                    /* one of all items of a message named without an item */
    size_t cell;                   /* NO_INDEX = a stream's, or none of the plan */
    int64_t alert;                 /* 0 = named by target and area */
    const struct said_item *said;  /* NULL = named by target and area */
};
struct naming {
    struct named *items; /* each alert once for each message */
    size_t count;
    struct said_items *said; /* of each message named */
    size_t said_count;
};

/* words: NUMBER[/ITEM] … (-02 for another of the first one's day), or TARGET AREA. ERROR_NOT_FOUND names the numbers or
 * items there are. *out is initialised either way. */
__attribute__((warn_unused_result)) enum error_code naming_read(struct pg *pg, const struct view *view,
                                                                const char *const *words, size_t count,
                                                                struct naming *out, struct error *err);
void naming_finish(struct naming *naming);

/* Whether the words begin with the number of a message. */
bool naming_is_number(const char *word);
/* "苍溪 融合试点村", of a stream its unit. */
void named_words(const struct view *view, const struct named *named, struct buffer *out);
/* The standing alert, with its state and rung; NULL = it is over, or none was named. */
const struct alert_row *named_alert(const struct view *view, const struct named *named);

#endif
