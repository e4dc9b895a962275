#include "services/aggregator/shell.h"

#include <stdio.h>
#include <string.h>

#include "common/base/log.h"

enum {
    RELOAD_MS = 30000, RETRY_MS = 500, STATUS_MS = 200, ANSWER_MS = 10000, CONNECT_MS = 3000, READ_AT_ONCE = 256, HIGH_WATER = 16,
    HUSH_MS = 5
};

static void pump(struct shell *shell);

/* --- telling --- */

static const char *state_word(const struct shell *shell) {
    if (shell->draining) return "stopping";
    if (shell->core.live) return "live";
    return shell->connected || !shell->core.view.loaded ? "starting" : "database_away";
}

static void write_status(struct shell *shell) {
    struct error err = {0};
    const struct core *core = &shell->core;
    if (!shell->settings->status) return;
    shell->status_due = false;
    shell->shown_received = core->received;
    shell->shown_committed = core->committed;
    shell->shown_state = state_word(shell);
    status_set_state(&shell->status, shell->shown_state);
    status_set_clock(&shell->status, &shell->clock);
    status_set(&shell->status, "received", (int64_t)core->received);
    status_set(&shell->status, "committed", (int64_t)core->committed);
    status_set(&shell->status, "quarantined", (int64_t)core->quarantined);
    status_set(&shell->status, "dropped", (int64_t)core->dropped);
    status_set(&shell->status, "pending", (int64_t)(core->groups[0].events + core->groups[1].events + core->hello_count));
    status_set_text(&shell->status, "listen", router_address(shell->router));
    if (status_write(&shell->status, shell->settings->status, &err) != ERROR_OK)
        log_failure(LOG_LEVEL_WARN, "status_not_written", &err);
}

static void status_timer(void *context) {
    write_status(context);
}

static void status_soon(struct shell *shell) {
    if (shell->status_due) return;
    shell->status_due = true;
    loop_timer_arm(&shell->loop.timers, &shell->status_timer, tick_after(tick_now(), STATUS_MS));
}

/* --- agents --- */

static void send_answer(void *context, const struct router_peer *peer, const void *bytes, size_t len) {
    struct shell *shell = context;
    if (router_send(shell->router, peer, bytes, len) == LINK_GONE) core_peer_gone(&shell->core, peer);
}

static enum zap_verdict ask(void *context, const char *public_key) {
    const struct shell *shell = context;
    if (!shell->core.view.loaded) return ZAP_NOT_NOW;
    if (view_admits(&shell->core.view, public_key)) return ZAP_ALLOW;
    char fingerprint[KEY_FINGERPRINT_MAX];
    key_fingerprint(public_key, fingerprint);
    log_warn("key_refused", "fingerprint=%s", fingerprint);
    return ZAP_REFUSE;
}

static bool may_read(const struct shell *shell) {
    return !core_is_full(&shell->core) && !(shell->load.ready && shell->load.changed) && !shell->draining &&
           !pgflow_answer_is_near(shell->database, HUSH_MS);
}

/* An agent may have seen a step that this process has not looked at yet: the clock is asked again for each message, so
 * that nothing is stamped with an earlier step than its sender's. */
static void take_now(struct shell *shell) {
    struct error err = {0};
    bool changed = false;
    if (clock_refresh(&shell->clock, &changed, &err) != ERROR_OK) log_failure(LOG_LEVEL_ERROR, "clock_wrong", &err);
    shell->core.now = clock_domain(&shell->clock);
    if (changed) write_status(shell);
}

static void read_messages(void *context, short events) {
    struct shell *shell = context;
    struct router_message message;
    (void)events;
    shell->core.real = real_now();
    /* While a transaction is under way, little at a time: its rows must go on flowing. */
    int most = shell->core.flying ? 1 : READ_AT_ONCE;
    for (int i = 0; i < most && may_read(shell); i++) {
        if (router_receive(shell->router, &message) != LINK_DONE) return;
        take_now(shell);
        if (!message.dropped) core_message(&shell->core, &message.peer, message.user, message.bytes);
        else shell->core.dropped++;
    }
    if (may_read(shell) && router_waiting(shell->router)) shell->loop.again = true;
}

