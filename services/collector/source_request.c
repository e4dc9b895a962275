#include "services/collector/source_request.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/text.h"
#include "proto/chain.h"
#include "services/collector/folder.h"
#include "services/collector/taker.h"

enum { NAME_BYTES_MAX = 150 };

/* --- tokens --- */

void request_token_set(struct request_token *token, struct slice text) {
    struct chain_hash hash = chain_digest((const uint8_t *)text.ptr, text.len);
    token->wanted = true;
    memcpy(token->hash, hash.bytes, sizeof token->hash);
}

/* Hashes of equal length, and every byte is looked at: how long it takes tells nothing. */
static bool same_token(const struct request_token *a, const struct request_token *b) {
    unsigned differs = 0;
    for (size_t i = 0; i < sizeof a->hash; i++)
        differs |= (unsigned)(a->hash[i] ^ b->hash[i]);
    return differs == 0;
}

static bool token_fits(const struct request_token *wanted, const char *authorization) {
    struct request_token given;
    if (!wanted->wanted) return true;
    if (!authorization || strncasecmp(authorization, "Bearer ", 7) != 0) return false;
    const char *text = authorization + 7 + strspn(authorization + 7, " ");
    request_token_set(&given, slice_of(text));
    return same_token(wanted, &given);
}

/* --- addresses --- */

/* Without the port; of "[::1]:8610" what is between the brackets. */
static bool split_port(const char *text, char host[64], const char **port) {
    const char *begin = text, *end;
    if (*text == '[') {
        begin = text + 1;
        end = strchr(begin, ']');
        if (!end || (end[1] && end[1] != ':')) return false;
        *port = end[1] ? end + 2 : NULL;
    } else {
        end = text + strcspn(text, ":");
        *port = *end ? end + 1 : NULL;
    }
    size_t len = (size_t)(end - begin);
    if (len == 0 || len >= 64) return false;
    memcpy(host, begin, len);
    host[len] = 0;
    return true;
}

bool request_address_parse(const char *text, struct request_address *out) {
    char host[64];
    const char *port = NULL;
    int64_t number = -1;
    *out = (struct request_address){.ip6 = *text == '['};
    if (!split_port(text, host, &port) || !port || !text_to_int(port, strlen(port), &number) || number < 0 ||
        number > UINT16_MAX)
        return false;
    static const uint8_t own[16] = {[15] = 1};
    out->port = (uint16_t)number;
    if (inet_pton(out->ip6 ? AF_INET6 : AF_INET, host, out->bytes) != 1) return false;
    out->local = out->ip6 ? memcmp(out->bytes, own, sizeof own) == 0 : out->bytes[0] == 127;
    return true;
}

/* A page in a browser of this machine can be made to call us by a name of its own (DNS rebinding); it cannot lie about
 * that name. */
static bool is_own_host(const char *text) {
    char host[64];
    uint8_t bytes[4];
    const char *port;
    if (!text || !split_port(text, host, &port)) return false;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0) return true;
    return inet_pton(AF_INET, host, bytes) == 1 && bytes[0] == 127;
}

/* --- the configuration --- */

const char *request_rules_wrong(const struct settings *settings) {
    const struct settings_http *http = &settings->http;
    struct request_address address;
    bool tls = http->certificate && *http->certificate, has_key = http->key && *http->key;
    if (!http->listen || !request_address_parse(http->listen, &address))
        return "http.listen wants an address and a port, like 127.0.0.1:8610 or [::1]:8610";
    if (tls != has_key) return "http.certificate and http.key go together: give both";
    if (address.local) return NULL;
    if (!tls) return "http.listen lets other machines in: give http.certificate and http.key, or listen on 127.0.0.1";
    for (size_t i = 0; i < settings->sources.count; i++)
        if (settings->sources.items[i].kind == SOURCE_HTTP && !settings->sources.items[i].http.token)
            return "http.listen lets other machines in: every source of kind http wants `http: {token: FILE}`";
    return NULL;
}

/* --- the head --- */

static struct request_verdict no(int status, enum refusal_code code, const char *reason) {
    return (struct request_verdict){.status = status, .code = code, .reason = reason};
}

static size_t find_source(const struct settings *settings, const char *path) {
    for (size_t i = 0; *path == '/' && i < settings->sources.count; i++)
        if (settings->sources.items[i].kind == SOURCE_HTTP && strcmp(settings->sources.items[i].name, path + 1) == 0)
            return i;
    return NO_COLUMN;
}

/* "text/csv; charset=gbk": the content tells its encoding better than the one who sends it. */
static bool is_table(const char *type) {
    static const char *const types[] = {"text/csv", "application/x-ndjson", "application/ndjson", "application/jsonl"};
    size_t len = type ? strcspn(type, "; \t") : 0;
    for (size_t i = 0; len && i < sizeof types / sizeof *types; i++)
        if (strlen(types[i]) == len && strncasecmp(types[i], type, len) == 0) return true;
    return false;
}

static bool is_too_long(const char *length, int64_t limit) {
    int64_t number = 0;
    return length && (!text_to_int(length, strlen(length), &number) || number > limit);
}

bool request_name_sound(const char *name) {
    size_t len = strlen(name);
    return len > 0 && len <= NAME_BYTES_MAX && len < DOCUMENT_NAME_MAX && text_is_utf8(name, len, NULL) &&
           !text_has_control(name, len) && !strchr(name, '/') && !strchr(name, '\\') && !folder_ignores(name);
}

struct request_verdict request_judge(const struct request_rules *rules, const struct request_head *head) {
    if (!rules->anybody && !is_own_host(head->host)) return no(403, REFUSAL_REQUEST_HOST, NULL);
    size_t index = find_source(rules->settings, head->path);
    /* who has no token does not hear which sources there are */
    static const struct request_token nobody = {.wanted = true};
    const struct request_token *wanted = index != NO_COLUMN ? &rules->tokens[index] : rules->anybody ? &nobody : NULL;
    if (wanted && !token_fits(wanted, head->authorization)) return no(401, REFUSAL_REQUEST_TOKEN, NULL);
    if (index == NO_COLUMN) return no(404, REFUSAL_REQUEST_SOURCE, NULL);
    if (strcmp(head->method, "POST") != 0) return no(405, REFUSAL_REQUEST_METHOD, NULL);
    if (!is_table(head->type)) return no(415, REFUSAL_REQUEST_TYPE, NULL);
    if (head->name && !request_name_sound(head->name)) return no(400, REFUSAL_REQUEST_NAME, NULL);
    if (is_too_long(head->length, rules->settings->http.body_bytes))
        return no(413, REFUSAL_TOO_LARGE, "内容超过采集端配置的 http.body");
    return (struct request_verdict){.source = &rules->settings->sources.items[index], .status = 200};
}
