/* The two shapes of a message: one item at length, several as a list. Used by digest.c alone. Pure. */
#ifndef DUBAN_DOMAIN_DIGEST_LIST_H
#define DUBAN_DOMAIN_DIGEST_LIST_H

#include "common/domain/saying.h"

void digest_single(const struct digest_view *view, const struct digest_item *item, struct buffer *out);
void digest_list(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out);

void digest_first(struct buffer *line, struct buffer *out); /* at most 40 characters of it */
const char *digest_section(const struct digest_item *item); /* "红", "逾期": the word it stands under on a list */
bool digest_before(const struct digest_item *a, const struct digest_item *b);     /* its section is the worse */
bool digest_severe(const struct digest_item *item);                               /* 督办 催办 逾期 红 回落 */
bool digest_is_red(const struct digest_item *item);                               /* shown red, said as such */
bool digest_asks(const struct digest_view *view, const struct digest_item *item); /* an answer is asked for */
/* "市两改办 值班 0839-…": the office as one calls it; its name alone where the plan has no line. */
void digest_office(const struct digest_view *view, struct buffer *out);

/* A message of several items in the making. */
struct digest_page {
    const struct digest_view *view;
    const struct digest_item *items;
    size_t count, shown;
    bool room, office, one_area; /* one_area: a county's own, which need not be named in each line */
    bool some_severe;
    bool due_together; /* what is due soon is due on one day */
    bool *marked;      /* by items; in use while numbers are gathered */
};
bool digest_over(const struct digest_item *item); /* nothing is to be done about it any more */
bool digest_due_soon(const struct digest_item *item);
void digest_tail(const struct digest_page *list, struct buffer *out);

#endif
