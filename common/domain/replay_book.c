#include "common/domain/replay_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/domain/due.h"

static const uint8_t no_decision[EVENT_UID_BYTES];

static bool room(struct book *book, void **items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) return true;
    size_t more = *capacity ? 2 * *capacity : 16;
    void *grown = realloc(*items, more * size);
    if (!grown) {
        book->failed = true;
        return false;
    }
    *items = grown;
    *capacity = more;
    return true;
}

void book_finish(struct book *book) {
    for (size_t i = 0; i < book->alert_count; i++)
        free(book->alerts[i].answers);
    free(book->alerts);
    free(book->notices);
    *book = (struct book){0};
}

size_t book_standing(const struct book *book, struct alert out[BOOK_STANDING_MAX], size_t rows[BOOK_STANDING_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < book->alert_count && count < BOOK_STANDING_MAX; i++) {
        if (!book->alerts[i].stands) continue;
        rows[count] = i;
        out[count] = book->alerts[i].alert;
        out[count++].answers = book->alerts[i].answers; /* they may have moved when they grew */
    }
    return count;
}

/* --- notices --- */

static bool is_step(const struct book_notice *notice, const char *step) {
    return strcmp(notice->step, step) == 0;
}
static bool is_decided(const struct book_notice *notice) {
    return is_step(notice, "recovered") || is_step(notice, "issued") || is_step(notice, "withdrawn");
}
static enum alert_rung rung_of(const struct book_notice *notice) {
    for (enum alert_rung rung = RUNG_URGED; rung <= RUNG_RED_CARD; rung++)
        if (is_step(notice, alert_rung_step(rung))) return rung;
    return RUNG_REMINDED;
}

static struct book_notice *find(struct book *book, size_t alert, const char *step, const uint8_t *decision,
                                const char *recipient, const char *meant_for) {
    for (size_t i = 0; i < book->notice_count; i++) {
        struct book_notice *n = &book->notices[i];
        if (n->alert == alert && n->opening == book->alerts[alert].opening && is_step(n, step) && memcmp(n->decision, decision, EVENT_UID_BYTES) == 0 &&
            strcmp(n->recipient, recipient) == 0 && strcmp(n->meant_for, meant_for) == 0)
            return n;
    }
    return NULL;
}

/* Once each; one that was dropped waits again where `revive`. */
static void note(struct book *book, size_t alert, const char *step, const uint8_t *decision, const char *recipient,
                 const char *meant_for, struct instant window, bool revive) {
    struct book_notice *n = find(book, alert, step, decision, recipient, meant_for);
    if (n && (n->state != BOOK_DROPPED || !revive)) return;
    if (!n) {
        void *items = book->notices;
        if (!room(book, &items, book->notice_count, &book->notice_capacity, sizeof *book->notices)) return;
        book->notices = items;
        n = &book->notices[book->notice_count++];
        *n = (struct book_notice){.alert = alert, .opening = book->alerts[alert].opening, .window = INSTANT_NONE};
        (void)snprintf(n->step, sizeof n->step, "%s", step);
        memcpy(n->decision, decision, EVENT_UID_BYTES);
        (void)snprintf(n->recipient, sizeof n->recipient, "%s", recipient);
        (void)snprintf(n->meant_for, sizeof n->meant_for, "%s", meant_for);
        n->state = book->alerts[alert].back_filled && !is_decided(n) ? BOOK_KEPT : BOOK_WAITING;
    } else {
        n->state = BOOK_WAITING;
    }
    n->not_before = window;
}

/* Nobody is left out: whom no channel reaches, the office hears for. */
static void note_all(struct book *book, const struct alert_case *judged, size_t alert, const char *step,
                     const uint8_t *decision) {
    struct recipients recipients;
    struct instant window = due_window(judged->plan, judged->now);
    route_cell(judged->plan, book->alerts[alert].alert.rule, step, judged->cell, &recipients);
    for (size_t i = 0; i < recipients.count; i++) {
        const char *key = recipients.keys[i];
        bool reached = recipients.reachable[i];
        note(book, alert, step, decision, reached ? key : "office", reached ? "" : key, window, true);
    }
}

