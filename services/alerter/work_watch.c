#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/due.h"
#include "common/store/due.h"
#include "common/store/outbox.h"
#include "services/alerter/notify.h"
#include "services/alerter/work.h"

enum { STUCK_MS = 30 * MS_MINUTE };

struct watch {
    struct failed_deliveries failed;
    struct message_failures failures;
    struct standing_alerts standing;
    struct alert_writes writes;
    int64_t *messages; /* failed and not told yet */
};
static void watch_finish(struct watch *watch) {
    failed_deliveries_finish(&watch->failed);
    message_failures_finish(&watch->failures);
    standing_alerts_finish(&watch->standing);
    alert_writes_finish(&watch->writes);
    free(watch->messages);
}

static void judge(const struct docket *docket, const struct alert_wants *wants, const struct alert *standing,
                  size_t count, struct instant now, struct watch *watch) {
    struct alert_case judged = {.plan = docket->plan, .rules = &docket->rules, .now = now};
    struct alert_changes changes;
    alert_life(&judged, wants, standing, count, alert_over_house, NULL, &changes);
    struct notify_subject about = {0};
    notify_changes(docket, &about, &judged, wants, standing, &changes, &watch->writes);
}

/* Each failed message is a subject of its own. */
static void judge_messages(const struct docket *docket, struct instant now, struct watch *watch) {
    for (size_t i = 0; i < watch->failures.count; i++) {
        const struct message_failure *failure = &watch->failures.items[i];
        const struct alert *standing = NULL;
        for (size_t k = 0; k < watch->standing.count && !standing; k++)
            if (watch->standing.items[k].alert.message == failure->message) standing = &watch->standing.items[k].alert;
        struct alert_wants wants;
        alert_wants_message(docket->plan, failure->message, failure->number, failure->undelivered, &wants);
        judge(docket, &wants, standing, standing != NULL, now, watch);
    }
}

static void judge_house(const struct docket *docket, const struct outbox_wait *wait, struct instant now,
                        struct watch *watch) {
    struct alert standing[ALERT_CHANGES_MAX - ALERT_WANTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < watch->standing.count && count < sizeof standing / sizeof standing[0]; i++)
        if (!watch->standing.items[i].alert.message) standing[count++] = watch->standing.items[i].alert;
    struct instant stuck = wait->oldest_ms > STUCK_MS ? now : INSTANT_NONE;
    struct alert_wants wants;
    alert_wants_house(docket->plan, stuck, now, &wants);
    judge(docket, &wants, standing, count, now, watch);
}

static enum error_code read(struct pg *pg, const struct docket *docket, struct watch *watch, struct outbox_wait *wait,
                            struct error *err) {
    enum error_code code = outbox_failed_since(pg, docket->programme, &watch->failed, err);
    if (code) return code;
    watch->messages = calloc(watch->failed.count + 1, sizeof *watch->messages);
    if (!watch->messages) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < watch->failed.count; i++) watch->messages[i] = watch->failed.items[i].message;
    code = outbox_failures(pg, docket->programme, watch->messages, watch->failed.count, &watch->failures, err);
    if (!code) code = alerts_of_house(pg, docket->programme, &watch->standing, err);
    if (!code) code = outbox_waits(pg, docket->programme, wait, err);
    return code;
}

static enum error_code run(struct pg *pg, const struct docket *docket, struct instant now, bool *held, struct error *err) {
    CLEAN(watch_finish) struct watch watch = {0};
    struct outbox_wait wait = {0};
    enum error_code code = due_hold(pg, docket->programme, held, err);
    if (code || !*held) return code;
    if ((code = read(pg, docket, &watch, &wait, err))) return code;
    judge_messages(docket, now, &watch);
    judge_house(docket, &wait, now, &watch);
    code = alerts_write(pg, docket->programme, &watch.writes, now, due_window(docket->plan, now), docket->rules.version,
                        err);
    return code ? code : outbox_failed_told(pg, &watch.failed, err);
}

enum error_code work_watch(struct pg *pg, const struct docket *docket, struct instant now, bool *held, struct error *err) {
    *held = false;
    enum error_code code = pg_begin(pg, err);
    if (!code) code = run(pg, docket, now, held, err);
    if (!code) code = pg_commit(pg, err);
    if (code) pg_rollback(pg);
    return code;
}
