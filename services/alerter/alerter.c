#include "services/alerter/alerter.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/domain/due.h"
#include "common/store/due.h"
#include "common/store/trial.h"
#include "services/alerter/window.h"

enum { CLOCK_WAIT_MS = 30000, RETRY_MAX_MS = 5000, RETRY_MIN_MS = 100, SAYING_MS = 30000, OTHERS_MS = 100,
       OTHERS_MAX_MS = 500, RULES_BYTES_MAX = 1 << 20, WATCH_MS = MS_MINUTE };

/* --- the connection --- */

static void look_in(struct alerter *alerter, int64_t ms) {
    loop_timer_arm(&alerter->loop.timers, &alerter->look, tick_after(tick_now(), ms));
}

/* Whether there was one. They also arrive while a statement runs, and then no descriptor becomes readable for them. */
static bool take_notifications(struct alerter *alerter) {
    const char *channel, *payload;
    bool any = false;
    while (pg_notified(alerter->pg, &channel, &payload)) {
        any = true;
        if (strcmp(channel, "duban_wake") != 0) alerter->dockets_stale = true;
    }
    return any;
}

static void on_notify(void *context, short events) {
    (void)events;
    take_notifications(context);
    look_in(context, 0);
}

static void unwatch(struct alerter *alerter) {
    if (alerter->watched_fd >= 0) loop_unwatch(&alerter->loop, alerter->watched_fd);
    alerter->watched_fd = -1;
}

/* A process that is frozen in the middle of a transaction must not hold its rows for ever. Whole windows are sorted and
 * joined in memory; compiling a statement takes longer than it runs. */
static const char setup_sql[] = "SET idle_in_transaction_session_timeout = '30s'; SET work_mem = '64MB'; SET jit = off; LISTEN duban_wake; LISTEN duban_plan; "
                                "LISTEN duban_keys";

static enum error_code open_session(struct alerter *alerter, struct error *err) {
    unwatch(alerter);
    enum error_code code;
    if (!alerter->pg) {
        struct session_settings session = {.conninfo = alerter->settings->database,
                                           .application = "duban-alerter",
                                           .clock = &alerter->clock};
        code = session_open(&session, &alerter->pg, err);
    } else {
        code = pg_reopen(alerter->pg, err);
        if (!code) code = session_check(alerter->pg, &alerter->clock, err);
    }
    if (!code) code = pg_script(alerter->pg, setup_sql, err);
    if (!code) {
        alerter->watched_fd = pg_fd(alerter->pg);
        code = loop_watch(&alerter->loop, alerter->watched_fd, POLLIN, on_notify, alerter, err);
        alerter->dockets_stale = true;
        courier_new_session(&alerter->courier);
    }
    return code;
}

/* --- the dockets --- */

static void dockets_finish(struct alerter *alerter) {
    for (size_t i = 0; i < alerter->docket_count; i++) docket_finish(&alerter->dockets[i]);
    free(alerter->dockets);
    alerter->dockets = NULL;
    alerter->docket_count = 0;
}

static const char own_rules_remedy[] = "`duban go-live` means the rules stored with the plan: load these with `duban plan "
                                       "load` and take `rules` out of this configuration";

/* The first morning of a programme that had none, and whether it is live under the rules in force. */
static enum error_code docket_begin(struct alerter *alerter, struct docket *docket, struct error *err) {
    struct instant now = clock_domain(&alerter->clock);
    enum error_code code = pg_begin(alerter->pg, err);
    if (!code)
        code = due_brief_make(alerter->pg, docket->programme,
                              window_morning(docket->plan, (struct instant){now.ms - 1}), err);
    if (!code)
        code = trial_settle(alerter->pg, docket->programme, docket->rules.hash, due_window(docket->plan, now),
                            &docket->trial, err);
    if (!code) code = pg_commit(alerter->pg, err);
    if (code) pg_rollback(alerter->pg);
    if (!code && docket->trial && alerter->own_rules)
        log_warn("own_rules_on_trial", "rules=%s remedy=%s", alerter->settings->rules, own_rules_remedy);
    return code;
}

