#include "services/alerter/heartbeat.h"

#include "common/base/log.h"

enum { TIMEOUT_MS = 10000 };

/* Said once: the watcher outside is the one that cries. */
static void take_outcome(struct heartbeat *heartbeat, bool good, const char *why) {
    if (!good && !heartbeat->failing) log_warn("heartbeat_failed", "answer=%s", why);
    if (good && heartbeat->failing) log_info("heartbeat_again", "answer=%s", why);
    heartbeat->failing = !good;
}

CURL *heartbeat_due(struct heartbeat *heartbeat, const struct heartbeat_settings *settings, struct tick now) {
    if (!settings->url || heartbeat->under_way || now.ms < heartbeat->next.ms) return NULL;
    struct channel_transfer *transfer = &heartbeat->transfer;
    struct channel_way way = {.url = settings->url, .ca_file = settings->ca_file, .proxy = settings->proxy,
                              .private_allowed = settings->allow_private, .timeout_ms = TIMEOUT_MS};
    heartbeat->next = tick_after(now, settings->every_ms);
    bool made = true;
    if (settings->post) {
        buffer_add_text(&transfer->body, "{\"program\":\"duban-alerter\",\"state\":\"well\"}");
        made = channel_add_header(transfer, "Content-Type", "application/json");
    }
    if (!made || !channel_transfer_open(transfer, &way)) {
        channel_transfer_finish(transfer);
        return NULL;
    }
    heartbeat->under_way = true;
    return transfer->easy;
}

void heartbeat_ended(struct heartbeat *heartbeat, CURLcode result) {
    long status = 0;
    curl_easy_getinfo(heartbeat->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    bool good = result == CURLE_OK && status >= 200 && status < 300;
    if (heartbeat->transfer.refused_address)
        take_outcome(heartbeat, false, "refused: the host lies in a private range; set watch.heartbeat_allow_private");
    else
        take_outcome(heartbeat, good, good ? "well" : result ? curl_easy_strerror(result) : "the watcher refuses it");
    channel_transfer_finish(&heartbeat->transfer);
    heartbeat->under_way = false;
}

void heartbeat_finish(struct heartbeat *heartbeat) {
    channel_transfer_finish(&heartbeat->transfer);
    *heartbeat = (struct heartbeat){0};
}
