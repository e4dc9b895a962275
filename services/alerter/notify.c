#include "services/alerter/notify.h"

#include <stdio.h>
#include <string.h>

static void hex(const uint8_t uid[EVENT_UID_BYTES], char out[2 * EVENT_UID_BYTES + 1]) {
    for (size_t i = 0; i < EVENT_UID_BYTES; i++) snprintf(out + 2 * i, 3, "%02x", uid[i]);
}

static void decision_of(const struct alert_case *judged, const struct alert_change *change,
                        char out[2 * EVENT_UID_BYTES + 1]) {
    *out = '\0';
    if (change->decision < judged->count) hex(judged->events[change->decision].uid, out);
}

static void route(const struct docket *docket, const struct notify_subject *subject, enum alert_rule rule,
                  const char *step, struct recipients *out) {
    if (subject->plan_cell)
        route_cell(docket->plan, rule, step, subject->plan_cell, out);
    else if (subject->facts_of_stream)
        route_stream(docket->plan, rule, step, subject->facts_of_stream, out);
    else
        route_house(out);
}

/* Nobody is left out: whom no channel reaches, the office hears for, marked. */
static void add_notices(const struct docket *docket, const struct notify_subject *subject, size_t alert,
                        const char *step, const char *decision, struct alert_writes *out) {
    struct recipients recipients;
    route(docket, subject, out->items[alert].rule, step, &recipients);
    for (size_t i = 0; i < recipients.count; i++) {
        struct notice_write *notice = alert_writes_notice(out);
        if (!notice) return;
        const char *key = recipients.keys[i];
        notice->alert = alert;
        notice->unroutable = !recipients.reachable[i];
        snprintf(notice->step, sizeof notice->step, "%s", step);
        snprintf(notice->decision, sizeof notice->decision, "%s", decision);
        snprintf(notice->recipient, sizeof notice->recipient, "%s", notice->unroutable ? "office" : key);
        if (notice->unroutable) snprintf(notice->meant_for, sizeof notice->meant_for, "%s", key);
    }
}

static bool is_back_filled(const struct docket *docket, const struct alert_want *want) {
    return day_is(want->about) && instant_is(docket->first_loaded) && want->about.n < instant_day(docket->first_loaded).n;
}

static void fill(const struct docket *docket, const struct notify_subject *subject, const struct alert_want *want,
                 const struct alert *old, const struct alert_change *change, struct alert_write *write) {
    write->cell = subject->cell;
    write->stream = subject->stream;
    write->to = change->to;
    write->cause = change->cause;
    write->recovered = change->recovered;
    write->office_recovered = change->office_recovered;
    write->rung = change->rung;
    write->issued = change->issued;
    write->rung_at = change->rung_at;
    write->rung_said_at = change->rung_said_at;
    snprintf(write->step, sizeof write->step, "%s", change->step);
    if (old) {
        write->id = old->id;
        write->from = old->state;
        write->rule = old->rule;
        write->opening = old->opening;
        write->back_filled = old->back_filled;
        memcpy(write->key, old->key, sizeof write->key);
    } else {
        write->rule = want->rule;
        write->period = want->period;
        write->file = want->file;
        write->message = want->message;
        write->back_filled = is_back_filled(docket, want);
        memcpy(write->key, want->key, sizeof write->key);
    }
}

static void add_change(const struct docket *docket, const struct notify_subject *subject,
                       const struct alert_case *judged, const struct alert_wants *wants, const struct alert *standing,
                       const struct alert_change *change, struct alert_writes *out) {
    struct alert_write *write = alert_writes_add(out);
    if (!write) return;
    size_t at = out->count - 1;
    char decision[2 * EVENT_UID_BYTES + 1];
    fill(docket, subject, change->want == NO_INDEX ? NULL : &wants->items[change->want],
         change->standing == NO_INDEX ? NULL : &standing[change->standing], change, write);
    write->facts = strdup(subject->facts ? subject->facts : "{}");
    if (!write->facts) out->failed = true;
    if (change->say) add_notices(docket, subject, at, change->step, "", out);
    if (!change->also) return;
    decision_of(judged, change, decision);
    if (strcmp(change->also, "withdrawn") == 0) { /* to those who got it: the store knows who did */
        out->items[at].withdrawn = true;
        memcpy(out->items[at].decision, decision, sizeof decision);
    } else {
        add_notices(docket, subject, at, change->also, decision, out);
    }
}

void notify_changes(const struct docket *docket, const struct notify_subject *subject, const struct alert_case *judged,
                    const struct alert_wants *wants, const struct alert *standing,
                    const struct alert_changes *changes, struct alert_writes *out) {
    for (size_t i = 0; i < changes->count; i++)
        add_change(docket, subject, judged, wants, standing, &changes->items[i], out);
    for (size_t i = 0; i < changes->answer_count; i++) {
        const struct answer_change *change = &changes->answers[i];
        struct answer_write *write = alert_writes_answer(out);
        if (!write) return;
        write->reply = standing[change->standing].answers[change->answer].reply;
        write->alert = standing[change->standing].id;
        write->outcome = change->outcome;
    }
}
