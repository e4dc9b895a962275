/* Ways out of the house. Every kind has a file of its own: what a message looks like on it, how its answer is judged.
 * Webhook, robots and e-mail prepare a libcurl transfer for the courier; `log` writes at once; command and zmq are in
 * channel_command.h and channel_zmq.h. Robots, zmq and command are named in the configuration, and the table of contacts
 * knows the name alone. Addresses, secrets and passwords are never logged nor kept. */
#ifndef DUBAN_ALERTER_CHANNEL_H
#define DUBAN_ALERTER_CHANNEL_H

#include <curl/curl.h>

#include "common/base/buffer.h"
#include "common/base/config.h"
#include "common/store/outbox.h"

enum channel_kind {
    CHANNEL_LOG, CHANNEL_WEBHOOK, CHANNEL_EMAIL,     /* address: a label, a URL, a mail box */
    CHANNEL_WECOM, CHANNEL_DINGTALK, CHANNEL_FEISHU, /* address: the name of a channel */
    CHANNEL_ZMQ, CHANNEL_COMMAND,
};
extern const struct word channel_kinds[];

enum { CHANNELS_NAMED_MAX = 128 };

/* One of `channels.named`. Texts belong to the configuration. */
struct channel_named {
    const char *name;
    enum channel_kind kind;
    int64_t per_minute; /* 0 = no pace (command, zmq) */
    int64_t jitter_ms;  /* after the full and half hour */
    int64_t timeout_ms;
    /* robots */
    const char *base_url, *ca_file, *proxy, *key_file, *secret_file;
    bool allow_private;
    struct buffer key, secret; /* what the files hold; wiped by channel_named_forget */
    /* command: argv[0] is an absolute path; no shell */
    const char *const *argv;
    size_t argc;
    /* zmq: key_file is the CURVE key */
    const char *listen;
    const char *const *subscribers; /* public keys, or .pub files */
    size_t subscriber_count;
};
struct channel_list {
    struct channel_named items[CHANNELS_NAMED_MAX];
    size_t count;
};

struct channel_settings {
    const char *log_file;              /* NULL = the program's log alone */
    struct buffer webhook_secret;      /* empty = unsigned */
    struct config_texts allow_hosts;   /* may lie in private ranges */
    int64_t webhook_timeout_ms;
    const char *email_server, *email_from, *email_user; /* server "smtp://host:25"; NULL = no mail */
    const char *email_ca_file;
    struct buffer email_password;
    int64_t email_timeout_ms; /* for one mail, connection and all */
    bool email_require_tls; /* a login always requires it */
    struct channel_list named;
};
/* NULL: no channel of this kind and name. */
const struct channel_named *channel_find(const struct channel_settings *settings, const char *kind, const char *name);

/* --- settings: channel_settings.c --- */

/* Reads `channels.named` of a configuration into a struct channel_list. */
void channel_list_read(struct config *config, struct yaml_node *node, void *slot);
/* What `channels.named` may hold, for the sample file. */
extern const char channel_list_sample[];
/* The secrets' files. The error names the file, never what is in it. */
__attribute__((warn_unused_result)) enum error_code channel_list_secrets(struct channel_list *list, struct error *err);
/* A final line break is the editor's, not the secret's. path NULL: nothing. */
__attribute__((warn_unused_result)) enum error_code channel_secret_read(const char *path, struct buffer *out,
                                                                        struct error *err);
void channel_secret_forget(struct buffer *secret);
void channel_list_forget(struct channel_list *list);
/* The pace to declare to the database: never more than per_minute in any minute, however they were saved up. */
struct outbox_channel channel_pace(const struct channel_named *named);

/* --- one transfer under way: channel_http.c --- */

enum { CHANNEL_ANSWER_MAX = 65536 /* kept of an answer */ };
struct channel_transfer {
    CURL *easy;
    struct curl_slist *headers, *recipients;
    struct buffer body;     /* what is sent */
    size_t sent;
    struct buffer answer;   /* what came back, its first CHANNEL_ANSWER_MAX bytes */
    size_t received;        /* bytes of it in all; reading ends at a megabyte */
    bool private_allowed;
    bool refused_address;   /* it resolved into a private range */
};
void channel_transfer_finish(struct channel_transfer *transfer); /* wipes the body */

struct channel_way {
    const char *url, *ca_file, *proxy; /* ca_file, proxy: NULL = the system's, none */
    bool private_allowed;
    int64_t timeout_ms;
};
/* A request that stays on http and https, follows nothing, enters private ranges only when told to, reads a bounded answer;
 * POST of out->body when it is not empty, with out->headers. false: no memory. */
__attribute__((warn_unused_result)) bool channel_transfer_open(struct channel_transfer *out,
                                                               const struct channel_way *way);
__attribute__((warn_unused_result)) bool channel_add_header(struct channel_transfer *out, const char *name,
                                                            const char *value);
/* false: no http or https URL, with err; else whether its host is one of allow. */
__attribute__((warn_unused_result)) bool channel_url_check(const char *url, const struct config_texts *allow,
                                                           bool *allowed, struct error *err);
/* Reading was ended because it did not end: the status still counts. */
bool channel_answer_endless(const struct channel_transfer *transfer);
/* Adds "HTTP 200 {…}" in words fit for the database: cut, cleaned, without any of the secrets. */
void channel_answer_words(const struct channel_transfer *transfer, long status, const struct buffer *const *secrets,
                          size_t count, struct buffer *out);
/* Loopback, link-local, private, shared, multicast, unspecified; IPv4 inside IPv6 too. */
bool address_is_private(const struct sockaddr *address);

/* How a transfer ended. */
struct channel_verdict {
    enum delivery_outcome outcome;
    int hold_ms;   /* DELIVERY_THROTTLED: how long the channel waits */
    int tries_max; /* DELIVERY_RETRY: not more often than this in all; 0 = as configured */
};

/* --- kinds --- */

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
struct channel_verdict channel_webhook_verdict(const struct channel_transfer *transfer, CURLcode result,
                                               struct buffer *answer);
struct channel_verdict channel_email_verdict(const struct channel_transfer *transfer, CURLcode result,
                                             struct buffer *answer);

/* --- pure parts, for tests --- */

/* The body of a webhook: Alertmanager's version 4. */
__attribute__((warn_unused_result)) bool webhook_body(const struct delivery *delivery, struct buffer *out);
/* "t=1640995200,v1=HEX": HMAC-SHA256 of "t.body" under the secret. */
void webhook_signature(const struct buffer *secret, struct instant now, const struct buffer *body, char out[128]);
/* A whole mail: headers and body, lines ended by CRLF; with the attachment, when there is one. */
__attribute__((warn_unused_result)) bool email_message(const struct channel_settings *settings,
                                                       const struct delivery *delivery, struct instant now,
                                                       struct buffer *out);
bool email_address_fits(const char *address);

#endif