static void hush_timer(void *context) {
    (void)context; /* the turn's end looks again whether to read */
}

/* Reading stops while the group is full: the agents' own queues then fill, and they wait. It pauses for the moment in
 * which the database answers one of a transaction's small statements: checking a batch would keep it waiting longer. */
static void read_or_not(struct shell *shell) {
    struct error err;
    bool wanted = may_read(shell);
    if (!wanted) loop_timer_arm(&shell->loop.timers, &shell->hush_timer, tick_after(tick_now(), HUSH_MS));
    if (wanted == shell->reading) return;
    if (!wanted) router_unwatch(shell->router, &shell->loop);
    else if (router_watch(shell->router, &shell->loop, read_messages, shell, &err) != ERROR_OK) return;
    shell->reading = wanted;
    if (wanted) shell->loop.again = true;
}

/* --- what the connection does, one at a time --- */

static void pause_a_while(struct shell *shell, const char *event, const struct pgflow_answer *answer) {
    log_failure(LOG_LEVEL_ERROR, event, &answer->error);
    shell->pausing = shell->reload = true;
    loop_timer_arm(&shell->loop.timers, &shell->retry_timer, tick_after(tick_now(), RETRY_MS));
}

static void retry_timer(void *context) {
    struct shell *shell = context;
    shell->pausing = false;
    pump(shell);
}

static void loaded(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    struct error err = {0};
    if (answer->outcome != PGFLOW_OK) {
        shell->load.under_way = false;
        if (answer->outcome == PGFLOW_REFUSED) pause_a_while(shell, "snapshot_refused", answer);
        return;
    }
    enum error_code code = load_answer(&shell->load, answer->rows, &shell->core.view, &shell->clock, &err);
    if (code == ERROR_OK) {
        pump(shell);
        return;
    }
    log_failure(LOG_LEVEL_ERROR, "snapshot_failed", &err);
    shell->load.under_way = false;
    if (code == ERROR_CONFLICT) { /* not our database: nothing that waiting could mend */
        shell->exit_status = 1;
        link_loop_stop(&shell->loop);
        return;
    }
    struct pgflow_answer failed = {.error = err};
    pause_a_while(shell, "snapshot_failed", &failed);
}

static void run_load(struct shell *shell) {
    if (!shell->load.under_way) {
        shell->reload = false;
        load_begin(&shell->load);
    }
    if (load_steps(&shell->load))
        pgflow_run(shell->database, shell->load.steps, shell->load.step_count, loaded, shell);
}

/* false: it must wait for the group that is being filled. */
static bool install_view(struct shell *shell) {
    if (shell->load.changed && !group_is_empty(&shell->core.groups[shell->core.filling])) return false;
    load_take_over(&shell->load, &shell->core.view);
    core_view(&shell->core, &shell->load.next);
    return true;
}

static void released(void *context, const struct pgflow_answer *answer) {
    (void)answer; /* lost or not: nothing was changed */
    pump(context);
}

static void go_live(struct shell *shell) {
    struct core *core = &shell->core;
    if (!core->live && !shell->draining) log_info("live", "streams=%zu keys=%zu", core->view.streams.count, core->view.keys.count);
    core->live = true;
}

/* Live first: who is told to go on sends at once. */
static void settled(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    if (answer->outcome == PGFLOW_OK) {
        go_live(shell);
        core_settle(&shell->core, &answer->rows[POSITION_STEP_ROWS]);
        (void)position_release(&shell->position);
        pgflow_run(shell->database, shell->position.steps, shell->position.step_count, released, shell);
    } else if (answer->outcome == PGFLOW_REFUSED) {
        pause_a_while(shell, "positions_refused", answer);
    }
}

static void hellos_stored(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    struct core *core = &shell->core;
    if (answer->outcome == PGFLOW_OK) {
        position_stored(&shell->position, answer->rows, core->changes, core->change_count);
        core_admitted(core);
    } else if (answer->outcome == PGFLOW_REFUSED || answer->outcome == PGFLOW_UNEXPECTED) {
        core_hellos_failed(core);
        pause_a_while(shell, "hello_refused", answer);
    }
    pump(shell);
}

