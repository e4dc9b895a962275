/* Ways out of the house: what a message looks like on each, and how its answer is judged. Nothing here sends by itself
 * but the log; webhook and e-mail prepare a libcurl transfer for the courier. Addresses, secrets and passwords are never
 * logged. */
#ifndef DUBAN_ALERTER_CHANNEL_H
#define DUBAN_ALERTER_CHANNEL_H

#include <curl/curl.h>

#include "common/base/buffer.h"
#include "common/base/config.h"
#include "common/store/outbox.h"

struct channel_settings {
    const char *log_file;              /* NULL = the program's log alone */
    struct buffer webhook_secret;      /* empty = unsigned */
    struct config_texts allow_hosts;   /* may lie in private ranges */
    int64_t webhook_timeout_ms;
    const char *email_server, *email_from, *email_user; /* server "smtp://host:25"; NULL = no mail */
    struct buffer email_password;
    bool email_require_tls;
};

/* One transfer under way: what libcurl reads from and writes to. */
struct channel_transfer {
    CURL *easy;
    struct curl_slist *headers, *recipients;
    struct buffer body;     /* what is sent */
    size_t sent;
    struct buffer answer;   /* the beginning of what came back */
    bool private_allowed;
    bool refused_address;   /* it resolved into a private range */
    char failure[CURL_ERROR_SIZE];
};
void channel_transfer_finish(struct channel_transfer *transfer);

/* Writes the line and appends one JSON line to the file. May block on the disk. */
__attribute__((warn_unused_result)) enum error_code channel_log(const struct channel_settings *settings,
                                                                const struct delivery *delivery, struct error *err);

/* Prepares the transfer. ERROR_INPUT: this address can never work. now: real time, for signatures and dates. */
__attribute__((warn_unused_result)) enum error_code channel_webhook(const struct channel_settings *settings,
                                                                    const struct delivery *delivery,
                                                                    struct instant now,
                                                                    struct channel_transfer *out, struct error *err);
__attribute__((warn_unused_result)) enum error_code channel_email(const struct channel_settings *settings,
                                                                  const struct delivery *delivery, struct instant now,
                                                                  struct channel_transfer *out, struct error *err);

/* Judges the end of a transfer; words for people, without the address. */
enum delivery_outcome channel_webhook_outcome(const struct channel_transfer *transfer, CURLcode result,
                                              struct buffer *answer);
enum delivery_outcome channel_email_outcome(const struct channel_transfer *transfer, CURLcode result,
                                            struct buffer *answer);

/* --- pure parts, for tests --- */

/* The body of a webhook: Alertmanager's version 4. */
__attribute__((warn_unused_result)) bool webhook_body(const struct delivery *delivery, struct buffer *out);
/* "t=1640995200,v1=HEX": HMAC-SHA256 of "t.body" under the secret. */
void webhook_signature(const struct buffer *secret, struct instant now, const struct buffer *body, char out[128]);
/* Loopback, link-local, private, shared, multicast, unspecified; IPv4 inside IPv6 too. */
bool address_is_private(const struct sockaddr *address);
/* A whole mail: headers and body, lines ended by CRLF. */
__attribute__((warn_unused_result)) bool email_message(const struct channel_settings *settings,
                                                       const struct delivery *delivery, struct instant now,
                                                       struct buffer *out);
bool email_address_fits(const char *address);

#endif
