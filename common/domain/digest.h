/* The words of what leaves the house (MESSAGES: the alert on a phone). One message per recipient and window: a single
 * item, or several, worst first. Line 1 has at most 40 characters: state, county, short name, done/goal unit, one number.
 * No colour word before a release, no adjective, nothing of others in a message to one. Pure. */
#ifndef DUBAN_DOMAIN_DIGEST_H
#define DUBAN_DOMAIN_DIGEST_H

#include "common/base/buffer.h"
#include "common/domain/route.h"

enum { FIRST_LINE_CHARS_MAX = 40, DIGEST_ITEMS_MAX = 30 };

/* One alert, with what is known of its subject at the window. Everything is borrowed. */
struct digest_item {
    enum alert_rule rule;
    const char *step; /* "recovered": it is over */
    const char *cause; /* of the recovery */
    const struct cell *cell; /* NULL for a stream's */
    const struct assessment *assessment;
    struct instant reported_at;     /* of the newest figure; INSTANT_NONE */
    struct slice words, words_unit; /* the reporter's own, of the newest report; NULL = 没有填 */
    const struct stream_facts *stream;
    const struct receipt *receipt; /* of 退回 */
    struct instant opened_at;
    const char *others;     /* "青川县、市交通运输局": who gets it too; NULL = nobody */
    const char *meant_for;  /* unroutable: whom it was meant for; NULL */
    const char *past;       /* number of the message this one answers to ("D21-0908-04"); NULL */
};

/* <0 when a comes first: worst first, then plan order, then area code. Total and stable for qsort. */
int digest_compare(const struct plan *plan, const struct digest_item *a, const struct digest_item *b);

void digest_first_line(const struct plan *plan, const struct digest_item *item, struct instant now,
                       struct buffer *out);
/* The whole text, first line included, number at the end. items are sorted. */
void digest_message(const struct plan *plan, const char *recipient, const struct digest_item *items, size_t count,
                    struct instant now, const char *number, struct buffer *out);
/* "D21-1108-05" */
void digest_number(struct day day, unsigned ordinal, char out[32]);

#endif
