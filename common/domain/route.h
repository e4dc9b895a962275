/* Who hears of an alert, by the plan: recipients as keys, and a key's working channels from the table of contacts.
 *     office · area:510823 (county liaison) · it:510823 · it:市交通运输局 · unit:市交通运输局
 * Participants hear nothing unless they ask. An address that contacts of several recipients share is a room
 * (contact.shared): it gets one message a window, whoever of its members has something. Pure. */
#ifndef DUBAN_DOMAIN_ROUTE_H
#define DUBAN_DOMAIN_ROUTE_H

#include "common/domain/alert.h"

enum { RECIPIENT_MAX = 160, RECIPIENTS_MAX = 24 };

struct recipients {
    char keys[RECIPIENTS_MAX][RECIPIENT_MAX]; /* each once */
    bool reachable[RECIPIENTS_MAX];           /* a working channel leads to it; always so of the office */
    size_t count;
};

/* step: of the alert ("urged" goes the alert's own way, "yellow_card" and "red_card" are proposals, "issued" and
 * "withdrawn" go to all); NULL = its first. Participants hear of it where their contact asks (订阅). */
void route_cell(const struct plan *plan, enum alert_rule rule, const char *step, const struct cell *cell,
                struct recipients *out);
void route_stream(const struct plan *plan, enum alert_rule rule, const char *step, const struct stream_facts *stream,
                  struct recipients *out);
void route_house(struct recipients *out); /* what the house says of itself: the office */
/* What only the office may read, of a rule or a step: never put into a room it shares with others. */
bool route_is_private(enum alert_rule rule, const char *step);

/* The contacts of a key that can be reached (channel known, address not empty). Fills at most capacity; returns how many
 * there are. 0 = unroutable: the office gets it, marked. */
size_t route_contacts(const struct plan *plan, const char *recipient, const struct contact **out, size_t capacity);
/* The key of a contact's recipient; "" for one that is nobody's. */
void route_recipient_of(const struct plan *plan, const struct contact *contact, char out[RECIPIENT_MAX]);
/* "room:wecom:office-room": the key of the room that a shared contact speaks to. What follows a "?" of an address is
 * replaced by a sum of it: it is often a key. */
void route_room(const struct contact *contact, char *out, size_t capacity);
/* "青川县", "市交通运输局", "青川县信息员", the office's own name; of a room its channel and name: "群 office-room". */
void route_words(const struct plan *plan, const char *recipient, char *out, size_t capacity);

#endif
