#include "services/collector/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/status.h"
#include "common/link/poll.h"
#include "services/collector/resume.h"
#include "services/collector/source.h"
#include "services/collector/source_tally.h"
#include "services/collector/taker.h"

enum {
    CATALOGUE_BYTES_MAX = 64 << 20,
    CLOCK_WAIT_MS = 30000,
    SPOOL_WAIT_MS = 5000,
    STATUS_EVERY_MS = 10000,
    HALT_LOOK_MS = 1000
};

struct agent {
    const struct settings *settings;
    struct clock clock;
    struct link_loop loop;
    struct link_context *context;
    struct spool *spool;
    struct uplink *uplink;
    struct catalogue *catalogue;
    struct stat catalogue_seen;
    struct taker taker;
    struct taker_report report;
    struct source_set *sources;
    struct source_tally *tallies;                           /* one for each source of the settings */
    uint64_t documents;                                     /* that came through them */
    char again[sizeof((struct taker_report *)NULL)->again]; /* the last file that came twice */
    struct loop_timer look_timer;
    bool look_due;
    int64_t looked_step;      /* of the last look into the folders */
    int64_t asked_step;       /* for which a STATUS was asked */
    uint64_t answered_before; /* statuses_answered when it was asked */
    struct status status;
    char said[1024]; /* the last status, to see whether there is anything new */
    struct tick said_at;
    enum error_code failed;
    struct error *err;
};

enum error_code agent_catalogue(const struct settings *settings, struct catalogue **out, struct error *err) {
    CLEAN(buffer_finish) struct buffer bytes = {0};
    enum error_code code = file_read(settings->catalogue, CATALOGUE_BYTES_MAX, &bytes, err);
    if (code) return code;
    return catalogue_read(settings->catalogue, (struct slice){buffer_text(&bytes), bytes.len}, out, err);
}

/* A new catalogue is taken as soon as it is there; a broken one leaves the old in force. */
static void agent_refresh_catalogue(struct agent *agent) {
    struct stat seen;
    struct catalogue *fresh = NULL;
    struct error err;
    if (stat(agent->settings->catalogue, &seen) != 0) return;
    if (seen.st_ino == agent->catalogue_seen.st_ino && seen.st_size == agent->catalogue_seen.st_size &&
        seen.st_mtim.tv_sec == agent->catalogue_seen.st_mtim.tv_sec &&
        seen.st_mtim.tv_nsec == agent->catalogue_seen.st_mtim.tv_nsec)
        return;
    agent->catalogue_seen = seen;
    if (agent_catalogue(agent->settings, &fresh, &err)) {
        log_failure(LOG_LEVEL_ERROR, "catalogue_not_read", &err);
        return;
    }
    catalogue_destroy(&agent->catalogue);
    agent->catalogue = fresh;
    agent->taker.catalogue = fresh;
    log_info("catalogue_read", "file=%s targets=%zu", agent->settings->catalogue, catalogue_plan(fresh)->target_count);
}

static void agent_fail(struct agent *agent, enum error_code code, const struct error *why) {
    agent->failed = code;
    if (agent->err) *agent->err = *why;
    link_loop_stop(&agent->loop);
}

/* --- looking --- */

static void agent_look_due(void *context) {
    ((struct agent *)context)->look_due = true;
}

static void agent_look(struct agent *agent) {
    int64_t step = clock_step(&agent->clock);
    bool stepped = clock_is_stepped(&agent->clock);
    bool wanted =
        stepped ? step != agent->looked_step || (agent->look_due && agent->report.files_pending) : agent->look_due;
    if (!wanted) return;
    agent->look_due = false;
    agent->looked_step = step;
    agent_refresh_catalogue(agent);
    struct error err;
    struct instant now = clock_domain(&agent->clock);
    enum error_code code = taker_look(&agent->taker, now, &agent->report, &err);
    enum error_code pushed = source_set_look(agent->sources, now, &agent->report, code ? NULL : &err);
    if (!code) code = pushed;
    if (*agent->report.again) memcpy(agent->again, agent->report.again, sizeof agent->again);
    /* a full spool waits; a spool that cannot be written at all is opened anew by a restart */
    if (code == ERROR_IO || code == ERROR_INPUT) agent_fail(agent, code, &err);
    loop_timer_arm(&agent->loop.timers, &agent->look_timer, tick_after(tick_now(), agent->settings->poll_ms));
}

/* --- saying --- */

static bool agent_step_answered(const struct agent *agent) {
    struct uplink_status uplink = uplink_status(agent->uplink);
    return agent->asked_step == clock_step(&agent->clock) && uplink.statuses_answered > agent->answered_before;
}

/* One STATUS for each step of a stepped clock, once its folders are looked into. */
static void agent_ask_status(struct agent *agent) {
    int64_t step = clock_step(&agent->clock);
    if (!clock_is_stepped(&agent->clock) || agent->asked_step == step || agent->looked_step != step) return;
    agent->asked_step = step;
    agent->answered_before = uplink_status(agent->uplink).statuses_answered;
    uplink_status_wanted(agent->uplink);
}

