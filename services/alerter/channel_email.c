#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/alerter/channel.h"

enum { WORD_BYTES = 39, LINE_BYTES = 57, CONNECT_MS = 5000 };

static bool add_base64(const char *bytes, size_t len, struct buffer *out) {
    char text[sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    sodium_bin2base64(text, sizeof text, (const uint8_t *)bytes, len, sodium_base64_VARIANT_ORIGINAL);
    buffer_add_text(out, text);
    return !out->failed;
}

/* RFC 2047: lines of at most 76 characters, never cut inside a character. */
static void add_subject(const char *text, struct buffer *out) {
    size_t len = strlen(text), at = 0;
    buffer_add_text(out, "Subject: ");
    while (at < len) {
        size_t part = text_cut_bytes(text + at, len - at, WORD_BYTES);
        if (at > 0) buffer_add_text(out, "\r\n ");
        buffer_add_text(out, "=?UTF-8?B?");
        add_base64(text + at, part, out);
        buffer_add_text(out, "?=");
        at += part;
    }
    buffer_add_text(out, "\r\n");
}

static void add_date(struct instant now, struct buffer *out) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int year, month, mday;
    struct day day = instant_day(now);
    day_split(day, &year, &month, &mday);
    int seconds = (int)(instant_ms_of_day(now) / MS_SECOND);
    buffer_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0800\r\n", days[day_weekday(day)], mday, months[month - 1],
                  year, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* Lines of base64. */
static void add_encoded(const char *bytes, size_t len, struct buffer *out) {
    buffer_add_text(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    for (size_t at = 0; at < len; at += LINE_BYTES) {
        add_base64(bytes + at, len - at < LINE_BYTES ? len - at : LINE_BYTES, out);
        buffer_add_text(out, "\r\n");
    }
}

/* RFC 2231: "UTF-8''%E5%8F%B0…", one parameter of many parts, so that no line grows too long. */
static void add_file_name(const char *name, struct buffer *out) {
    enum { PART_BYTES = 16 };
    size_t len = strlen(name);
    for (size_t at = 0, part = 0; at < len; part++) {
        size_t end = at + text_cut_bytes(name + at, len - at, PART_BYTES);
        buffer_printf(out, ";\r\n filename*%zu*=%s", part, part == 0 ? "UTF-8''" : "");
        for (; at < end; at++) {
            char byte = name[at];
            bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                         byte == '.' || byte == '-' || byte == '_';
            if (plain) buffer_add_char(out, byte);
            else buffer_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
        }
    }
    buffer_add_text(out, "\r\n");
}

static const char *type_of(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && strcmp(dot, ".csv") == 0 ? "text/csv; charset=UTF-8" : "application/octet-stream";
}

/* base64 cannot hold two hyphens, so no boundary can appear inside a part. */
static void add_parts(const struct delivery *d, const char *text, struct buffer *out) {
    static const char boundary[] = "--duban-part--";
    buffer_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n"
                       "Content-Type: text/plain; charset=UTF-8\r\n", boundary, boundary);
    add_encoded(text, strlen(text), out);
    buffer_printf(out, "--%s\r\nContent-Type: %s\r\nContent-Disposition: attachment", boundary,
                  type_of(d->attachment_name));
    add_file_name(d->attachment_name, out);
    add_encoded(buffer_text(&d->attachment), d->attachment.len, out);
    buffer_printf(out, "--%s--\r\n", boundary);
}

bool email_message(const struct channel_settings *settings, const struct delivery *d, struct instant now,
                   struct buffer *out) {
    const char *text = d->long_body && *d->long_body ? d->long_body : d->body;
    buffer_printf(out, "From: <%s>\r\nTo: <%s>\r\n", settings->email_from, d->address);
    add_subject(d->first_line, out);
    add_date(now, out);
    buffer_printf(out, "Message-ID: <%s@duban>\r\nX-Duban-Number: %s\r\nMIME-Version: 1.0\r\n", d->key, d->number);
    if (d->attachment_name && *d->attachment_name) {
        add_parts(d, text, out);
    } else {
        buffer_add_text(out, "Content-Type: text/plain; charset=UTF-8\r\n");
        add_encoded(text, strlen(text), out);
    }
    return !out->failed;
}

/* Nothing that could end a line of SMTP or its brackets. */
bool email_address_fits(const char *address) {
    const char *at = strchr(address, '@');
    if (!at || at == address || !at[1] || strchr(at + 1, '@')) return false;
    for (const char *c = address; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '<' || *c == '>' || *c == '"' || *c == ',') return false;
    return true;
}

static size_t give_body(char *out, size_t size, size_t count, void *context) {
    struct channel_transfer *transfer = context;
    size_t room = size * count, left = transfer->body.len - transfer->sent;
    size_t len = left < room ? left : room;
    if (len) memcpy(out, buffer_text(&transfer->body) + transfer->sent, len);
    transfer->sent += len;
    return len;
}

static void set_options(const struct channel_settings *settings, struct channel_transfer *out) {
    curl_easy_setopt(out->easy, CURLOPT_URL, settings->email_server);
    curl_easy_setopt(out->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(out->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(out->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(out->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(out->easy, CURLOPT_TIMEOUT_MS, (long)settings->email_timeout_ms);
    /* A password never travels in the open, whatever the setting says. */
    bool required = settings->email_require_tls || settings->email_user;
    curl_easy_setopt(out->easy, CURLOPT_USE_SSL, (long)(required ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (settings->email_ca_file) curl_easy_setopt(out->easy, CURLOPT_CAINFO, settings->email_ca_file);
    curl_easy_setopt(out->easy, CURLOPT_MAIL_FROM, settings->email_from);
    curl_easy_setopt(out->easy, CURLOPT_MAIL_RCPT, out->recipients);
    curl_easy_setopt(out->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(out->easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(out->easy, CURLOPT_READDATA, out);
    if (!settings->email_user) return;
    curl_easy_setopt(out->easy, CURLOPT_USERNAME, settings->email_user);
    curl_easy_setopt(out->easy, CURLOPT_PASSWORD, buffer_text(&settings->email_password));
}

enum error_code channel_email(const struct channel_settings *settings, const struct delivery *d, struct instant now,
                              struct channel_transfer *out, struct error *err) {
    *out = (struct channel_transfer){0};
    if (!settings->email_server || !settings->email_from)
        return error_set(err, ERROR_INPUT, "no mail server: set channels.email.server and channels.email.from");
    if (!email_address_fits(d->address))
        return error_set(err, ERROR_INPUT, "the address is no mail address: correct it in the table of contacts");
    if (!email_message(settings, d, now, &out->body)) return error_set(err, ERROR_MEMORY, "out of memory for a mail");
    out->recipients = curl_slist_append(NULL, d->address);
    out->easy = out->recipients ? curl_easy_init() : NULL;
    if (!out->easy) return error_set(err, ERROR_MEMORY, "out of memory for a mail");
    set_options(settings, out);
    return ERROR_OK;
}

/* A certificate or a login that does not fit does not mend itself in a minute, but the operator may mend it today. */
static const char *remedy_of(CURLcode result) {
    if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE)
        return "; its certificate is not trusted: set channels.email.ca_file";
    if (result == CURLE_USE_SSL_FAILED)
        return "; the server offers no STARTTLS: use smtps://, or a server that does";
    if (result == CURLE_LOGIN_DENIED) return "; look at channels.email.user and password_file";
    return "";
}

struct channel_verdict channel_email_verdict(const struct channel_transfer *transfer, CURLcode result,
                                             struct buffer *answer) {
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result == CURLE_OK) {
        buffer_printf(answer, "SMTP %ld", status);
        return (struct channel_verdict){.outcome = DELIVERY_DELIVERED};
    }
    buffer_printf(answer, "SMTP %ld: %s%s", status, curl_easy_strerror(result), remedy_of(result));
    bool refused = status >= 500 && status < 600 && result != CURLE_LOGIN_DENIED;
    return (struct channel_verdict){.outcome = refused ? DELIVERY_FAILED : DELIVERY_RETRY};
}
