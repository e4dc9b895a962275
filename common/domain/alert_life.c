#include "common/domain/alert_life.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/alert_answers.h"
#include "common/domain/alert_ladder.h"
#include "common/domain/due.h"

/* --- steps --- */

/* A due day is what an approaching one is about: another day is another matter. */
static bool same_subject(const struct alert *standing, const struct alert_want *w) {
    if (standing->rule == ALERT_DUE_SOON && w->rule == ALERT_DUE_SOON && strcmp(standing->key, w->key) != 0)
        return false;
    return standing->rule == w->rule && standing->period.n == w->period.n && standing->file == w->file &&
           standing->message == w->message;
}

static unsigned step_rank(const char *step) {
    static const char *const later[] = {"7", "red", "days_3"};
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
        if (strcmp(step, later[i]) == 0) return 2;
    return 1;
}

static const char *step_cause(enum alert_rule rule) {
    return rule == ALERT_DUE_SOON ? "nearer" : rule == ALERT_CORRECTION ? "waiting" : "worse";
}

static bool tells_recovery(enum alert_rule rule, const char *cause) {
    if (rule == ALERT_DUE_SOON || rule == ALERT_REVIEW || rule == ALERT_CORRECTION) return false;
    return alert_cause_class(cause) == CAUSE_PROGRESS || strcmp(cause, "corrected") == 0;
}

static void change(struct alert_changes *out, struct alert_change item) {
    if (out->count < ALERT_CHANGES_MAX) out->items[out->count++] = item;
}

static struct alert_change unchanged(const struct alert *alert, size_t standing, size_t want) {
    return (struct alert_change){.standing = standing,
                                 .want = want,
                                 .to = alert->state,
                                 .step = alert->step,
                                 .rung = alert->rung,
                                 .issued = alert->issued,
                                 .rung_at = alert->rung_at,
                                 .rung_said_at = alert->rung_said_at,
                                 .decision = NO_INDEX};
}

/* --- one that stands and is called for --- */

struct life {
    const struct alert_case *judged;
    const struct alert_want *want;
    const struct alert *alert;
    size_t index;
    size_t promise; /* NO_INDEX = none */
    bool newer_promise;
    struct alert_change change;
    struct alert_changes *out;
};

static bool stood_still(const struct alert *alert) {
    return alert->state == ALERT_SUPPRESSED || alert->state == ALERT_PROMISED;
}

static void suppress(struct life *life, const char *inhibit) {
    const struct alert *alert = life->alert;
    life->change.to = ALERT_SUPPRESSED;
    bool same = alert->state == ALERT_SUPPRESSED && (!*alert->cause || strcmp(alert->cause, inhibit) == 0);
    if (!same || life->change.cause) life->change.cause = inhibit;
}

static void raise_rung(struct life *life) {
    struct alert_change *c = &life->change;
    c->rung++;
    c->rung_at = life->judged->now;
    c->rung_said_at = INSTANT_NONE;
    c->also = alert_rung_step(c->rung);
}

/* "At the end of its day and still called for": the next rung at once. A rung that never left the house is said first:
 * nobody is urged for a question he was not asked. */
static void break_promise(struct life *life) {
    struct alert_change *c = &life->change;
    const struct alert_case *judged = life->judged;
    alert_answer_becomes(life->out, life->index, life->promise, PROMISE_BROKEN);
    c->to = ALERT_OPEN;
    c->cause = "promise_broken";
    if (c->also) return; /* the office has just spoken itself */
    if (instant_is(life->alert->rung_said_at)) {
        if (c->rung < alert_ladder_top(judged->plan, judged->rules, judged->cell, life->alert->rule)) raise_rung(life);
    } else if (c->rung == RUNG_REMINDED) {
        c->say = true;
    } else {
        c->also = alert_rung_step(c->rung);
    }
}

static void keep_promise_standing(struct life *life, bool further) {
    struct alert_change *c = &life->change;
    c->to = ALERT_PROMISED;
    if (further) c->step = life->want->step;
    if (life->alert->state != ALERT_PROMISED || life->newer_promise)
        c->cause = "promised";
    else if (further && !c->cause)
        c->cause = step_cause(life->want->rule);
}

static void open_or_stay(struct life *life, bool further) {
    struct alert_change *c = &life->change;
    const struct alert *alert = life->alert;
    c->to = ALERT_OPEN;
    if (alert->state == ALERT_SUPPRESSED) {
        c->cause = "again";
        c->say = true;
    } else if (alert->state == ALERT_PROMISED) {
        c->cause = "answer_reversed";
    } else if (further) {
        c->cause = step_cause(life->want->rule);
    }
    if (!further) return;
    c->step = life->want->step;
    c->say = true;
}