/* Folders have their numbers as one; the standard input is another program's. */
static bool is_pushed_to(const struct source_settings *source) {
    return source->kind != SOURCE_FOLDER && source->kind != SOURCE_STDIN;
}

static void agent_fill_status(struct agent *agent, const struct uplink_status *uplink) {
    const struct spool_state *spool = spool_state(agent->spool);
    const char *stream = agent->settings->stream;
    struct status *status = &agent->status;
    char key[STATUS_WORD_MAX], wake[INSTANT_TEXT_MAX];
    bool halted = uplink->state == SENDER_HALTED;
    status_set_state(status, halted ? "halted" : uplink->state == SENDER_LIVE ? "live" : "connecting");
    status_set_clock(status, &agent->clock);
    snprintf(key, sizeof key, "stream/%s/last_seq", stream);
    status_set(status, key, (int64_t)spool->last_seq);
    snprintf(key, sizeof key, "stream/%s/acked_seq", stream);
    status_set(status, key, (int64_t)spool->acked_seq);
    snprintf(key, sizeof key, "stream/%s/halt", stream);
    status_set_text(status, key, halted ? halt_reason_name(uplink->halt) : "");
    status_set_text(status, "stream", stream);
    status_set(status, "last_seq", (int64_t)spool->last_seq);
    status_set(status, "acked_seq", (int64_t)spool->acked_seq);
    status_set(status, "files_pending", (int64_t)agent->report.files_pending);
    status_set(status, "files_waiting", (int64_t)agent->report.files_waiting);
    status_set(status, "files_unfinished", (int64_t)agent->report.files_unfinished);
    status_set(status, "quarantined", (int64_t)uplink->rejected);
    status_set(status, "wake_at", instant_is(agent->report.wake_at) ? agent->report.wake_at.ms : 0);
    instant_print(agent->report.wake_at, wake);
    status_set_text(status, "next_look", wake);
    status_set_text(status, "trouble", agent->report.trouble);
    status_set_text(status, "again", agent->again);
    status_set_text(status, "uplink", uplink->trouble);
    status_set_text(status, "server", uplink->server);
    source_set_show(agent->sources, status);
    for (size_t i = 0; i < agent->settings->sources.count; i++)
        if (is_pushed_to(&agent->settings->sources.items[i]))
            source_tally_show(&agent->tallies[i], &agent->settings->sources.items[i], status);
}

static void agent_say(struct agent *agent) {
    struct uplink_status uplink = uplink_status(agent->uplink);
    int64_t step = clock_step(&agent->clock);
    if (agent->looked_step != step && clock_is_stepped(&agent->clock)) return;
    /* a live agent shows a step only when the centre has heard of it */
    if (clock_is_stepped(&agent->clock) && uplink.state == SENDER_LIVE && !agent_step_answered(agent)) return;
    const struct spool_state *spool = spool_state(agent->spool);
    char now[sizeof agent->said];
    snprintf(now, sizeof now, "%lld %llu %d %d %llu %llu %llu %llu %llu %lld %.200s %.200s", (long long)step,
             (unsigned long long)agent->documents, (int)uplink.state, (int)uplink.halt,
             (unsigned long long)spool->last_seq, (unsigned long long)spool->acked_seq,
             (unsigned long long)agent->report.files_pending, (unsigned long long)agent->report.files_waiting,
             (unsigned long long)agent->report.files_unfinished,
             (long long)(instant_is(agent->report.wake_at) ? agent->report.wake_at.ms : 0), agent->report.trouble,
             uplink.trouble);
    struct tick tick = tick_now();
    if (strcmp(now, agent->said) == 0 && tick.ms - agent->said_at.ms < STATUS_EVERY_MS) return;
    memcpy(agent->said, now, sizeof now);
    agent->said_at = tick;
    if (!agent->settings->status || !*agent->settings->status) return;
    agent_fill_status(agent, &uplink);
    struct error err;
    if (status_write(&agent->status, agent->settings->status, &err))
        log_failure(LOG_LEVEL_WARN, "status_not_written", &err);
}

/* --- what programs bring --- */

static void agent_took(void *context, const struct source_settings *source, const char *name,
                       const struct taken *taken) {
    struct agent *agent = context;
    agent->documents++;
    source_tally_add(&agent->tallies[source - agent->settings->sources.items], name, taken);
    if (taken->how == DOCUMENT_AGAIN)
        snprintf(agent->again, sizeof agent->again, "“%s”已收过（与“%s”内容一样）", name, taken->before.name);
}

/* As with a look: a spool that cannot be written at all is opened anew by a restart. */
static void agent_take_failed(void *context, enum error_code code, const struct error *err) {
    if (code == ERROR_IO || code == ERROR_INPUT) agent_fail(context, code, err);
}