static enum error_code dockets_read(struct alerter *alerter, struct error *err) {
    CLEAN(programmes_finish) struct programmes programmes = {0};
    const char *only = alerter->settings->programme;
    enum error_code code = programmes_read(alerter->pg, &programmes, err);
    if (code) return code;
    dockets_finish(alerter);
    alerter->dockets = calloc(programmes.count + 1, sizeof *alerter->dockets);
    if (!alerter->dockets) return error_set(err, ERROR_MEMORY, "out of memory for %zu programmes", programmes.count);
    for (size_t i = 0; i < programmes.count; i++) {
        if (only && strcmp(only, programmes.items[i].code) != 0) continue;
        const struct light_rules *rules = alerter->own_rules ? &alerter->rules : NULL;
        struct docket *docket = &alerter->dockets[alerter->docket_count++];
        if ((code = docket_open(alerter->pg, &programmes.items[i], rules, docket, err))) return code;
        if ((code = docket_begin(alerter, docket, err))) return code;
        log_info("plan_read", "programme=%s version=%d cells=%zu streams=%zu trial=%d", programmes.items[i].code,
                 (int)docket->stored.version, docket->cell_count, docket->streams.count, (int)docket->trial);
    }
    alerter->dockets_stale = false;
    return ERROR_OK;
}

/* NOTIFY is only a hint: a new plan, stream or trial mode shows in this number, too. */
static enum error_code dockets_check(struct alerter *alerter, struct error *err) {
    bool stale = alerter->dockets_stale;
    enum error_code code = ERROR_OK;
    if (!stale) {
        size_t streams = 0;
        int64_t versions = 0, trials = 0;
        for (size_t i = 0; i < alerter->docket_count; i++) {
            streams += alerter->dockets[i].streams.count;
            versions += alerter->dockets[i].stored.version;
            trials += alerter->dockets[i].trial;
        }
        struct due_mark mark = {0};
        code = due_mark(alerter->pg, alerter->settings->programme, &mark, err);
        stale = !code && (mark.streams != (int64_t)streams || mark.versions != versions || mark.trials != trials);
    }
    return code ? code : stale ? dockets_read(alerter, err) : ERROR_OK;
}

/* --- one look --- */

/* Everything that is due, until nothing is or others hold it. What an answer wakes is looked at in the next round. */
static enum error_code work_due(struct alerter *alerter, const struct docket *docket, struct instant now,
                                struct due_work *due, struct error *err) {
    bool worked = true;
    enum error_code code = due_work(alerter->pg, docket->programme, now, due, err);
    while (!code && worked && (due->cells || due->streams)) {
        bool any = due->cells;
        worked = false;
        while (!code && any) {
            code = work_cells(alerter->pg, docket, alerter->scratch, now, &any, err);
            worked = worked || any;
        }
        any = due->streams;
        while (!code && any) {
            code = work_streams(alerter->pg, docket, alerter->scratch, now, &any, err);
            worked = worked || any;
        }
        if (!code) code = due_work(alerter->pg, docket->programme, now, due, err);
    }
    return code;
}

/* Cells first, then agents (whose silence is counted from cells), then the house itself, then what is to be said. */
static enum error_code work_docket(struct alerter *alerter, const struct docket *docket, bool *others,
                                   struct error *err) {
    struct instant now = clock_domain(&alerter->clock);
    struct due_work due = {0};
    enum error_code code = work_due(alerter, docket, now, &due, err);
    if (code) return code;
    if (due.cells || due.streams) {
        *others = true; /* another alerter holds them, or they came meanwhile */
        return ERROR_OK;
    }
    bool held = true;
    unsigned messages = 0;
    if (due.brief) code = work_watch(alerter->pg, docket, now, &held, err);
    if (!code && held && (due.notices || due.brief))
        code = window_render(alerter->pg, docket, alerter->scratch, now, &held, &messages, err);
    *others = *others || !held; /* another alerter writes the messages */
    if (!code && messages > 0) log_info("window", "programme=%s messages=%u", docket->plan->programme, messages);
    return code;
}

