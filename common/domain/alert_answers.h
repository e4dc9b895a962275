/* What people said and decided about one alert: answers and promises, mutes, cards. Read from the events and the
 * answers the store matched, as known at the case's now. For alert_life and alert_ladder. Pure. */
#ifndef DUBAN_DOMAIN_ALERT_ANSWERS_H
#define DUBAN_DOMAIN_ALERT_ANSWERS_H

#include "common/domain/alert_life.h"

/* Whether it names a day. One already over when it was named promises nothing. */
bool alert_answer_promises(const struct alert_answer *given);
/* The newest answer that promises and stands; NO_INDEX. */
size_t alert_promise(const struct alert_case *judged, const struct alert *alert);
/* Notes what answers have come to by themselves (reversed, replaced); true when `promise` took another one's place. */
bool alert_answers_settle(const struct alert_case *judged, const struct alert *alert, size_t index, size_t promise,
                          struct alert_changes *out);
void alert_answer_becomes(struct alert_changes *out, size_t standing, size_t answer, enum answer_outcome outcome);

bool alert_muted_until_resolved(const struct alert_case *judged, const struct alert *alert);
/* The next end of a dated mute that holds it; INSTANT_NONE. */
struct instant alert_mute_end(const struct alert_case *judged, const struct alert *alert);

/* An issue is about the one alert of the cell (or of the county's silence) that can lead to a card: sets issued, rung,
 * also, cause and decision of the change where the office issued a card since it opened, or took one back. */
void alert_issues_take(const struct alert_case *judged, const struct alert *alert, struct alert_change *change);
/* A card that is still to be said: one was taken back first. */
bool alert_issues_wait(const struct alert_case *judged, const struct alert *alert);

#endif
