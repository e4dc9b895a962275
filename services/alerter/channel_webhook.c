#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/alerter/channel.h"

enum { ANSWER_KEPT = 400, ANSWER_MAX = 65536, CONNECT_MS = 5000 };

void channel_transfer_finish(struct channel_transfer *transfer) {
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->recipients);
    buffer_finish(&transfer->body);
    buffer_finish(&transfer->answer);
    *transfer = (struct channel_transfer){0};
}

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
    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:{}, s:{s:s, s:s}, s:{s:s, s:s, s:s, s:s}, s:s, s:o}",
                             "version", "4", "groupKey", d->key, "truncatedAlerts", 0, "status",
                             firing ? "firing" : "resolved", "receiver", d->recipient, "groupLabels", "commonLabels",
                             "programme", d->programme, "recipient", d->recipient, "commonAnnotations", "number",
                             d->number, "summary", d->first_line, "text", d->body, "rendered_at", rendered,
                             "externalURL", "", "alerts", alerts);
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

/* --- where it may go --- */

static bool v4_is_private(uint32_t a) {
    static const struct {
        uint32_t net, mask;
    } ranges[] = {
        {0x00000000, 0xff000000}, /* this network */
        {0x0a000000, 0xff000000}, /* 10/8 */
        {0x64400000, 0xffc00000}, /* 100.64/10, shared */
        {0x7f000000, 0xff000000}, /* loopback */
        {0xa9fe0000, 0xffff0000}, /* link-local: metadata services */
        {0xac100000, 0xfff00000}, /* 172.16/12 */
        {0xc0000000, 0xffffff00}, /* 192.0.0/24 */
        {0xc0a80000, 0xffff0000}, /* 192.168/16 */
        {0xc6120000, 0xfffe0000}, /* benchmarks */
        {0xe0000000, 0xe0000000}, /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if ((a & ranges[i].mask) == ranges[i].net) return true;
    return false;
}

bool address_is_private(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return v4_is_private(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6) return true;
    struct sockaddr_in6 in;
    memcpy(&in, address, sizeof in);
    const uint8_t *b = in.sin6_addr.s6_addr;
    uint32_t inner = (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];
    static const uint8_t nothing[12] = {0}, mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff},
                         translated[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(b, nothing, 12) == 0 || memcmp(b, mapped, 12) == 0 || memcmp(b, translated, 12) == 0)
        return inner <= 1 || v4_is_private(inner);
    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) >= 0x80) || b[0] == 0xff;
}

/* Looked at after the name was resolved: a name that points inside is no way in. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct channel_transfer *transfer = context;
    if (!transfer->private_allowed && address_is_private(&address->addr)) {
        transfer->refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool host_allowed(const struct channel_settings *settings, const char *url, struct error *err, bool *allowed) {
    CURLU *parts = curl_url();
    char *host = NULL, *scheme = NULL;
    *allowed = false;
    bool fits = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    for (size_t i = 0; fits && i < settings->allow_hosts.count; i++)
        *allowed = *allowed || strcasecmp(settings->allow_hosts.items[i], host) == 0;
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parts);
    if (!fits) error_set(err, ERROR_INPUT, "the address is no http or https URL: correct it in the table of contacts");
    return fits;
}

static size_t keep_answer(char *bytes, size_t size, size_t count, void *context) {
    struct channel_transfer *transfer = context;
    size_t len = size * count;
    if (transfer->answer.len + len > ANSWER_MAX) return 0;
    buffer_add(&transfer->answer, bytes, len);
    return len;
}

/* --- the transfer --- */

static bool add_header(struct channel_transfer *out, const char *name, const char *value) {
    CLEAN(buffer_finish) struct buffer line = {0};
    buffer_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(out->headers, buffer_text(&line));
    if (longer) out->headers = longer;
    return longer && !line.failed;
}

static void set_options(const struct channel_settings *settings, const struct delivery *d,
                        struct channel_transfer *out) {
    curl_easy_setopt(out->easy, CURLOPT_URL, d->address);
    curl_easy_setopt(out->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(out->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(out->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(out->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(out->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(out->easy, CURLOPT_TIMEOUT_MS, (long)settings->webhook_timeout_ms);
    curl_easy_setopt(out->easy, CURLOPT_HTTPHEADER, out->headers);
    curl_easy_setopt(out->easy, CURLOPT_POSTFIELDS, buffer_text(&out->body));
    curl_easy_setopt(out->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)out->body.len);
    curl_easy_setopt(out->easy, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(out->easy, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(out->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(out->easy, CURLOPT_OPENSOCKETDATA, out);
    curl_easy_setopt(out->easy, CURLOPT_ERRORBUFFER, out->failure);
    curl_easy_setopt(out->easy, CURLOPT_USERAGENT, "duban-alerter/" DUBAN_VERSION);
}

enum error_code channel_webhook(const struct channel_settings *settings, const struct delivery *d, struct instant now,
                                struct channel_transfer *out, struct error *err) {
    *out = (struct channel_transfer){0};
    if (!host_allowed(settings, d->address, err, &out->private_allowed)) return ERROR_INPUT;
    bool made = webhook_body(d, &out->body) && add_header(out, "Content-Type", "application/json; charset=utf-8") &&
                add_header(out, "Idempotency-Key", d->key) && add_header(out, "Expect", "");
    if (made && settings->webhook_secret.len > 0) {
        char signature[128];
        webhook_signature(&settings->webhook_secret, now, &out->body, signature);
        made = add_header(out, "X-Duban-Signature", signature);
    }
    out->easy = made ? curl_easy_init() : NULL;
    if (!out->easy) return error_set(err, ERROR_MEMORY, "out of memory for a webhook");
    set_options(settings, d, out);
    return ERROR_OK;
}

enum delivery_outcome channel_webhook_outcome(const struct channel_transfer *transfer, CURLcode result,
                                              struct buffer *answer) {
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->refused_address) {
        buffer_add_text(answer, "refused: the host lies in a private range; name it in channels.webhook.allow_hosts");
        return DELIVERY_FAILED;
    }
    if (result != CURLE_OK) {
        buffer_printf(answer, "%s", curl_easy_strerror(result));
        return DELIVERY_RETRY;
    }
    size_t kept = text_cut_bytes(buffer_text(&transfer->answer), transfer->answer.len, ANSWER_KEPT);
    buffer_printf(answer, "HTTP %ld ", status);
    text_clean(buffer_text(&transfer->answer), kept, answer);
    if (status >= 200 && status < 300) return DELIVERY_DELIVERED;
    return status == 408 || status == 429 || status >= 500 ? DELIVERY_RETRY : DELIVERY_FAILED;
}
