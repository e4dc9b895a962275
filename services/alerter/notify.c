#include "services/alerter/notify.h"

#include <stdio.h>
#include <string.h>

/* Nobody is left out: whom no channel reaches, the office hears for, marked. */
static void add_recipients(const struct recipients *recipients, size_t alert, struct alert_writes *out) {
    for (size_t i = 0; i < recipients->count; i++) {
        struct notice_write *notice = alert_writes_notice(out);
        if (!notice) return;
        const char *key = recipients->keys[i];
        notice->alert = alert;
        notice->unroutable = !recipients->reachable[i];
        snprintf(notice->recipient, sizeof notice->recipient, "%s", notice->unroutable ? "office" : key);
        if (notice->unroutable) snprintf(notice->meant_for, sizeof notice->meant_for, "%s", key);
    }
}

static bool is_back_filled(const struct docket *docket, const struct alert_want *want) {
    return day_is(want->about) && instant_is(docket->first_loaded) && want->about.n < instant_day(docket->first_loaded).n;
}

static void add_change(const struct docket *docket, const struct notify_subject *subject, const struct alert_wants *wants,
                       const struct alert *standing, const struct alert_change *change, struct alert_writes *out) {
    struct alert_write *write = alert_writes_add(out);
    if (!write) return;
    size_t at = out->count - 1;
    const struct alert_want *want = change->want == NO_INDEX ? NULL : &wants->items[change->want];
    const struct alert *old = change->standing == NO_INDEX ? NULL : &standing[change->standing];
    write->cell = subject->cell;
    write->stream = subject->stream;
    write->to = change->to;
    write->cause = change->cause;
    write->say = change->say;
    write->recovered = change->recovered;
    write->facts = strdup(subject->facts ? subject->facts : "{}");
    if (!write->facts) out->failed = true;
    snprintf(write->step, sizeof write->step, "%s", change->step);
    if (old) {
        write->id = old->id;
        write->from = old->state;
        write->rule = old->rule;
        memcpy(write->key, old->key, sizeof write->key);
    } else {
        write->rule = want->rule;
        write->period = want->period;
        write->file = want->file;
        write->back_filled = is_back_filled(docket, want);
        memcpy(write->key, want->key, sizeof write->key);
    }
    if (!change->say) return;
    struct recipients recipients;
    if (subject->plan_cell)
        route_cell(docket->plan, write->rule, write->step, subject->plan_cell, &recipients);
    else
        route_stream(docket->plan, write->rule, write->step, subject->facts_of_stream, &recipients);
    add_recipients(&recipients, at, out);
}

void notify_changes(const struct docket *docket, const struct notify_subject *subject, const struct alert_wants *wants,
                    const struct alert *standing, const struct alert_changes *changes, struct alert_writes *out) {
    for (size_t i = 0; i < changes->count; i++)
        add_change(docket, subject, wants, standing, &changes->items[i], out);
}
