/* What a store keeps of one cell's alerts and their notices, in memory: for the replay alone. The rules of keeping are
 * those of common/store/alert.h: a notice is said once, one dropped with its alert comes back with it, whoever was told
 * hears that it is over. Pure. */
#ifndef DUBAN_DOMAIN_REPLAY_BOOK_H
#define DUBAN_DOMAIN_REPLAY_BOOK_H

#include "common/domain/alert.h"
#include "common/domain/route.h"

enum { BOOK_STANDING_MAX = ALERT_CHANGES_MAX - ALERT_WANTS_MAX };

struct book_alert {
    struct alert alert; /* its answers are the book's */
    bool stands, back_filled;
    unsigned opening; /* one more each time its cause came back after it was over: then it is said anew */
    struct instant ended_at;
    struct alert_answer *answers;
    size_t answer_capacity;
};
enum book_state { BOOK_WAITING, BOOK_SAID, BOOK_DROPPED, BOOK_KEPT };
struct book_notice {
    size_t alert;
    unsigned opening;
    char step[ALERT_WORD_MAX];
    uint8_t decision[EVENT_UID_BYTES]; /* of an issue or what took it back; zeros */
    char recipient[RECIPIENT_MAX], meant_for[RECIPIENT_MAX];
    enum book_state state;
    struct instant not_before, window;
};
struct book {
    struct instant first_loaded; /* what is about an earlier day is kept, not said */
    struct book_alert *alerts;
    size_t alert_count, alert_capacity;
    struct book_notice *notices;
    size_t notice_count, notice_capacity;
    bool failed; /* no memory: incomplete */
};
void book_finish(struct book *book);

/* Those that stand, as alert_life wants them. rows: their places in the book. */
size_t book_standing(const struct book *book, struct alert out[BOOK_STANDING_MAX], size_t rows[BOOK_STANDING_MAX]);
/* What alert_life found, written down. */
void book_take(struct book *book, const struct alert_case *judged, const struct alert_wants *wants,
               const struct alert *standing, const size_t *rows, const struct alert_changes *changes);
/* Given to the alert of this rule that stands; false: there is none. */
bool book_answer(struct book *book, enum alert_rule rule, const struct alert_answer *answer);

/* The window that the next notice waits for; INSTANT_NONE. */
struct instant book_window_next(const struct book *book);
/* A window: what is still true is said. Returns when the next rung of what was said is due; INSTANT_NONE. */
struct instant book_window(struct book *book, const struct alert_case *judged, const struct alert_wants *wants);

#endif
