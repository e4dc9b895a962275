/* Who hears of an alert, by the plan: recipients as keys, and a key's working channels from the table of contacts.
 *     office · area:510823 (county liaison) · it:510823 · it:市交通运输局 · unit:市交通运输局
 * Participants hear nothing. Pure. */
#ifndef DUBAN_DOMAIN_ROUTE_H
#define DUBAN_DOMAIN_ROUTE_H

#include "common/domain/alert.h"

enum { RECIPIENT_MAX = 160, RECIPIENTS_MAX = 24 };

struct recipients {
    char keys[RECIPIENTS_MAX][RECIPIENT_MAX]; /* each once */
    size_t count;
};

void route_cell(const struct plan *plan, enum alert_rule rule, const struct cell *cell, struct recipients *out);
void route_stream(const struct plan *plan, enum alert_rule rule, const struct stream_facts *stream,
                  struct recipients *out);

/* The contacts of a key that can be reached (channel known, address not empty). Fills at most capacity; returns how many
 * there are. 0 = unroutable: the office gets it, marked. */
size_t route_contacts(const struct plan *plan, const char *recipient, const struct contact **out, size_t capacity);
/* "青川县", "市交通运输局", "青川县信息员", the office's own name. */
void route_words(const struct plan *plan, const char *recipient, char *out, size_t capacity);

#endif
