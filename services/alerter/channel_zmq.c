#include "services/alerter/channel_zmq.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

enum { EARLY_HOLD_MS = 1000 };

/* --- what subscribers read --- */

/* "T06.1" belongs to the task T06. */
static void add_topic(const json_t *item, const char *kind, struct buffer *out) {
    const char *area = json_string_value(json_object_get(item, "area"));
    const char *target = json_string_value(json_object_get(item, "target"));
    buffer_add_text(out, area && *area ? area : "-");
    buffer_add_char(out, '/');
    if (target && *target) buffer_add(out, target, strcspn(target, "."));
    else buffer_add_text(out, item ? "-" : kind);
}

bool zmq_frames(const struct delivery *d, const char *item_json, struct buffer *topic, struct buffer *body) {
    const char *kind = d->kind && *d->kind ? d->kind : "notices";
    char rendered[INSTANT_TEXT_MAX];
    instant_print(d->rendered_at, rendered);
    json_t *item = item_json ? json_loads(item_json, 0, NULL) : NULL;
    add_topic(item, kind, topic);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "programme", d->programme, "number", d->number,
                             "kind", kind, "recipient", d->recipient, "rendered_at", rendered, "key", d->key, "text",
                             item ? d->first_line : d->body, "item", item ? item : json_null());
    AUTO_FREE char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text) buffer_add_text(body, text);
    return text && !topic->failed && !body->failed;
}

static bool send_one(struct publisher *publisher, const struct delivery *d, const char *item_json) {
    CLEAN(buffer_finish) struct buffer topic = {0};
    CLEAN(buffer_finish) struct buffer body = {0};
    return zmq_frames(d, item_json, &topic, &body) &&
           publisher_send(publisher, (struct slice){buffer_text(&topic), topic.len},
                          (struct slice){buffer_text(&body), body.len});
}

struct channel_verdict channel_zmq(struct publisher *publisher, bool early, const struct delivery *d,
                                   struct buffer *answer) {
    size_t listeners = publisher_listeners(publisher);
    if (listeners == 0 && early) {
        buffer_add_text(answer, "nobody is subscribed yet");
        return (struct channel_verdict){.outcome = DELIVERY_THROTTLED, .hold_ms = EARLY_HOLD_MS};
    }
    json_t *items = json_loads(d->facts, 0, NULL), *item;
    size_t at, count = json_array_size(items);
    bool sent = count > 0 || send_one(publisher, d, NULL);
    json_array_foreach(items, at, item) {
        AUTO_FREE char *text = json_dumps(item, JSON_COMPACT);
        sent = sent && text && send_one(publisher, d, text);
    }
    json_decref(items);
    if (sent) buffer_printf(answer, "published, %zu items%s", count, listeners ? "" : ", nobody is subscribed");
    else buffer_add_text(answer, "could not be published");
    return (struct channel_verdict){.outcome = sent ? DELIVERY_DELIVERED : DELIVERY_RETRY};
}

/* --- opening --- */

enum error_code channel_zmq_open(const struct channel_named *named, struct publisher **out, struct error *err) {
    struct key_pair own = {0};
    char(*keys)[KEY_TEXT_MAX] = calloc(named->subscriber_count + 1, KEY_TEXT_MAX);
    *out = NULL;
    if (!keys) return error_set(err, ERROR_MEMORY, "out of memory");
    enum error_code code = key_pair_load(named->key_file, &own, err);
    for (size_t i = 0; !code && i < named->subscriber_count; i++)
        code = key_public_read(named->subscribers[i], keys[i], err);
    struct publisher_settings settings = {.listen = named->listen,
                                          .own = &own,
                                          .subscribers = (const char(*)[KEY_TEXT_MAX])keys,
                                          .subscriber_count = named->subscriber_count};
    if (!code) code = publisher_open(&settings, out, err);
    key_pair_wipe(&own);
    free(keys);
    return code;
}