static bool was_told(const struct plan *plan, const struct book_notice *notice) {
    return notice->state == BOOK_SAID && !*notice->meant_for && route_contacts(plan, notice->recipient, NULL, 0) > 0;
}

/* Who was told of it (of: of that step; NULL = of any) hears what came of it. */
static void note_told(struct book *book, const struct alert_case *judged, size_t alert, const char *of,
                      const char *step, const uint8_t *decision) {
    struct instant window = due_window(judged->plan, judged->now);
    size_t count = book->notice_count;
    for (size_t i = 0; i < count; i++) {
        const struct book_notice *told = &book->notices[i];
        if (told->alert != alert || is_step(told, "recovered") || (of && !is_step(told, of))) continue;
        if (!was_told(judged->plan, told)) continue;
        char recipient[RECIPIENT_MAX];
        memcpy(recipient, told->recipient, sizeof recipient); /* the list may move */
        note(book, alert, step, decision, recipient, "", window, false);
    }
}

/* What is over before it was said is not said; who has answered is not urged, but hears what else is new. */
static void drop_unsaid(struct book *book, size_t alert, enum alert_state to) {
    for (size_t i = 0; i < book->notice_count; i++) {
        struct book_notice *n = &book->notices[i];
        if (n->alert != alert || n->state != BOOK_WAITING || is_decided(n)) continue;
        if (to != ALERT_PROMISED || rung_of(n) > RUNG_REMINDED) n->state = BOOK_DROPPED;
    }
}

static void take_back_issue(struct book *book, const struct alert_case *judged, size_t alert, const uint8_t *decision) {
    for (size_t i = 0; i < book->notice_count; i++) {
        struct book_notice *n = &book->notices[i];
        if (n->alert == alert && n->state == BOOK_WAITING && is_step(n, "issued")) n->state = BOOK_DROPPED;
    }
    note_told(book, judged, alert, "issued", "withdrawn", decision);
}

/* --- alerts --- */

static size_t find_key(const struct book *book, const char *key) {
    for (size_t i = 0; i < book->alert_count; i++)
        if (strcmp(book->alerts[i].alert.key, key) == 0) return i;
    return NO_INDEX;
}

/* One whose cause came back after it was over has the same key: it opens again, and keeps what it was asked. */
static size_t open_row(struct book *book, const struct alert *after, const struct alert_want *want) {
    size_t at = find_key(book, after->key);
    if (at != NO_INDEX) {
        struct alert old = book->alerts[at].alert;
        struct alert *again = &book->alerts[at].alert;
        *again = *after;
        again->id = old.id;
        again->issued = old.issued;
        again->answers = old.answers;
        again->answer_count = old.answer_count;
        book->alerts[at].opening += !book->alerts[at].stands;
    } else {
        void *items = book->alerts;
        if (!room(book, &items, book->alert_count, &book->alert_capacity, sizeof *book->alerts)) return NO_INDEX;
        book->alerts = items;
        at = book->alert_count++;
        book->alerts[at] = (struct book_alert){.alert = *after};
        book->alerts[at].alert.id = (int64_t)book->alert_count;
        book->alerts[at].back_filled = day_is(want->about) && want->about.n < instant_day(book->first_loaded).n;
    }
    book->alerts[at].stands = true;
    book->alerts[at].ended_at = INSTANT_NONE;
    return at;
}

static size_t change_row(struct book *book, const struct alert_case *judged, const struct alert *standing, size_t row,
                         const struct alert_change *change) {
    struct book_alert *kept = &book->alerts[row];
    alert_after(judged, standing, NULL, change, &kept->alert);
    kept->stands = change->to != ALERT_RESOLVED;
    if (!kept->stands) kept->ended_at = judged->now;
    return row;
}

static void take_old(struct book *book, const struct alert_case *judged, size_t row,
                     const struct alert_change *change) {
    if (change->to != ALERT_OPEN) drop_unsaid(book, row, change->to);
    if (change->recovered) note_told(book, judged, row, NULL, "recovered", no_decision);
    if (change->office_recovered)
        note(book, row, "recovered", no_decision, "office", "", due_window(judged->plan, judged->now), false);
}