static void hellos_locked(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    struct core *core = &shell->core;
    if (answer->outcome == PGFLOW_REFUSED) {
        core_hellos_failed(core);
        pause_a_while(shell, "hello_refused", answer);
    }
    if (answer->outcome != PGFLOW_OK) return;
    core->now = clock_domain(&shell->clock);
    core->real = real_now();
    core_judge(core, &answer->rows[POSITION_STEP_ROWS], &answer->rows[POSITION_STEP_FORMER]);
    if (core->change_count == 0) {
        core_admitted(core); /* all were refused */
        (void)position_release(&shell->position);
        pgflow_run(shell->database, shell->position.steps, shell->position.step_count, released, shell);
        return;
    }
    if (position_store(&shell->position, core->changes, core->change_count, core->now))
        pgflow_run(shell->database, shell->position.steps, shell->position.step_count, hellos_stored, shell);
    else
        pgflow_drop(shell->database);
}

static bool run_positions(struct shell *shell, const int32_t *(*choose)(struct core *core, size_t *count),
                          void (*done)(void *context, const struct pgflow_answer *answer)) {
    size_t count = 0;
    const int32_t *streams = choose(&shell->core, &count);
    if (!streams || !position_lock(&shell->position, streams, count)) return false;
    pgflow_run(shell->database, shell->position.steps, shell->position.step_count, done, shell);
    return true;
}

static void partition_made(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    shell->partition_made = answer->outcome == PGFLOW_OK;
    if (answer->outcome == PGFLOW_REFUSED) log_failure(LOG_LEVEL_WARN, "partition_not_made", &answer->error);
    if (answer->outcome == PGFLOW_OK || answer->outcome == PGFLOW_REFUSED) pump(shell);
    else shell->partition[0] = '\0';
}

/* Once a month; when it cannot be made the default partition takes the events. */
static bool run_partition(struct shell *shell) {
    char wanted[EVENT_PARTITION_MAX];
    struct instant known_at = shell->core.groups[shell->core.filling].known_at;
    event_partition(known_at, wanted);
    if (strcmp(wanted, shell->partition) == 0) return false;
    memcpy(shell->partition, wanted, sizeof wanted);
    pg_params_clear(&shell->step_params);
    pg_put_instant(&shell->step_params, known_at);
    shell->step = (struct pgstep){.kind = PGSTEP_QUERY, .sql = "SELECT ensure_event_partition($1)", .params = &shell->step_params,
                                  .expect_rows = -1};
    pgflow_run(shell->database, &shell->step, 1, partition_made, shell);
    return true;
}

static void group_done(void *context, const struct pgflow_answer *answer) {
    struct shell *shell = context;
    size_t events = shell->group->events;
    shell->group = NULL;
    if (answer->outcome == PGFLOW_OK) {
        core_landed(&shell->core);
        if (events) log_debug("group_committed", "events=%zu", events);
        pump(shell);
        return;
    }
    core_crashed(&shell->core);
    if (answer->outcome == PGFLOW_UNEXPECTED) { /* another session, aggregator or a revoked key moved a row: look again */
        log_failure(LOG_LEVEL_WARN, "group_overtaken", &answer->error);
        shell->reload = true;
        pump(shell);
    } else if (answer->outcome == PGFLOW_REFUSED) {
        shell->partition[0] = '\0';
        pause_a_while(shell, "group_refused", answer);
    }
}

static bool has_waited(struct shell *shell) {
    int64_t wait_ms = shell->settings->group_wait_ms;
    if (wait_ms == 0 || shell->waited || shell->draining || core_is_full(&shell->core)) return true;
    if (shell->wait_timer.due.ms == TICK_NONE.ms)
        loop_timer_arm(&shell->loop.timers, &shell->wait_timer, tick_after(tick_now(), wait_ms));
    return false;
}

static void wait_timer(void *context) {
    struct shell *shell = context;
    shell->waited = true;
    pump(shell);
}

