/* Proof of life for a watcher outside (a dead man's switch): a request every so many real minutes while the alerter's
 * looks succeed. When it stays away, the watcher tells people that nobody watches. The URL is a secret. */
#ifndef DUBAN_ALERTER_HEARTBEAT_H
#define DUBAN_ALERTER_HEARTBEAT_H

#include "services/alerter/channel.h"

struct heartbeat_settings {
    const char *url, *ca_file, *proxy; /* url NULL = none */
    bool allow_private, post;
    int64_t every_ms;
};
struct heartbeat {
    struct channel_transfer transfer;
    bool under_way, failing; /* failing: said in the log once, until it is well again */
    struct tick next;
};

/* A look has succeeded at `now`: gives a transfer to start when one is due, else NULL. */
CURL *heartbeat_due(struct heartbeat *heartbeat, const struct heartbeat_settings *settings, struct tick now);
void heartbeat_ended(struct heartbeat *heartbeat, CURLcode result);
void heartbeat_finish(struct heartbeat *heartbeat);

#endif
