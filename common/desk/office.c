#include "common/desk/office.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/random.h"
#include "common/link/keys.h"
#include "common/spool/uplink.h"
#include "proto/codes.h"

enum { PATIENCE_MS = 60000, SPOOL_WAIT_MS = 20000 };

static enum error_code check(const struct office *office, struct error *err) {
    const char *missing = !office->spool          ? "office.spool"
                          : !office->key          ? "office.key"
                          : !office->unit         ? "office.unit"
                          : !office->server_count ? "office.server"
                                                  : NULL;
    if (!missing) return ERROR_OK;
    return error_set(err, ERROR_USAGE, "the configuration has no %s: decisions go out through the office's own spool",
                     missing);
}

static enum error_code send_event(const struct office *office, const struct event *event, struct instant now,
                                  struct error *err) {
    struct uplink_server servers[OFFICE_SERVERS_MAX];
    char keys[OFFICE_SERVERS_MAX][KEY_TEXT_MAX];
    CLEAN(spool_close) struct spool *spool = NULL;
    unsigned rejected = 0;
    enum error_code code = ERROR_OK;
    for (size_t i = 0; !code && i < office->server_count; i++) {
        code = key_public_read(office->servers[i].key, keys[i], err);
        servers[i] = (struct uplink_server){office->servers[i].address, keys[i]};
    }
    struct uplink_settings uplink = {.servers = servers,
                                     .server_count = office->server_count,
                                     .secret_key_file = office->key,
                                     .software = office->software};
    if (!code) code = spool_open(office->spool, slice_of(office->stream), NULL, SPOOL_WAIT_MS, &spool, err);
    if (!code)
        code = spool_send_and_wait(spool, &uplink, event, now, office->patience_ms ? office->patience_ms : PATIENCE_MS,
                                   &rejected, err);
    if (!code && rejected)
        return error_set(err, ERROR_REFUSED, "the centre put the decision into quarantine (%s): %s",
                         quarantine_row(rejected)->name, quarantine_row(rejected)->english);
    return code;
}

enum error_code office_record(const struct office *office, struct desk_decision *decision, struct instant now,
                              struct error *err) {
    uint8_t more[MORE_BYTES_MAX];
    size_t more_len = 0;
    enum error_code code = check(office, err);
    if (!code) code = random_uid(decision->uid, err);
    if (code) return code;
    enum proto_code packed = more_encode((uint32_t)decision->kind, &decision->more, more, sizeof more, &more_len);
    if (packed) return error_from_proto(err, packed, "the decision");
    struct event event = {
        .kind = (uint32_t)decision->kind,
        .target = slice_of(decision->target),
        .area = slice_of(decision->area),
        .as_of = decision->as_of,
        .reported_at_ms = now.ms,
        .reporter = slice_of(office->unit),
        .reason = slice_of(decision->reason),
        .note = slice_of(decision->note),
        .more = {(const char *)more, more_len},
    };
    memcpy(event.uid, decision->uid, sizeof event.uid);
    return send_event(office, &event, now, err);
}
