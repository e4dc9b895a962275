/* A robot's transfer: prepared and judged. */
#include "services/alerter/channel_robot.h"

#include <sodium.h>
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"

enum error_code channel_robot(const struct channel_named *robot, const struct delivery *d, struct instant now,
                              struct channel_transfer *out, struct error *err) {
    CLEAN(channel_secret_forget) struct buffer url = {0};
    *out = (struct channel_transfer){0};
    bool made = robot_url(robot, now, &url) && robot_body(robot, d, now, &out->body) &&
                channel_add_header(out, "Content-Type", "application/json; charset=utf-8") &&
                channel_add_header(out, "Expect", "");
    struct channel_way way = {.url = buffer_text(&url), .ca_file = robot->ca_file, .proxy = robot->proxy,
                              .private_allowed = robot->allow_private, .timeout_ms = robot->timeout_ms};
    if (!made || !channel_transfer_open(out, &way)) return error_set(err, ERROR_MEMORY, "out of memory for a robot");
    return ERROR_OK;
}

/* Feishu says after how many seconds it listens again. */
static long reset_seconds(CURL *easy) {
    struct curl_header *header;
    int64_t seconds = 0;
    if (curl_easy_header(easy, "x-ogw-ratelimit-reset", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return 0;
    if (!text_to_int(header->value, strlen(header->value), &seconds) || seconds < 0 || seconds > 3600) return 0;
    return (long)seconds;
}

struct channel_verdict channel_robot_verdict(const struct channel_named *robot,
                                             const struct channel_transfer *transfer, CURLcode result,
                                             struct buffer *answer) {
    if (transfer->refused_address) {
        buffer_add_text(answer, "refused: base_url lies in a private range; set allow_private: true for this channel");
        return (struct channel_verdict){.outcome = DELIVERY_FAILED};
    }
    if (transfer->received > CHANNEL_ANSWER_MAX) { /* whatever its status says: 429 would be waited for without end */
        buffer_printf(answer, "an answer of more than %d kB: it did not come from the vendor; look at base_url and proxy",
                      CHANNEL_ANSWER_MAX / 1024);
        return (struct channel_verdict){.outcome = DELIVERY_RETRY, .tries_max = ROBOT_FOREIGN_TRIES};
    }
    if (result != CURLE_OK) { /* libcurl's own words name no address */
        buffer_printf(answer, "%s%s", curl_easy_strerror(result),
                      result == CURLE_PEER_FAILED_VERIFICATION ? "; set ca_file for this channel" : "");
        return (struct channel_verdict){.outcome = DELIVERY_RETRY};
    }
    long status = 0;
    const char *remedy;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    struct channel_verdict verdict = robot_judge(robot->kind, status, buffer_text(&transfer->answer),
                                                 transfer->answer.len, reset_seconds(transfer->easy), &remedy);
    const struct buffer *secrets[] = {&robot->key, &robot->secret};
    channel_answer_words(transfer, status, secrets, 2, answer);
    if (*remedy) buffer_printf(answer, " (%s)", remedy);
    return verdict;
}