/* The ladder of an open alert: what is due is taken, what was taken and not said before it stood still is said now. */
static void climb(struct life *life) {
    struct alert_change *c = &life->change;
    const struct alert_case *judged = life->judged;
    if (c->also || life->want->stands_only) return;
    if (!instant_is(c->rung_said_at)) {
        if (stood_still(life->alert)) c->also = alert_rung_step(c->rung);
        return;
    }
    struct alert now = *life->alert;
    now.rung_said_at = c->rung_said_at;
    struct instant due = alert_ladder_next(judged, &now);
    if (!instant_is(due) || due.ms > judged->now.ms) return;
    raise_rung(life);
    if (!c->cause) c->cause = c->also;
}

/* What got worse is a new question, with a new day to answer it: nobody is urged before that. */
static void ask_anew(struct life *life) {
    struct alert_change *c = &life->change;
    c->to = ALERT_OPEN;
    c->step = life->want->step;
    c->cause = "worse";
    c->say = true;
    if (instant_is(c->rung_said_at)) {
        struct instant window = due_window(life->judged->plan, life->judged->now);
        if (instant_is(window)) c->rung_said_at = window;
    }
    climb(life);
}

static void judge_standing(struct life *life) {
    const struct alert_want *want = life->want;
    const struct alert *alert = life->alert;
    struct alert_change *c = &life->change;
    bool further = want->rank > step_rank(alert->step) && !want->stands_only;
    bool worse = further && strcmp(step_cause(want->rule), "worse") == 0;
    bool promised = life->promise != NO_INDEX;
    bool over =
        promised && !want->stands_only && day_end(alert->answers[life->promise].by_day).ms <= life->judged->now.ms;
    if (worse) {
        if (promised) alert_answer_becomes(life->out, life->index, life->promise, PROMISE_WORSE);
        ask_anew(life);
    } else if (over) {
        if (further) c->step = want->step;
        break_promise(life);
    } else if (promised) {
        keep_promise_standing(life, further);
    } else {
        open_or_stay(life, further);
        climb(life);
    }
}

static void live_on(const struct alert_case *judged, const struct alert_wants *wants, size_t want,
                    const struct alert *alert, size_t index, struct alert_changes *out) {
    struct life life = {.judged = judged,
                        .want = &wants->items[want],
                        .alert = alert,
                        .index = index,
                        .promise = alert_promise(judged, alert),
                        .change = unchanged(alert, index, want),
                        .out = out};
    life.newer_promise = alert_answers_settle(judged, alert, index, life.promise, out);
    alert_issues_take(judged, alert, &life.change);
    if (stood_still(alert) && instant_is(life.change.rung_said_at))
        life.change.rung_said_at = alert_ladder_resume(judged, alert, alert->changed_at, judged->now);
    const char *inhibit = life.want->inhibit;
    if (!inhibit && alert_mute(judged, alert->rule, alert->opened_at) != NO_INDEX) inhibit = "muted";
    if (inhibit)
        suppress(&life, inhibit);
    else
        judge_standing(&life);
    if (life.change.cause) change(out, life.change);
}

/* --- one that is over, one that is new --- */

static void resolve(const struct alert_case *judged, const struct alert *alert, size_t index, const char *cause,
                    struct alert_changes *out) {
    size_t promise = alert_promise(judged, alert);
    (void)alert_answers_settle(judged, alert, index, promise, out);
    enum cause_class ended = alert_cause_class(cause);
    if (promise != NO_INDEX)
        alert_answer_becomes(out, index, promise,
                             ended == CAUSE_PROGRESS  ? PROMISE_KEPT
                             : ended == CAUSE_IGNORED ? PROMISE_WORSE
                                                      : PROMISE_REPLACED);
    struct alert_change over = unchanged(alert, index, NO_INDEX);
    over.to = ALERT_RESOLVED;
    over.cause = cause;
    over.recovered = tells_recovery(alert->rule, cause);
    over.office_recovered = alert_muted_until_resolved(judged, alert);
    change(out, over);
}

