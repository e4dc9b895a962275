/* What all transfers share: where they may go, what they may read, what of an answer is kept. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/alerter/channel.h"

enum { ANSWER_KEPT = 400, ANSWER_END = 1 << 20, CONNECT_MS = 5000, SCRUB_LEAST = 6 };

void channel_transfer_finish(struct channel_transfer *transfer) {
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->recipients);
    channel_secret_forget(&transfer->body);
    buffer_finish(&transfer->answer);
    *transfer = (struct channel_transfer){0};
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

bool channel_url_check(const char *url, const struct config_texts *allow, bool *allowed, struct error *err) {
    CURLU *parts = curl_url();
    char *host = NULL, *scheme = NULL;
    *allowed = false;
    bool fits = parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    for (size_t i = 0; fits && allow && i < allow->count; i++)
        *allowed = *allowed || strcasecmp(allow->items[i], host) == 0;
    curl_free(host);
    curl_free(scheme);
    curl_url_cleanup(parts);
    if (!fits) error_set(err, ERROR_INPUT, "the address is no http or https URL");
    return fits;
}

/* --- the transfer --- */

bool channel_answer_endless(const struct channel_transfer *transfer) {
    return transfer->received > ANSWER_END;
}

static size_t keep_answer(char *bytes, size_t size, size_t count, void *context) {
    struct channel_transfer *transfer = context;
    size_t len = size * count, room = CHANNEL_ANSWER_MAX - transfer->answer.len;
    transfer->received += len;
    if (channel_answer_endless(transfer)) return 0;
    buffer_add(&transfer->answer, bytes, len < room ? len : room);
    return len;
}

bool channel_add_header(struct channel_transfer *out, const char *name, const char *value) {
    CLEAN(buffer_finish) struct buffer line = {0};
    buffer_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(out->headers, buffer_text(&line));
    if (longer) out->headers = longer;
    return longer != NULL;
}

static void set_body(struct channel_transfer *out) {
    curl_easy_setopt(out->easy, CURLOPT_POSTFIELDS, buffer_text(&out->body));
    curl_easy_setopt(out->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)out->body.len);
}

bool channel_transfer_open(struct channel_transfer *out, const struct channel_way *way) {
    out->easy = curl_easy_init();
    if (!out->easy) return false;
    /* Behind a proxy it is the proxy's address that is looked at here, and that one the operator has chosen. */
    out->private_allowed = way->private_allowed || way->proxy;
    bool good = curl_easy_setopt(out->easy, CURLOPT_URL, way->url) == CURLE_OK; /* copied */
    curl_easy_setopt(out->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(out->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(out->easy, CURLOPT_PROXY, way->proxy ? way->proxy : "");
    if (way->ca_file) curl_easy_setopt(out->easy, CURLOPT_CAINFO, way->ca_file);
    curl_easy_setopt(out->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(out->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(out->easy, CURLOPT_TIMEOUT_MS, (long)way->timeout_ms);
    if (out->headers) curl_easy_setopt(out->easy, CURLOPT_HTTPHEADER, out->headers);
    if (out->body.len > 0) set_body(out);
    curl_easy_setopt(out->easy, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(out->easy, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(out->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(out->easy, CURLOPT_OPENSOCKETDATA, out);
    /* A connection somebody else was allowed to make is not looked at again. */
    curl_easy_setopt(out->easy, CURLOPT_FRESH_CONNECT, out->private_allowed ? 0L : 1L);
    curl_easy_setopt(out->easy, CURLOPT_USERAGENT, "duban-alerter/" DUBAN_VERSION);
    return good;
}

/* --- what is kept of an answer --- */

/* Some services repeat in their answer what they were called with. */
static void add_scrubbed(const char *text, size_t len, const struct buffer *const *secrets, size_t count,
                         struct buffer *out) {
    for (size_t at = 0; at < len;) {
        size_t hidden = 0;
        for (size_t i = 0; i < count && !hidden; i++) {
            size_t size = secrets[i]->len;
            if (size >= SCRUB_LEAST && size <= len - at && memcmp(text + at, secrets[i]->data, size) == 0) hidden = size;
        }
        if (hidden) buffer_add_text(out, "***");
        else buffer_add_char(out, text[at]);
        at += hidden ? hidden : 1;
    }
}

void channel_answer_words(const struct channel_transfer *transfer, long status, const struct buffer *const *secrets,
                          size_t count, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer plain = {0};
    add_scrubbed(buffer_text(&transfer->answer), transfer->answer.len, secrets, count, &plain);
    buffer_printf(out, "HTTP %ld ", status);
    text_clean(buffer_text(&plain), text_cut_bytes(buffer_text(&plain), plain.len, ANSWER_KEPT), out);
}
