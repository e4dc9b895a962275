#include "services/collector/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/link/zap.h"
#include "services/collector/source_http.h"
#include "services/collector/source_zmq.h"
#include "services/collector/sql.h"

struct source_set {
    struct source_host host;
    struct key_pair own; /* of the agent: the ZeroMQ sources' server key, too */
    bool own_read;
    struct zap *zap;
    struct http_door *http; /* one for all sources of its kind */
    struct source_slot {
        const struct source_settings *settings;
        struct zmq_source *zmq;
        struct sql_source *sql;
    } * slots; /* one for each source of the configuration */
    size_t slot_count;
};

static bool has_kind(const struct source_set *set, enum source_kind kind) {
    for (size_t i = 0; i < set->slot_count; i++)
        if (set->slots[i].settings->kind == kind) return true;
    return false;
}

/* --- ZeroMQ --- */

/* Whether anybody may use the key; which source it may push to is asked of each message. */
static enum zap_verdict ask(void *context, const char *public_key) {
    const struct source_set *set = context;
    for (size_t i = 0; i < set->slot_count; i++) {
        const struct source_zmq *zmq = &set->slots[i].settings->zmq;
        for (size_t k = 0; k < zmq->key_count; k++)
            if (strcmp(zmq->keys[k], public_key) == 0) return ZAP_ALLOW;
    }
    log_warn("key_refused", "key=%s", public_key);
    return ZAP_REFUSE;
}

static enum error_code open_zap(struct source_set *set, struct error *err) {
    enum error_code code = ERROR_OK;
    if (!set->own_read) code = key_pair_load(set->host.settings->key, &set->own, err);
    if (code) return code;
    set->own_read = true;
    if (set->zap) return ERROR_OK;
    code = zap_open(set->host.context, ask, set, &set->zap, err);
    return code ? code : zap_watch(set->zap, set->host.loop, err);
}

static enum error_code open_zmq(struct source_set *set, struct source_slot *slot, struct error *err) {
    enum error_code code = open_zap(set, err);
    return code ? code : zmq_source_open(&set->host, set->zap, &set->own, slot->settings, &slot->zmq, err);
}

/* --- all of them --- */

static void trouble(struct taker_report *report, const char *what, const struct error *err) {
    log_failure(LOG_LEVEL_ERROR, "source_not_opened", err);
    snprintf(report->trouble, sizeof report->trouble, "来源“%s”打不开：%.180s", what, err->message);
}

static void open_slot(struct source_set *set, struct source_slot *slot, struct taker_report *report) {
    struct error err;
    if (slot->settings->kind == SOURCE_ZMQ && !slot->zmq && open_zmq(set, slot, &err))
        trouble(report, slot->settings->name, &err);
    if (slot->settings->kind == SOURCE_SQL && !slot->sql &&
        sql_source_open(&set->host, slot->settings, &slot->sql, &err))
        trouble(report, slot->settings->name, &err);
}

static void open_closed_ones(struct source_set *set, struct taker_report *report) {
    struct error err;
    if (has_kind(set, SOURCE_HTTP) && !set->http && http_door_open(&set->host, &set->http, &err))
        trouble(report, "http", &err);
    for (size_t i = 0; i < set->slot_count; i++)
        open_slot(set, &set->slots[i], report);
}

enum error_code source_set_open(const struct source_host *host, struct source_set **out, struct error *err) {
    *out = NULL;
    struct source_set *set = calloc(1, sizeof *set);
    const struct settings_sources *sources = &host->settings->sources;
    if (set) {
        set->host = *host;
        set->slots = calloc(sources->count + 1, sizeof *set->slots);
    }
    if (!set || !set->slots) {
        source_set_close(&set);
        return error_set(err, ERROR_MEMORY, "no memory for the sources");
    }
    for (size_t i = 0; i < sources->count; i++)
        set->slots[set->slot_count++].settings = &sources->items[i];
    *out = set;
    return ERROR_OK;
}

enum error_code source_set_look(struct source_set *set, struct instant now, struct taker_report *report,
                                struct error *err) {
    enum error_code code = ERROR_OK;
    open_closed_ones(set, report);
    for (size_t i = 0; i < set->slot_count; i++) {
        if (set->slots[i].zmq) zmq_source_look(set->slots[i].zmq, report);
        if (set->slots[i].sql && !code) code = sql_source_look(set->slots[i].sql, now, report, err);
    }
    return code;
}

void source_set_show(const struct source_set *set, struct status *status) {
    char key[STATUS_WORD_MAX];
    if (set->http) status_set_text(status, "http", http_door_address(set->http));
    for (size_t i = 0; i < set->slot_count; i++) {
        if (set->slots[i].sql) sql_source_show(set->slots[i].sql, status);
        if (!set->slots[i].zmq) continue;
        snprintf(key, sizeof key, "source/%s/address", set->slots[i].settings->name);
        status_set_text(status, key, zmq_source_address(set->slots[i].zmq));
    }
}

void source_set_close(struct source_set **set) {
    if (!*set) return;
    for (size_t i = 0; i < (*set)->slot_count; i++) {
        zmq_source_close(&(*set)->slots[i].zmq);
        sql_source_close(&(*set)->slots[i].sql);
    }
    http_door_close(&(*set)->http);
    zap_close(&(*set)->zap);
    key_pair_wipe(&(*set)->own);
    free((*set)->slots);
    free(*set);
    *set = NULL;
}
