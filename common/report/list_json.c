#include "common/report/list_json.h"

#include <inttypes.h>
#include <string.h>

#include "common/domain/alert.h"
#include "common/report/json.h"

/* How it ended; null while it stands. */
static json_t *class_of(const struct alert_row *alert) {
    return strcmp(alert->state, "resolved") == 0 ? json_of_text(cause_class_name(alert_cause_class(alert->cause)))
                                                 : json_null();
}

const char *alert_rule_words(const char *rule) {
    enum alert_rule found;
    return alert_rule_find(slice_of(rule), &found) ? alert_rule_word(found) : rule;
}

const char *alert_state_words(const char *state) {
    static const struct {
        const char *state, *word;
    } words[] = {{"open", "未了"}, {"promised", "已承诺"}, {"suppressed", "暂不提"}, {"resolved", "已了"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].state, state) == 0) return words[i].word;
    return state;
}

json_t *alert_json(const struct alert_row *alert) {
    json_t *facts = json_loads(alert->facts, 0, NULL);
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o}",
                     "id", (json_int_t)alert->id, "word", alert_rule_words(alert->rule), "rule", alert->rule, "target",
                     json_of_text(alert->target), "area", json_of_text(alert->area), "stream",
                     json_of_text(alert->stream), "period", json_of_day(alert->period), "file",
                     alert->file ? json_sprintf("F%" PRId64, alert->file) : json_null(), "state", alert->state,
                     "cause", alert->cause, "step", alert->step, "class", class_of(alert), "rung",
                     alert_rung_name((enum alert_rung)alert->rung), "issued",
                     alert->issued ? json_string(alert_rung_name((enum alert_rung)alert->issued)) : json_null(),
                     "opened_at", json_of_instant(alert->opened_at), "changed_at", json_of_instant(alert->changed_at),
                     "resolved_at", json_of_instant(alert->resolved_at), "back_filled", alert->back_filled, "facts",
                     facts ? facts : json_null());
}

json_t *file_json(const struct feed_file *file) {
    json_t *refusals = json_array(), *rows = json_loads(file->refusals, 0, NULL), *row;
    size_t i;
    json_array_foreach(rows, i, row)
        json_array_append_new(refusals, json_pack("{s:O?, s:O?, s:O?}", "place", json_array_get(row, 0), "code",
                                                  json_array_get(row, 1), "text", json_array_get(row, 2)));
    json_decref(rows);
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "id",
                     json_sprintf("F%" PRId64, file->id), "stream", file->stream_name, "file", file->file, "feed",
                     json_of_text(file->feed), "period", json_of_text(file->period), "known_at",
                     json_of_instant(file->known_at), "reported_at", json_of_instant(file->reported_at), "taken",
                     (json_int_t)file->taken, "unchanged", (json_int_t)file->unchanged, "held", (json_int_t)file->held,
                     "refused", (json_int_t)file->refused, "refusals", refusals);
}

json_t *quarantined_json(const struct quarantined *row) {
    return json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:I}", "stream", row->stream, "seq", (json_int_t)row->seq,
                     "known_at", json_of_instant(row->known_at), "code", row->code, "field", json_of_text(row->field),
                     "hint", json_of_text(row->hint), "raw_bytes", (json_int_t)row->raw.len);
}