static bool run_group(struct shell *shell) {
    struct core *core = &shell->core;
    if (group_is_empty(&core->groups[core->filling]) || !has_waited(shell)) return false;
    if (run_partition(shell)) return true;
    shell->waited = false;
    loop_timer_cancel(&shell->loop.timers, &shell->wait_timer);
    shell->group = core_take_off(core);
    if (!group_plan(shell->group, shell->partition_made ? shell->partition : "event_default")) {
        log_error("no_memory", "events=%zu", shell->group->events);
        shell->group = NULL;
        core_crashed(core);
        return false;
    }
    pgflow_run(shell->database, shell->group->ingest.steps, shell->group->ingest.step_count, group_done, shell);
    return true;
}

static void say_goodbye(struct shell *shell) {
    struct core *core = &shell->core;
    uint8_t bytes[512];
    size_t len;
    for (size_t i = 0; i < core->session_count; i++) {
        const struct session *session = core->sessions[i];
        struct message message = receiver_error(&session->receiver, WIRE_DRAINING, "the centre is closing: try the next server");
        if (session->has_peer && message_encode(&message, bytes, sizeof bytes, &len) == PROTO_OK)
            (void)router_send(shell->router, &session->peer, bytes, len);
    }
    link_loop_stop(&shell->loop);
}

static void run_next(struct shell *shell) {
    struct core *core = &shell->core;
    if (shell->load.ready && !install_view(shell)) {
        (void)run_group(shell);
        return;
    }
    if (shell->reload || shell->load.under_way) {
        run_load(shell);
        return;
    }
    if (!core->view.loaded || run_positions(shell, core_unknown, settled)) return;
    go_live(shell);
    shell->hello_last = !shell->hello_last && run_positions(shell, core_hellos, hellos_locked);
    if (shell->hello_last || run_group(shell)) return;
    if (shell->draining) say_goodbye(shell);
    else (void)run_positions(shell, core_hellos, hellos_locked);
}

static void pump(struct shell *shell) {
    if (pgflow_state(shell->database) == PGFLOW_IDLE && !shell->pausing && !shell->loop.stopping) run_next(shell);
}

/* --- the loop's calls --- */

static void on_ready(void *context) {
    struct shell *shell = context;
    shell->connected = shell->reload = true;
    shell->partition[0] = '\0';
    log_info("database_connected", "listen=%s", router_address(shell->router));
    pump(shell);
}

static void on_away(void *context, const struct error *err) {
    struct shell *shell = context;
    shell->connected = false;
    shell->group = NULL;
    shell->load.under_way = shell->load.ready = false;
    core_away(&shell->core);
    log_failure(LOG_LEVEL_WARN, "database_away", err);
    status_soon(shell);
    if (shell->draining) link_loop_stop(&shell->loop);
}

static void on_notify(void *context, const char *channel, const char *payload) {
    struct shell *shell = context;
    (void)channel;
    (void)payload;
    shell->reload = true;
}

static void on_stop(void *context) {
    struct shell *shell = context;
    log_info("stopping", "pending=%zu", shell->core.groups[0].events + shell->core.groups[1].events);
    shell->draining = shell->core.draining = true;
    if (!shell->connected) link_loop_stop(&shell->loop);
}

static void on_reload(void *context) {
    ((struct shell *)context)->reload = true;
}

static void reload_timer(void *context) {
    struct shell *shell = context;
    shell->reload = true;
    loop_timer_arm(&shell->loop.timers, &shell->reload_timer, tick_after(tick_now(), RELOAD_MS));
}

static void on_clock(void *context) {
    write_status(context);
}

static void on_turn(void *context) {
    struct shell *shell = context;
    shell->core.now = clock_domain(&shell->clock);
    pgflow_push(shell->database);
    pump(shell);
    read_or_not(shell);
    if (state_word(shell) != shell->shown_state) write_status(shell);
    if (shell->core.received != shell->shown_received || shell->core.committed != shell->shown_committed) status_soon(shell);
}

/* --- life --- */