/* Deliveries that failed for good, or wait for long: a look at the house, before anyone may call the instant settled. */
static enum error_code watch_house(struct alerter *alerter, struct due_left *left, bool *others, struct error *err) {
    struct instant now = clock_domain(&alerter->clock);
    struct tick tick = tick_now();
    bool waits = left->deliveries > 0 && tick.ms >= alerter->next_watch.ms;
    if (left->failed == alerter->failed_seen && !waits) return ERROR_OK;
    enum error_code code = ERROR_OK;
    bool held = true;
    for (size_t i = 0; !code && held && i < alerter->docket_count; i++)
        code = work_watch(alerter->pg, &alerter->dockets[i], now, &held, err);
    *others = *others || !held;
    if (code || !held) return code;
    alerter->failed_seen = left->failed;
    alerter->next_watch = tick_after(tick, WATCH_MS);
    return due_left(alerter->pg, now, left, err);
}

/* For `duban doctor`: rules of its own are live only when they are those stored with the plan. */
static const char *rules_state(const struct alerter *alerter) {
    bool trial = false;
    for (size_t i = 0; i < alerter->docket_count; i++) trial = trial || alerter->dockets[i].trial;
    return !alerter->own_rules ? "plan" : trial ? "own_on_trial" : "own";
}

/* others: something is left to another alerter, so nothing is settled yet. */
static void write_status(struct alerter *alerter, const struct due_left *left, bool others) {
    struct error err;
    if (!alerter->settings->status) return;
    status_set_state(&alerter->status, left ? "running" : "waiting");
    status_set_clock(&alerter->status, &alerter->clock);
    const char *heartbeat = alerter->courier.heartbeat.failing ? "failing" : "well";
    status_set_text(&alerter->status, "heartbeat", alerter->settings->courier.heartbeat.url ? heartbeat : "none");
    status_set_text(&alerter->status, "rules", rules_state(alerter));
    if (left) {
        bool settled = !others && left->cells == 0 && left->streams == 0 && left->notices == 0 && left->deliveries == 0;
        if (settled) alerter->settled_step = clock_step(&alerter->clock);
        status_set(&alerter->status, "due", left->cells + left->streams);
        status_set(&alerter->status, "outbox", left->notices + left->deliveries);
        status_set(&alerter->status, "failed", left->failed);
    }
    alerter->status.step = alerter->settled_step;
    if (status_write(&alerter->status, alerter->settings->status, &err))
        log_failure(LOG_LEVEL_WARN, "status_not_written", &err);
}

/* Soon at first; less often for one who renders a storm: each look takes of what he has to do it with. */
static void count_others(struct alerter *alerter, bool others) {
    int64_t ms = alerter->others_ms ? 2 * alerter->others_ms : OTHERS_MS;
    alerter->others_ms = !others ? 0 : ms < OTHERS_MAX_MS ? ms : OTHERS_MAX_MS;
}

static int64_t sleep_ms(const struct alerter *alerter, const struct due_left *left, bool others, int64_t next_try) {
    int64_t ms = alerter->settings->poll_ms;
    int until = instant_is(left->next_at) ? clock_wait(&alerter->clock, left->next_at) : -1;
    if (until >= 0 && until < ms) ms = until;
    if (next_try >= 0 && next_try < ms) ms = next_try;
    if (others && ms > alerter->others_ms) ms = alerter->others_ms;
    return ms;
}

static enum error_code look(struct alerter *alerter, struct error *err) {
    enum error_code code = ERROR_OK;
    if (!alerter->pg || pg_broken(alerter->pg)) code = open_session(alerter, err);
    if (!code) code = dockets_check(alerter, err);
    bool others = false, more = true;
    for (size_t i = 0; !code && i < alerter->docket_count; i++)
        code = work_docket(alerter, &alerter->dockets[i], &others, err);
    while (!code && more) code = courier_work(&alerter->courier, alerter->pg, &more, err);
    struct due_left left = {0};
    int64_t next_try = -1;
    if (!code) code = due_left(alerter->pg, clock_domain(&alerter->clock), &left, err);
    if (!code) code = watch_house(alerter, &left, &others, err);
    if (!code && left.deliveries > 0) code = outbox_next_try(alerter->pg, &next_try, err);
    if (code) return code;
    write_status(alerter, &left, others);
    count_others(alerter, others);
    look_in(alerter, take_notifications(alerter) ? 0 : sleep_ms(alerter, &left, others, next_try));
    return ERROR_OK;
}

