#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/alerter/channel.h"

/* --- the body --- */

static json_t *alert_json(const struct delivery *d, const json_t *item) {
    static const char *const labels[] = {"target", "area", "stream", "step"};
    const char *rule = json_string_value(json_object_get(item, "rule"));
    const char *line = json_string_value(json_object_get(item, "line"));
    const char *opened = json_string_value(json_object_get(item, "opened_at"));
    const char *key = json_string_value(json_object_get(item, "key"));
    bool resolved = json_is_true(json_object_get(item, "resolved"));
    char ended[INSTANT_TEXT_MAX], fingerprint[17];
    uint8_t hash[16];
    instant_print(d->rendered_at, ended);
    crypto_generichash(hash, sizeof hash, (const uint8_t *)(key ? key : ""), key ? strlen(key) : 0, NULL, 0);
    sodium_bin2hex(fingerprint, sizeof fingerprint, hash, 8);
    json_t *names = json_pack("{s:s, s:s}", "alertname", rule ? rule : "", "programme", d->programme);
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        json_t *value = json_object_get(item, labels[i]);
        if (json_is_string(value)) json_object_set(names, labels[i], value);
    }
    return json_pack("{s:s, s:o, s:{s:s}, s:s, s:s, s:s, s:s}", "status", resolved ? "resolved" : "firing", "labels",
                     names, "annotations", "summary", line ? line : "", "startsAt", opened ? opened : ended, "endsAt",
                     resolved ? ended : "0001-01-01T00:00:00Z", "generatorURL", "", "fingerprint", fingerprint);
}

bool webhook_body(const struct delivery *d, struct buffer *out) {
    json_t *items = json_loads(d->facts, 0, NULL), *alerts = json_array(), *item;
    size_t at;
    bool firing = json_array_size(items) == 0;
    json_array_foreach(items, at, item) {
        firing = firing || !json_is_true(json_object_get(item, "resolved"));
        json_array_append_new(alerts, alert_json(d, item));
    }
    char rendered[INSTANT_TEXT_MAX];
    instant_print(d->rendered_at, rendered);
    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:{}, s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s}, s:s, s:o}",
                             "version", "4", "groupKey", d->key, "truncatedAlerts", 0, "status",
                             firing ? "firing" : "resolved", "receiver", d->recipient, "groupLabels", "commonLabels",
                             "programme", d->programme, "recipient", d->recipient, "kind",
                             d->kind ? d->kind : "notices", "commonAnnotations", "number", d->number, "summary",
                             d->first_line, "text", d->body, "rendered_at", rendered, "externalURL", "", "alerts",
                             alerts);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    json_decref(items);
    if (text) buffer_add_text(out, text);
    free(text);
    return text && !out->failed;
}

void webhook_signature(const struct buffer *secret, struct instant now, const struct buffer *body, char out[128]) {
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1], time[24];
    int len = snprintf(time, sizeof time, "%lld.", (long long)(now.ms / MS_SECOND));
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)buffer_text(secret), secret->len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)time, (unsigned long long)len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)buffer_text(body), body->len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    snprintf(out, 128, "t=%.*s,v1=%s", len - 1, time, hex);
}

/* --- the transfer --- */

enum error_code channel_webhook(const struct channel_settings *settings, const struct delivery *d, struct instant now,
                                struct channel_transfer *out, struct error *err) {
    struct channel_way way = {.url = d->address, .timeout_ms = settings->webhook_timeout_ms};
    *out = (struct channel_transfer){0};
    if (!channel_url_check(d->address, &settings->allow_hosts, &way.private_allowed, err))
        return error_set(err, ERROR_INPUT, "the address is no http or https URL: correct it in the table of contacts");
    bool made = webhook_body(d, &out->body) &&
                channel_add_header(out, "Content-Type", "application/json; charset=utf-8") &&
                channel_add_header(out, "Idempotency-Key", d->key) && channel_add_header(out, "Expect", "");
    if (made && settings->webhook_secret.len > 0) {
        char signature[128];
        webhook_signature(&settings->webhook_secret, now, &out->body, signature);
        made = channel_add_header(out, "X-Duban-Signature", signature);
    }
    if (!made || !channel_transfer_open(out, &way)) return error_set(err, ERROR_MEMORY, "out of memory for a webhook");
    return ERROR_OK;
}

struct channel_verdict channel_webhook_verdict(const struct channel_transfer *transfer, CURLcode result,
                                               struct buffer *answer) {
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->refused_address) {
        buffer_add_text(answer, "refused: the host lies in a private range; name it in channels.webhook.allow_hosts");
        return (struct channel_verdict){.outcome = DELIVERY_FAILED};
    }
    if (result != CURLE_OK && !channel_answer_endless(transfer)) {
        buffer_printf(answer, "%s", curl_easy_strerror(result));
        return (struct channel_verdict){.outcome = DELIVERY_RETRY};
    }
    channel_answer_words(transfer, status, NULL, 0, answer);
    bool good = status >= 200 && status < 300, busy = status == 408 || status == 429 || status >= 500;
    return (struct channel_verdict){.outcome = good ? DELIVERY_DELIVERED : busy ? DELIVERY_RETRY : DELIVERY_FAILED};
}
