/* What stands, what was said of it to whom and how it was delivered, as two commands list it: alerts and outbox. */
#ifndef DUBAN_CLI_LISTING_H
#define DUBAN_CLI_LISTING_H

#include <jansson.h>

#include "common/report/view.h"
#include "common/store/query_answer.h"
#include "services/cli/cli.h"

struct listing {
    struct programme programme;
    struct stored_plan stored;
    struct moment moment;
    struct alert_rows alerts;
    struct notice_rows notices;
    struct message_rows messages;
    struct delivery_rows deliveries;
    struct answer_rows answers;
    struct streams streams;
    const struct alert_row **alerts_by_id;
    const struct message_row_read **messages_by_id;
};

/* By --as-of and --known-at; all = with the alerts that are over. *out is initialised by the caller. */
__attribute__((warn_unused_result)) enum error_code listing_read(struct cli *cli, struct pg *pg, bool all,
                                                                 struct listing *out, struct error *err);
void listing_finish(struct listing *listing);

const struct alert_row *listing_alert(const struct listing *listing, int64_t id);          /* NULL */
const struct message_row_read *listing_message(const struct listing *listing, int64_t id); /* NULL */
/* The notices of an alert, which are neighbours; *first: the first of them. */
size_t listing_notices(const struct listing *listing, int64_t alert, const struct notice_row **first);
size_t listing_deliveries(const struct listing *listing, int64_t message, const struct delivery_row **first);
/* "青川 直连道路", "剑阁县（jiange）" */
void listing_subject(const struct listing *listing, const char *target, const char *area, const char *stream,
                     struct buffer *out);
/* "剑阁县", "群 office-room" */
void listing_recipient(const struct listing *listing, const char *recipient, struct buffer *out);
json_t *listing_notice_json(const struct listing *listing, const struct notice_row *notice);

#endif