static bool mends_itself(enum error_code code) {
    return code == ERROR_CONNECTION || code == ERROR_CONFLICT || code == ERROR_NOT_FOUND || code == ERROR_DATABASE;
}

static void on_look(void *context) {
    struct alerter *alerter = context;
    struct error err = {0};
    enum error_code code = look(alerter, &err);
    if (!code) {
        alerter->failures = 0;
        return;
    }
    log_failure(mends_itself(code) ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "look_failed", &err);
    if (!mends_itself(code)) {
        alerter->fatal = code;
        loop_stop(&alerter->loop);
        return;
    }
    if (alerter->pg && pg_broken(alerter->pg)) unwatch(alerter);
    alerter->dockets_stale = true;
    int64_t pause = RETRY_MIN_MS << (alerter->failures < 6 ? alerter->failures : 6);
    alerter->failures++;
    write_status(alerter, NULL, false);
    if (courier_away(&alerter->courier, code == ERROR_CONNECTION)) pause = SAYING_MS; /* a look would hold the message up */
    else if (pause > RETRY_MAX_MS) pause = RETRY_MAX_MS;
    look_in(alerter, pause);
}

static void on_clock(void *context) {
    look_in(context, 0);
}
static void on_ended(void *context) {
    look_in(context, 0);
}
static void on_reload(void *context) {
    struct alerter *alerter = context;
    alerter->dockets_stale = true;
    look_in(alerter, 0);
}

/* --- the whole --- */

static enum error_code read_rules(struct alerter *alerter, struct error *err) {
    const char *path = alerter->settings->rules;
    if (!path) return ERROR_OK;
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(findings_finish) struct findings findings = {0};
    enum error_code code = file_read(path, RULES_BYTES_MAX, &text, err);
    if (code) return code;
    struct slice bytes = {buffer_text(&text), text.len};
    if (rules_read(path, bytes, &alerter->rules, &findings))
        return error_set(err, ERROR_INPUT, "%s: %s", findings.count ? findings.items[0].place : path,
                         findings.count ? findings.items[0].message : "these rules cannot be read");
    alerter->own_rules = true;
    return ERROR_OK;
}

enum error_code alerter_open(struct alerter *alerter, const struct settings *settings, struct error *err) {
    *alerter = (struct alerter){.settings = settings, .watched_fd = -1, .settled_step = -1, .failed_seen = -1, .clock.inotify = -1,
                                .loop.signal_fd = -1};
    alerter->look = (struct loop_timer){.due = TICK_NONE, .fire = on_look, .context = alerter};
    status_init(&alerter->status, "duban-alerter");
    enum error_code code = clock_open(&alerter->clock, settings->clock, CLOCK_WAIT_MS, err);
    if (!code) code = loop_init(&alerter->loop, &alerter->clock, err);
    if (!code) code = read_rules(alerter, err);
    if (!code) code = courier_open(&alerter->courier, &settings->courier, &alerter->loop, err);
    if (code) return code;
    alerter->scratch = assess_scratch_create();
    if (!alerter->scratch) return error_set(err, ERROR_MEMORY, "out of memory");
    alerter->courier.on_ended = on_ended;
    alerter->courier.context = alerter;
    alerter->loop.on_clock = on_clock;
    alerter->loop.on_reload = on_reload;
    alerter->loop.context = alerter;
    return ERROR_OK;
}

enum error_code alerter_run(struct alerter *alerter, struct error *err) {
    look_in(alerter, 0);
    enum error_code code = loop_run(&alerter->loop, err);
    if (code) return code;
    return alerter->fatal ? error_set(err, alerter->fatal, "the alerter cannot go on; the log says why") : ERROR_OK;
}

void alerter_finish(struct alerter *alerter) {
    if (alerter->courier.multi) courier_finish(&alerter->courier);
    unwatch(alerter);
    dockets_finish(alerter);
    pg_close(&alerter->pg);
    assess_scratch_destroy(&alerter->scratch);
    loop_timer_cancel(&alerter->loop.timers, &alerter->look);
    loop_finish(&alerter->loop);
    clock_finish(&alerter->clock);
    status_finish(&alerter->status);
}
