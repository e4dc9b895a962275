#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/alerter/channel.h"

enum { WORD_BYTES = 39, LINE_BYTES = 57, CONNECT_MS = 5000, MAIL_MS = 30000 };

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

bool email_message(const struct channel_settings *settings, const struct delivery *d, struct instant now,
                   struct buffer *out) {
    buffer_printf(out, "From: <%s>\r\nTo: <%s>\r\n", settings->email_from, d->address);
    add_subject(d->first_line, out);
    add_date(now, out);
    buffer_printf(out, "Message-ID: <%s@duban>\r\nX-Duban-Number: %s\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                  d->key, d->number);
    size_t len = strlen(d->body);
    for (size_t at = 0; at < len; at += LINE_BYTES) {
        add_base64(d->body + at, len - at < LINE_BYTES ? len - at : LINE_BYTES, out);
        buffer_add_text(out, "\r\n");
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
    curl_easy_setopt(out->easy, CURLOPT_TIMEOUT_MS, (long)MAIL_MS);
    curl_easy_setopt(out->easy, CURLOPT_USE_SSL, (long)(settings->email_require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(out->easy, CURLOPT_MAIL_FROM, settings->email_from);
    curl_easy_setopt(out->easy, CURLOPT_MAIL_RCPT, out->recipients);
    curl_easy_setopt(out->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(out->easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(out->easy, CURLOPT_READDATA, out);
    curl_easy_setopt(out->easy, CURLOPT_ERRORBUFFER, out->failure);
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

enum delivery_outcome channel_email_outcome(const struct channel_transfer *transfer, CURLcode result,
                                            struct buffer *answer) {
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result == CURLE_OK) {
        buffer_printf(answer, "SMTP %ld", status);
        return DELIVERY_DELIVERED;
    }
    buffer_printf(answer, "SMTP %ld: %s", status, curl_easy_strerror(result));
    return status >= 500 && status < 600 ? DELIVERY_FAILED : DELIVERY_RETRY;
}