static void open_new(const struct alert_case *judged, const struct alert_wants *wants, size_t index,
                     struct alert_changes *out) {
    const struct alert_want *w = &wants->items[index];
    const char *inhibit = w->inhibit;
    if (!inhibit && alert_mute(judged, w->rule, INSTANT_NONE) != NO_INDEX) inhibit = "muted";
    change(out, (struct alert_change){.standing = NO_INDEX,
                                      .want = index,
                                      .to = inhibit ? ALERT_SUPPRESSED : ALERT_OPEN,
                                      .step = w->step,
                                      .cause = inhibit ? inhibit : "called",
                                      .say = !inhibit,
                                      .rung_at = judged->now,
                                      .rung_said_at = INSTANT_NONE,
                                      .decision = NO_INDEX});
}

void alert_life(const struct alert_case *judged, const struct alert_wants *wants, const struct alert *standing,
                size_t count, const char *(*over)(const struct alert *standing, const void *context),
                const void *context, struct alert_changes *out) {
    out->count = out->answer_count = 0;
    bool met[ALERT_WANTS_MAX] = {false};
    for (size_t s = 0; s < count; s++) {
        size_t at = 0;
        while (at < wants->count && (met[at] || !same_subject(&standing[s], &wants->items[at])))
            at++;
        if (at < wants->count) {
            met[at] = true;
            live_on(judged, wants, at, &standing[s], s, out);
        } else {
            resolve(judged, &standing[s], s, over(&standing[s], context), out);
        }
    }
    for (size_t i = 0; i < wants->count; i++)
        if (!met[i] && !wants->items[i].stands_only) open_new(judged, wants, i, out);
}

/* --- afterwards --- */

void alert_after(const struct alert_case *judged, const struct alert *standing, const struct alert_want *want,
                 const struct alert_change *change, struct alert *out) {
    char step[ALERT_WORD_MAX];
    (void)snprintf(step, sizeof step, "%s", change->step); /* may be the standing one's own */
    if (standing) {
        *out = *standing;
    } else {
        *out = (struct alert){.rule = want->rule,
                              .period = want->period,
                              .file = want->file,
                              .message = want->message,
                              .opened_at = judged->now};
        memcpy(out->key, want->key, sizeof out->key);
    }
    memcpy(out->step, step, sizeof out->step);
    (void)snprintf(out->cause, sizeof out->cause, "%s", change->cause);
    out->state = change->to;
    out->changed_at = judged->now;
    out->rung = change->rung;
    out->rung_at = change->rung_at;
    out->rung_said_at = change->rung_said_at;
    out->issued = change->issued;
}

static struct instant next_of(const struct alert_case *judged, const struct alert *alert, bool stands_only) {
    struct instant next = alert_mute_end(judged, alert);
    size_t promise = alert_promise(judged, alert);
    if (alert->state == ALERT_PROMISED && promise != NO_INDEX) {
        struct instant end = day_end(alert->answers[promise].by_day);
        if (end.ms > judged->now.ms) next = due_earlier(next, end);
    }
    struct instant window = due_window(judged->plan, (struct instant){judged->now.ms + 1});
    if (alert_issues_wait(judged, alert)) next = due_earlier(next, window);
    if (alert->state != ALERT_OPEN || stands_only) return next;
    struct instant rung = alert_ladder_next(judged, alert);
    if (instant_is(rung) && rung.ms <= judged->now.ms) rung = window; /* another word went first */
    return due_earlier(next, rung);
}

static const struct alert_change *change_of(const struct alert_changes *changes, size_t standing) {
    for (size_t i = 0; i < changes->count; i++)
        if (changes->items[i].standing == standing) return &changes->items[i];
    return NULL;
}

static bool is_kept_only(const struct alert_wants *wants, const struct alert *alert) {
    for (size_t i = 0; i < wants->count; i++)
        if (same_subject(alert, &wants->items[i])) return wants->items[i].stands_only;
    return false;
}

struct instant alert_life_next(const struct alert_case *judged, const struct alert_wants *wants,
                               const struct alert *standing, size_t count, const struct alert_changes *changes) {
    struct instant next = INSTANT_NONE;
    struct alert after;
    for (size_t s = 0; s < count; s++) {
        const struct alert_change *c = change_of(changes, s);
        if (c && c->to == ALERT_RESOLVED) continue;
        after = standing[s];
        if (c) alert_after(judged, &standing[s], NULL, c, &after);
        next = due_earlier(next, next_of(judged, &after, is_kept_only(wants, &after)));
    }
    for (size_t i = 0; i < changes->count; i++) {
        const struct alert_change *c = &changes->items[i];
        if (c->standing != NO_INDEX) continue;
        alert_after(judged, NULL, &wants->items[c->want], c, &after);
        next = due_earlier(next, next_of(judged, &after, false));
    }
    return next;
}