static enum error_code agent_open_sources(struct agent *agent, struct error *err) {
    const struct source_host host = {.settings = agent->settings,
                                     .taker = &agent->taker,
                                     .loop = &agent->loop,
                                     .context = agent->context,
                                     .agent = agent,
                                     .took = agent_took,
                                     .failed = agent_take_failed};
    agent->tallies = calloc(agent->settings->sources.count + 1, sizeof *agent->tallies);
    if (!agent->tallies) return error_set(err, ERROR_MEMORY, "no memory for the sources");
    return source_set_open(&host, &agent->sources, err);
}

/* --- the turn --- */

static void agent_resume(struct agent *agent) {
    if (uplink_status(agent->uplink).state != SENDER_HALTED || !resume_asked(agent->settings)) return;
    struct error err;
    if (uplink_resume(agent->uplink, 0, &err))
        log_failure(LOG_LEVEL_ERROR, "resume_failed", &err);
    else
        log_info("resumed", "stream=%s", agent->settings->stream);
}

static void agent_turn(void *context) {
    struct agent *agent = context;
    struct error err;
    agent_resume(agent);
    agent_look(agent);
    if (agent->failed) return;
    agent_ask_status(agent);
    enum error_code code = uplink_turn(agent->uplink, clock_domain(&agent->clock), &err);
    if (code == ERROR_IO || code == ERROR_INPUT) agent_fail(agent, code, &err);
    agent_say(agent);
}

/* --- beginning and end --- */

static enum error_code agent_open_spool(struct agent *agent, struct error *err) {
    const struct settings *settings = agent->settings;
    struct spool_limits limits = {.keep_ms = settings->keep_ms,
                                  .keep_bytes = settings->keep_bytes,
                                  .max_bytes = settings->max_bytes,
                                  .reserve_bytes = settings->reserve_bytes};
    enum error_code code =
        spool_open(settings->spool, slice_of(settings->stream), &limits, SPOOL_WAIT_MS, &agent->spool, err);
    if (code) return code;
    agent->taker = (struct taker){.settings = settings, .spool = agent->spool, .catalogue = agent->catalogue};
    struct uplink_settings uplink = {.servers = settings->servers.items,
                                     .server_count = settings->servers.count,
                                     .secret_key_file = settings->key,
                                     .software = "duban-collector " DUBAN_VERSION};
    return uplink_create(&uplink, agent->spool, agent->context, &agent->loop, &agent->uplink, err);
}

static enum error_code agent_open(struct agent *agent, struct error *err) {
    const char *clock = agent->settings->clock && *agent->settings->clock ? agent->settings->clock : NULL;
    enum error_code code = agent_catalogue(agent->settings, &agent->catalogue, err);
    if (!code && stat(agent->settings->catalogue, &agent->catalogue_seen) != 0)
        memset(&agent->catalogue_seen, 0, sizeof agent->catalogue_seen);
    if (!code) code = clock_open(&agent->clock, clock, CLOCK_WAIT_MS, err);
    if (!code) code = link_loop_init(&agent->loop, &agent->clock, err);
    if (!code) code = link_context_open(&agent->context, err);
    if (!code) code = agent_open_spool(agent, err);
    if (!code) code = agent_open_sources(agent, err);
    if (code) return code;
    agent->loop.on_turn = agent_turn;
    agent->loop.context = agent;
    agent->look_timer = (struct loop_timer){.due = TICK_NONE, .fire = agent_look_due, .context = agent};
    agent->look_due = true;
    agent->looked_step = agent->asked_step = INT64_MIN;
    return ERROR_OK;
}

static void agent_close(struct agent *agent) {
    loop_timer_cancel(&agent->loop.timers, &agent->look_timer);
    source_set_close(&agent->sources);
    free(agent->tallies);
    uplink_destroy(&agent->uplink);
    spool_close(&agent->spool);
    link_loop_finish(&agent->loop);
    link_context_close(&agent->context);
    clock_finish(&agent->clock);
    catalogue_destroy(&agent->catalogue);
    status_finish(&agent->status);
}

static enum error_code agent_turns(struct agent *agent, struct error *err) {
    log_info("started", "stream=%s sources=%zu", agent->settings->stream, agent->settings->sources.count);
    agent_turn(agent);
    while (!agent->loop.stopping && !agent->failed) {
        bool halted = uplink_status(agent->uplink).state == SENDER_HALTED;
        enum error_code code = link_loop_turn(&agent->loop, halted ? HALT_LOOK_MS : STATUS_EVERY_MS, err);
        if (code) return code;
    }
    log_info("stopped", "stream=%s last_seq=%llu acked_seq=%llu", agent->settings->stream,
             (unsigned long long)spool_state(agent->spool)->last_seq,
             (unsigned long long)spool_state(agent->spool)->acked_seq);
    return agent->failed;
}

enum error_code agent_run(const struct settings *settings, struct error *err) {
    struct agent agent = {.settings = settings, .err = err, .clock = {.inotify = -1}, .loop = {.signal_fd = -1}};
    agent.report.wake_at = INSTANT_NONE;
    status_init(&agent.status, "duban-collector");
    enum error_code code = agent_open(&agent, err);
    if (!code) code = agent_turns(&agent, err);
    agent_close(&agent);
    return code;
}