static enum error_code open_sockets(struct shell *shell, struct error *err) {
    struct key_pair own;
    enum error_code code = key_pair_load(shell->settings->key, &own, err);
    if (code == ERROR_OK) code = link_context_open(&shell->context, err);
    if (code == ERROR_OK) code = zap_open(shell->context, ask, shell, &shell->zap, err);
    if (code == ERROR_OK) code = zap_watch(shell->zap, &shell->loop, err);
    const struct router_settings router = {
        .listen = shell->settings->listen, .own = &own, .message_max = MESSAGE_BYTES_MAX, .high_water = HIGH_WATER};
    if (code == ERROR_OK) code = router_open(shell->context, shell->zap, &router, &shell->router, err);
    if (code == ERROR_OK) code = router_watch(shell->router, &shell->loop, read_messages, shell, err);
    shell->reading = code == ERROR_OK;
    key_pair_wipe(&own);
    return code;
}

static enum error_code open_database(struct shell *shell, struct error *err) {
    const struct pgflow_settings settings = {
        .conninfo = shell->settings->database, .application = "duban-aggregator", .setup = ingest_setup,
        .prepare = ingest_prepare, .prepare_count = INGEST_PREPARED, .connect_ms = CONNECT_MS, .answer_ms = ANSWER_MS,
        .on_ready = on_ready, .on_away = on_away, .on_notify = on_notify, .context = shell};
    return pgflow_open(&shell->loop, &settings, &shell->database, err);
}

static void set_timers(struct shell *shell) {
    shell->reload_timer = (struct loop_timer){.due = TICK_NONE, .fire = reload_timer, .context = shell};
    shell->retry_timer = (struct loop_timer){.due = TICK_NONE, .fire = retry_timer, .context = shell};
    shell->wait_timer = (struct loop_timer){.due = TICK_NONE, .fire = wait_timer, .context = shell};
    shell->hush_timer = (struct loop_timer){.due = TICK_NONE, .fire = hush_timer, .context = shell};
    shell->status_timer = (struct loop_timer){.due = TICK_NONE, .fire = status_timer, .context = shell};
    loop_timer_arm(&shell->loop.timers, &shell->reload_timer, tick_after(tick_now(), RELOAD_MS));
}

enum error_code shell_open(struct shell *shell, const struct settings *settings, struct error *err) {
    *shell = (struct shell){.settings = settings, .loop.signal_fd = -1, .clock.inotify = -1};
    status_init(&shell->status, "duban-aggregator");
    enum error_code code = clock_open(&shell->clock, settings->clock, 10000, err);
    if (code == ERROR_OK) code = link_loop_init(&shell->loop, &shell->clock, err);
    if (code != ERROR_OK) return code;
    shell->loop.on_stop = on_stop;
    shell->loop.on_reload = on_reload;
    shell->loop.on_clock = on_clock;
    shell->loop.on_turn = on_turn;
    shell->loop.context = shell;
    set_timers(shell);
    const struct core_settings core = {
        .window_events = (uint32_t)settings->window_events, .window_bytes = (uint32_t)settings->window_bytes,
        .heartbeat_ms = (uint32_t)settings->heartbeat_ms, .group_events = (size_t)settings->group_events, .send = send_answer,
        .context = shell};
    code = core_init(&shell->core, &core, err);
    if (code == ERROR_OK) code = open_sockets(shell, err);
    if (code == ERROR_OK) code = open_database(shell, err);
    if (code == ERROR_OK) write_status(shell);
    return code;
}

int shell_run(struct shell *shell) {
    struct error err = {0};
    if (link_loop_run(&shell->loop, &err) != ERROR_OK) {
        log_failure(LOG_LEVEL_ERROR, "loop_failed", &err);
        shell->exit_status = 1;
    }
    write_status(shell);
    return shell->exit_status;
}

void shell_close(struct shell *shell) {
    pgflow_close(&shell->database);
    router_close(&shell->router);
    zap_close(&shell->zap);
    link_context_close(&shell->context);
    core_finish(&shell->core);
    load_finish(&shell->load);
    position_finish(&shell->position);
    pg_params_finish(&shell->step_params);
    link_loop_finish(&shell->loop);
    clock_finish(&shell->clock);
    status_finish(&shell->status);
}
