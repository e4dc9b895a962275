#include "common/domain/alert_answers.h"

#include "common/domain/decision.h"
#include "common/domain/due.h"
#include "proto/more.h"

/* --- mutes --- */

/* Whether a mute of the office holds an alert. "Until resolved" is about what stood when it was said: what opens later
 * is new. */
static bool mute_holds(const struct alert_case *judged, size_t at, enum alert_rule rule, struct instant opened_at,
                       struct day *until) {
    const struct cell_event *event = &judged->events[at];
    struct more more;
    enum alert_rule meant;
    if (!decision_stands(judged->events, judged->count, at, EVENT_MUTE, judged->now) ||
        more_decode(EVENT_MUTE, event->more, &more) != PROTO_OK)
        return false;
    if (more.mute.rule.ptr && (!alert_rule_find(more.mute.rule, &meant) || meant != rule)) return false;
    if (judged->stream && event->note.ptr && !slice_is(event->note, judged->stream)) return false;
    *until = more.mute.until;
    if (day_is(*until)) return judged->now.ms < day_end(*until).ms;
    return instant_is(opened_at) && opened_at.ms <= event->known_at.ms;
}

size_t alert_mute(const struct alert_case *judged, enum alert_rule rule, struct instant opened_at) {
    size_t found = NO_INDEX;
    struct day until, longest = {INT32_MIN};
    for (size_t i = 0; i < judged->count; i++) {
        if (!mute_holds(judged, i, rule, opened_at, &until)) continue;
        if (!day_is(until)) return i;
        if (until.n >= longest.n) found = i;
        if (until.n >= longest.n) longest = until;
    }
    return found;
}

bool alert_muted_until_resolved(const struct alert_case *judged, const struct alert *alert) {
    size_t at = alert_mute(judged, alert->rule, alert->opened_at);
    struct more more;
    return at != NO_INDEX && more_decode(EVENT_MUTE, judged->events[at].more, &more) == PROTO_OK &&
           !day_is(more.mute.until);
}

struct instant alert_mute_end(const struct alert_case *judged, const struct alert *alert) {
    struct instant next = INSTANT_NONE;
    for (size_t i = 0; i < judged->count; i++) {
        struct day until;
        if (!mute_holds(judged, i, alert->rule, alert->opened_at, &until) || !day_is(until)) continue;
        next = due_earlier(next, day_end(until));
    }
    return next;
}

/* --- answers --- */

void alert_answer_becomes(struct alert_changes *out, size_t standing, size_t answer, enum answer_outcome outcome) {
    if (out->answer_count < ANSWER_CHANGES_MAX)
        out->answers[out->answer_count++] = (struct answer_change){standing, answer, outcome};
}

bool alert_answer_promises(const struct alert_answer *given) {
    return day_is(given->by_day) && day_end(given->by_day).ms > given->known_at.ms;
}

size_t alert_promise(const struct alert_case *judged, const struct alert *alert) {
    for (size_t i = alert->answer_count; i-- > 0;) {
        const struct alert_answer *given = &alert->answers[i];
        if (given->outcome == PROMISE_STANDING && alert_answer_promises(given) &&
            given->known_at.ms <= judged->now.ms &&
            decision_reversal(judged->events, judged->count, given->uid, judged->now) == NO_INDEX)
            return i;
    }
    return NO_INDEX;
}

bool alert_answers_settle(const struct alert_case *judged, const struct alert *alert, size_t index, size_t promise,
                          struct alert_changes *out) {
    bool newer = false;
    for (size_t i = 0; i < alert->answer_count; i++) {
        const struct alert_answer *given = &alert->answers[i];
        if (given->known_at.ms > judged->now.ms || (given->outcome != PROMISE_STANDING && given->outcome != ANSWERED))
            continue;
        if (decision_reversal(judged->events, judged->count, given->uid, judged->now) != NO_INDEX) {
            alert_answer_becomes(out, index, i, PROMISE_REVERSED);
        } else if (given->outcome == PROMISE_STANDING && !alert_answer_promises(given)) {
            alert_answer_becomes(out, index, i, ANSWERED);
        } else if (given->outcome == PROMISE_STANDING && i != promise) {
            alert_answer_becomes(out, index, i, PROMISE_REPLACED);
            newer = true;
        }
    }
    return newer;
}

/* --- cards --- */

static bool takes_issues(enum alert_rule rule) {
    return rule == ALERT_OVERDUE || rule == ALERT_SLIPPING || rule == ALERT_FELL_BACK || rule == ALERT_MISSING;
}

/* The cards of one alert. What is known up to its last change was seen then. */
struct cards {
    enum alert_rung level, level_seen; /* the highest that stands; of those seen before */
    size_t newest, unseen, taken_back; /* NO_INDEX = none; the last: the reversal of one that was seen standing */
};

static struct cards read_cards(const struct alert_case *judged, const struct alert *alert) {
    struct cards out = {.newest = NO_INDEX, .unseen = NO_INDEX, .taken_back = NO_INDEX};
    for (size_t i = 0; takes_issues(alert->rule) && i < judged->count; i++) {
        const struct cell_event *event = &judged->events[i];
        struct more more;
        if (event->kind != EVENT_ISSUE || event->known_at.ms > judged->now.ms ||
            event->known_at.ms < alert->opened_at.ms || more_decode(EVENT_ISSUE, event->more, &more) != PROTO_OK)
            continue;
        bool seen = event->known_at.ms <= alert->changed_at.ms;
        size_t reversal = decision_reversal(judged->events, judged->count, event->uid, judged->now);
        enum alert_rung level = alert_level_rung(more.issue.level);
        if (reversal != NO_INDEX) {
            if (seen && judged->events[reversal].known_at.ms > alert->changed_at.ms) out.taken_back = reversal;
            continue;
        }
        if (!seen) out.unseen = i;
        if (seen && level > out.level_seen) out.level_seen = level;
        if (level >= out.level) {
            out.level = level;
            out.newest = i;
        }
    }
    return out;
}

void alert_issues_take(const struct alert_case *judged, const struct alert *alert, struct alert_change *change) {
    struct cards cards = read_cards(judged, alert);
    if (cards.taken_back != NO_INDEX || cards.level < alert->issued) { /* a new one goes out after it */
        change->issued = cards.level_seen;
        change->cause = change->also = "withdrawn";
        change->decision = cards.taken_back;
        return;
    }
    if (cards.level <= alert->issued && cards.unseen == NO_INDEX) return;
    change->issued = cards.level;
    change->cause = change->also = "issued";
    change->decision = cards.unseen != NO_INDEX ? cards.unseen : cards.newest;
    if (cards.level <= alert->rung) return;
    change->rung = cards.level;
    change->rung_at = judged->now;
    change->rung_said_at = due_window(judged->plan, judged->now); /* a card is no proposal: it goes out by itself */
}

bool alert_issues_wait(const struct alert_case *judged, const struct alert *alert) {
    return read_cards(judged, alert).level > alert->issued;
}
