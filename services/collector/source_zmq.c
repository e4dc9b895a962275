#include "services/collector/source_zmq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/log.h"
#include "common/link/pull.h"
#include "services/collector/decode.h"

/* libzmq counts the key it hands on as a message of its own: with room for one, the first document never comes. */
enum { HIGH_WATER = 2, MESSAGES_A_TURN = 16 };

struct zmq_source {
    struct source_host host;
    const struct source_settings *settings;
    struct pull *pull;
    struct buffer held; /* a document that could not be taken yet */
    bool holds;
    char why[256]; /* it could not */
};

const char *zmq_source_address(const struct zmq_source *source) {
    return pull_address(source->pull);
}

static bool may_send(const struct zmq_source *source, const char *user) {
    for (size_t i = 0; i < source->settings->zmq.key_count; i++)
        if (strcmp(source->settings->zmq.keys[i], user) == 0) return true;
    return false;
}

static const char *ending_of(struct slice bytes) {
    return decode_is_zip(bytes) ? ".xlsx" : sheet_looks_like_lines(bytes) ? ".jsonl" : ".csv";
}

/* False: not now. */
static bool take(struct zmq_source *source, struct slice bytes) {
    CLEAN(taken_finish) struct taken taken = {0};
    const struct source_host *host = &source->host;
    char name[DOCUMENT_NAME_MAX];
    struct error err;
    struct document document = {.source = source->settings, .name = name, .bytes = bytes};
    document_name(source->settings, &document, ending_of(bytes), name);
    enum error_code code = taker_take(host->taker, &document, clock_domain(host->loop->clock), &taken, &err);
    if (code) {
        log_failure(LOG_LEVEL_ERROR, "document_not_taken", &err);
        snprintf(source->why, sizeof source->why, "待发库写不进去：%.200s", err.message);
        host->failed(host->agent, code, &err);
        return false;
    }
    host->took(host->agent, source->settings, name, &taken);
    if (taken.how != DOCUMENT_LATER) return true;
    snprintf(source->why, sizeof source->why, "“%s”的内容暂时收不了：%s", source->settings->name, taken.why);
    return false;
}

static void on_ready(void *context, short events);

static void hold(struct zmq_source *source, struct slice bytes) {
    buffer_clear(&source->held);
    buffer_add(&source->held, bytes.ptr, bytes.len);
    if (source->held.failed) {
        log_error("document_lost", "source=%s bytes=%zu", source->settings->name, bytes.len);
        return;
    }
    source->holds = true;
    pull_unwatch(source->pull, source->host.loop);
}

static void receive(struct zmq_source *source, const struct pull_message *message) {
    if (message->dropped || !may_send(source, message->user))
        log_warn("message_dropped", "source=%s key=%s multipart=%s", source->settings->name, message->user,
                 message->dropped ? "yes" : "no");
    else if (!take(source, message->bytes))
        hold(source, message->bytes);
}

static void on_ready(void *context, short events) {
    struct zmq_source *source = context;
    struct pull_message message;
    (void)events;
    for (size_t i = 0; !source->holds && i < MESSAGES_A_TURN; i++) {
        if (pull_receive(source->pull, &message) != LINK_DONE) return;
        receive(source, &message);
    }
    if (!source->holds && pull_waiting(source->pull)) source->host.loop->again = true;
}

void zmq_source_look(struct zmq_source *source, struct taker_report *report) {
    struct error err;
    if (!source->holds) return;
    if (take(source, (struct slice){buffer_text(&source->held), source->held.len})) {
        source->holds = false;
        buffer_finish(&source->held);
        if (pull_watch(source->pull, source->host.loop, on_ready, source, &err))
            log_failure(LOG_LEVEL_ERROR, "socket_not_watched", &err);
        return;
    }
    report->files_pending++;
    memcpy(report->trouble, source->why, sizeof report->trouble);
}

enum error_code zmq_source_open(const struct source_host *host, struct zap *zap, const struct key_pair *own,
                                const struct source_settings *settings, struct zmq_source **out, struct error *err) {
    *out = NULL;
    struct zmq_source *source = calloc(1, sizeof *source);
    if (!source) return error_set(err, ERROR_MEMORY, "no memory");
    *source = (struct zmq_source){.host = *host, .settings = settings};
    const struct pull_settings pull = {.listen = settings->zmq.listen,
                                       .own = own,
                                       .message_max = (size_t)host->settings->http.body_bytes,
                                       .high_water = HIGH_WATER};
    enum error_code code = pull_open(host->context, zap, &pull, &source->pull, err);
    if (!code) code = pull_watch(source->pull, host->loop, on_ready, source, err);
    if (code) {
        zmq_source_close(&source);
        return code;
    }
    log_info("listening", "source=%s address=%s", settings->name, pull_address(source->pull));
    *out = source;
    return ERROR_OK;
}

void zmq_source_close(struct zmq_source **source) {
    if (!*source) return;
    if ((*source)->pull) pull_unwatch((*source)->pull, (*source)->host.loop);
    pull_close(&(*source)->pull);
    buffer_finish(&(*source)->held);
    free(*source);
    *source = NULL;
}