static void say(struct book *book, const struct alert_case *judged, size_t row, const struct alert_change *change) {
    const uint8_t *decision = change->decision < judged->count ? judged->events[change->decision].uid : no_decision;
    if (change->say) note_all(book, judged, row, change->step, no_decision);
    if (change->also && strcmp(change->also, "withdrawn") == 0)
        take_back_issue(book, judged, row, decision);
    else if (change->also)
        note_all(book, judged, row, change->also, decision);
}

void book_take(struct book *book, const struct alert_case *judged, const struct alert_wants *wants,
               const struct alert *standing, const size_t *rows, const struct alert_changes *changes) {
    size_t of[ALERT_CHANGES_MAX];
    for (size_t i = 0; i < changes->count; i++) {
        const struct alert_change *c = &changes->items[i];
        of[i] = NO_INDEX;
        if (c->standing == NO_INDEX) continue;
        of[i] = change_row(book, judged, &standing[c->standing], rows[c->standing], c);
        take_old(book, judged, of[i], c);
    }
    for (size_t i = 0; i < changes->answer_count; i++) {
        const struct answer_change *a = &changes->answers[i];
        book->alerts[rows[a->standing]].answers[a->answer].outcome = a->outcome;
    }
    for (size_t i = 0; i < changes->count; i++) {
        const struct alert_change *c = &changes->items[i];
        if (c->standing == NO_INDEX) {
            struct alert after;
            alert_after(judged, NULL, &wants->items[c->want], c, &after);
            of[i] = open_row(book, &after, &wants->items[c->want]);
        }
        if (of[i] != NO_INDEX) say(book, judged, of[i], c);
    }
}

bool book_answer(struct book *book, enum alert_rule rule, const struct alert_answer *answer) {
    for (size_t i = 0; i < book->alert_count; i++) {
        struct book_alert *kept = &book->alerts[i];
        if (!kept->stands || kept->alert.rule != rule) continue;
        void *items = kept->answers;
        if (!room(book, &items, kept->alert.answer_count, &kept->answer_capacity, sizeof *kept->answers)) return false;
        kept->answers = items;
        kept->answers[kept->alert.answer_count++] = *answer;
        kept->alert.answers = kept->answers;
        return true;
    }
    return false;
}

/* --- windows --- */

struct instant book_window_next(const struct book *book) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < book->notice_count; i++)
        if (book->notices[i].state == BOOK_WAITING) next = due_earlier(next, book->notices[i].not_before);
    return next;
}

static bool called_for(const struct alert_wants *wants, const struct alert *alert) {
    for (size_t i = 0; i < wants->count; i++) {
        const struct alert_want *want = &wants->items[i];
        if (want->rule == alert->rule && want->period.n == alert->period.n && want->file == alert->file)
            return !want->stands_only && !want->inhibit;
    }
    return false;
}

/* What a person decided, and that something is over, is said in any case. */
static bool still_true(const struct book *book, const struct book_notice *notice, const struct alert_wants *wants) {
    const struct alert *alert = &book->alerts[notice->alert].alert;
    if (is_decided(notice)) return true;
    return alert->state != ALERT_RESOLVED && alert->state != ALERT_SUPPRESSED && called_for(wants, alert);
}

/* The rung its alert stands on, said to one whom it is meant for: not the office in another's place. */
static bool counts(const struct alert *alert, const struct book_notice *notice) {
    if (instant_is(alert->rung_said_at) || *notice->meant_for || is_decided(notice)) return false;
    bool office = strcmp(notice->recipient, "office") == 0;
    return rung_of(notice) == alert->rung && office == route_is_private(alert->rule, notice->step);
}

struct instant book_window(struct book *book, const struct alert_case *judged, const struct alert_wants *wants) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < book->notice_count; i++) {
        struct book_notice *n = &book->notices[i];
        if (n->state != BOOK_WAITING || !instant_is(n->not_before) || n->not_before.ms > judged->now.ms) continue;
        n->state = still_true(book, n, wants) ? BOOK_SAID : BOOK_DROPPED;
        n->window = judged->now;
        struct book_alert *kept = &book->alerts[n->alert];
        if (n->state != BOOK_SAID || !kept->stands || !counts(&kept->alert, n)) continue;
        kept->alert.rung_said_at = judged->now;
        kept->alert.answers = kept->answers;
        next = due_earlier(next, alert_ladder_next(judged, &kept->alert));
    }
    return next;
}
