#include "services/cli/listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/domain/alert.h"
#include "common/domain/route.h"
#include "common/report/json.h"
#include "services/cli/moment.h"
#include "services/cli/programme_choice.h"

void listing_finish(struct listing *listing) {
    alert_rows_finish(&listing->alerts);
    notice_rows_finish(&listing->notices);
    message_rows_finish(&listing->messages);
    delivery_rows_finish(&listing->deliveries);
    answer_rows_finish(&listing->answers);
    free(listing->alerts_by_id);
    free(listing->messages_by_id);
    streams_finish(&listing->streams);
    stored_plan_finish(&listing->stored);
    programme_finish(&listing->programme);
}

static int alert_order(const void *a, const void *b) {
    int64_t first = (*(const struct alert_row *const *)a)->id, second = (*(const struct alert_row *const *)b)->id;
    return (first > second) - (first < second);
}
static int message_order(const void *a, const void *b) {
    int64_t first = (*(const struct message_row_read *const *)a)->id;
    int64_t second = (*(const struct message_row_read *const *)b)->id;
    return (first > second) - (first < second);
}

/* A storm has as many alerts as notices: neither is looked for one by one. */
static enum error_code order(struct listing *listing, struct error *err) {
    listing->alerts_by_id = calloc(listing->alerts.count + 1, sizeof *listing->alerts_by_id);
    listing->messages_by_id = calloc(listing->messages.count + 1, sizeof *listing->messages_by_id);
    if (!listing->alerts_by_id || !listing->messages_by_id) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < listing->alerts.count; i++) listing->alerts_by_id[i] = &listing->alerts.items[i];
    for (size_t i = 0; i < listing->messages.count; i++) listing->messages_by_id[i] = &listing->messages.items[i];
    qsort(listing->alerts_by_id, listing->alerts.count, sizeof *listing->alerts_by_id, alert_order);
    qsort(listing->messages_by_id, listing->messages.count, sizeof *listing->messages_by_id, message_order);
    return ERROR_OK;
}

enum error_code listing_read(struct cli *cli, struct pg *pg, bool all, struct listing *out, struct error *err) {
    enum error_code code = moment_resolve(args_value(cli->args, "as-of", NULL), args_value(cli->args, "known-at", NULL),
                                          cli->now, &out->moment, err);
    if (!code) code = choose_programme(cli, pg, &out->programme, err);
    int32_t id = out->programme.id;
    struct instant at = out->moment.known_at;
    if (code || (code = stored_plan_read(pg, id, at, &out->stored, err)) ||
        (code = query_alerts(pg, id, at, all, &out->alerts, err)) ||
        (code = query_notices(pg, id, at, &out->notices, err)) || (code = streams_read(pg, id, &out->streams, err)) ||
        (code = query_messages(pg, id, INSTANT_NONE, at, &out->messages, err)))
        return code;
    code = query_deliveries(pg, id, &out->deliveries, err);
    if (!code) code = query_answers(pg, id, at, &out->answers, err);
    return code ? code : order(out, err);
}

const struct alert_row *listing_alert(const struct listing *listing, int64_t id) {
    const struct alert_row wanted = {.id = id}, *key = &wanted;
    const struct alert_row **found =
        bsearch(&key, listing->alerts_by_id, listing->alerts.count, sizeof key, alert_order);
    return found ? *found : NULL;
}

const struct message_row_read *listing_message(const struct listing *listing, int64_t id) {
    const struct message_row_read wanted = {.id = id}, *key = &wanted;
    const struct message_row_read **found =
        bsearch(&key, listing->messages_by_id, listing->messages.count, sizeof key, message_order);
    return found ? *found : NULL;
}

size_t listing_notices(const struct listing *listing, int64_t alert, const struct notice_row **first) {
    const struct notice_row *items = listing->notices.items; /* by alert */
    size_t low = 0, high = listing->notices.count, count = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (items[middle].alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    *first = items + low;
    while (low + count < listing->notices.count && items[low + count].alert == alert) count++;
    return count;
}

size_t listing_deliveries(const struct listing *listing, int64_t message, const struct delivery_row **first) {
    const struct delivery_row *items = listing->deliveries.items; /* by message */
    size_t low = 0, high = listing->deliveries.count, count = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (items[middle].message < message)
            low = middle + 1;
        else
            high = middle;
    }
    *first = items + low;
    while (low + count < listing->deliveries.count && items[low + count].message == message) count++;
    return count;
}

static const char *unit_of(const struct streams *streams, const char *stream) {
    const struct stream *found = streams_find(streams, slice_of(stream));
    return found && found->unit ? found->unit : stream;
}

void listing_subject(const struct listing *listing, const char *target, const char *area, const char *stream,
                     struct buffer *out) {
    const struct plan *plan = listing->stored.plan;
    size_t of_target = plan_find_target(plan, slice_of(target)), of_area = plan_find_area(plan, slice_of(area));
    if (*target)
        buffer_printf(out, "%s %s", of_area == NO_INDEX ? area : area_short(&plan->areas[of_area]),
                      of_target == NO_INDEX ? target : target_short(&plan->targets[of_target]));
    else if (*stream)
        buffer_printf(out, "%s（%s）", unit_of(&listing->streams, stream), stream);
    else
        buffer_add_text(out, "本系统");
}

void listing_recipient(const struct listing *listing, const char *recipient, struct buffer *out) {
    char who[RECIPIENT_MAX];
    route_words(listing->stored.plan, recipient, who, sizeof who);
    buffer_add_text(out, *who ? who : recipient);
}

static json_t *deliveries_json(const struct listing *listing, int64_t message) {
    json_t *list = json_array();
    const struct delivery_row *deliveries;
    size_t count = message ? listing_deliveries(listing, message, &deliveries) : 0;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "channel", deliveries[i].channel, "state",
                                              deliveries[i].state, "attempts", (json_int_t)deliveries[i].attempts));
    return list;
}

json_t *listing_notice_json(const struct listing *listing, const struct notice_row *notice) {
    return json_pack("{s:o, s:s, s:s, s:o, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
                     json_sprintf("N%" PRId64, notice->id), "step", notice->step, "recipient", notice->recipient,
                     "meant_for", json_of_text(notice->meant_for), "unroutable", notice->unroutable, "state",
                     notice->state, "cause", json_of_text(notice->cause), "number", json_of_text(notice->message),
                     "item", notice->item ? json_integer(notice->item) : json_null(), "not_before",
                     json_of_instant(notice->not_before), "window_at", json_of_instant(notice->window_at), "line",
                     json_of_text(notice->line), "deliveries", deliveries_json(listing, notice->message_id));
}
