#include "services/board/document_overview.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"

/* --- who is silent --- */

static void say_silence(struct sight *sight, size_t area, const struct area_silence *silence, json_t *list,
                        size_t *total) {
    if (!silence->is) return;
    if ((*total)++ < OVERVIEW_LISTED) json_array_append_new(list, silence_json(sight->facts, area, silence));
}

static void overview_silences(struct sight *sight, const struct tally *tally, json_t *document) {
    json_t *list = json_array();
    size_t total = 0;
    for (size_t i = 0; i < sight->plan->area_count; i++)
        if (tally->shown[i]) say_silence(sight, i, &tally->silences[i], list, &total);
    for (size_t i = 0; i < sight->facts->morning.feeds.count; i++) {
        const struct feed *feed = &sight->facts->morning.feeds.items[i];
        struct area_silence silence = silence_of_feed(sight->facts, feed);
        if (feed->stream->role != STREAM_COUNTY && scope_sees_stream(sight->scope, sight->view, feed->stream->name))
            say_silence(sight, NO_INDEX, &silence, list, &total);
    }
    json_object_set_new(document, "silences", list);
    json_object_set_new(document, "silences_total", json_integer((json_int_t)total));
}

/* --- the finding, as a sentence --- */

enum { SILENCES_NAMED = 3 };

static void heading_lights(const struct counts *counts, struct buffer *out) {
    const size_t *lamps = counts->lamps;
    if (lamps[LAMP_RED]) buffer_printf(out, "%zu项红灯", lamps[LAMP_RED]);
    if (lamps[LAMP_PROPOSED])
        buffer_printf(out, "%s%zu项红灯待核定", out->len ? "，" : "", lamps[LAMP_PROPOSED]);
    if (lamps[LAMP_YELLOW]) buffer_printf(out, "%s%zu项黄灯", out->len ? "，" : "", lamps[LAMP_YELLOW]);
    if (out->len == 0) buffer_add_text(out, lamps[LAMP_GREY] ? "没有红灯和黄灯" : "没有红灯、黄灯和缺数");
}

static void heading_silences(struct sight *sight, const struct tally *tally, struct buffer *out) {
    size_t silent = 0;
    for (size_t i = 0; i < sight->plan->area_count; i++) {
        if (!tally->shown[i] || !tally->silences[i].is) continue;
        if (silent++ >= SILENCES_NAMED) continue;
        buffer_add_text(out, silent == 1 ? "；" : "，");
        silence_words(sight->facts, area_short(&sight->plan->areas[i]), &tally->silences[i], out);
    }
    if (silent > SILENCES_NAMED) buffer_printf(out, "，另有%zu个县（区）没有声音", silent - SILENCES_NAMED);
}

static void overview_heading(struct sight *sight, const struct tally *tally, json_t *document) {
    CLEAN(buffer_finish) struct buffer heading = {0};
    heading_lights(&tally->county, &heading);
    heading_silences(sight, tally, &heading);
    json_object_set_new(document, "heading", json_string(buffer_text(&heading)));
}

/* --- the rest --- */

static void overview_alerts(struct sight *sight, json_t *document) {
    size_t open = 0, promised = 0, suppressed = 0;
    for (size_t i = 0; i < sight->view->alerts.count; i++) {
        const struct alert_row *row = &sight->view->alerts.items[i];
        struct seen_alert alert;
        if (!alert_seen(sight, row, &alert)) continue;
        open += strcmp(row->state, "open") == 0;
        promised += strcmp(row->state, "promised") == 0;
        suppressed += strcmp(row->state, "suppressed") == 0;
    }
    json_object_set_new(document, "alerts",
                        json_pack("{s:I, s:I, s:I}", "open", (json_int_t)open, "promised", (json_int_t)promised,
                                  "suppressed", (json_int_t)suppressed));
}

static void overview_counts(const struct tally *tally, json_t *document) {
    json_object_set_new(document, "counts", counts_json(&tally->county));
    json_object_set_new(document, "city", counts_json(&tally->city));
    json_object_set_new(document, "reports",
                        json_pack("{s:I, s:I, s:I, s:I}", "counties_in", (json_int_t)tally->counties_in,
                                  "counties_expected", (json_int_t)tally->counties_expected, "departments_in",
                                  (json_int_t)tally->departments_in, "departments_expected",
                                  (json_int_t)tally->departments_expected));
}

static void overview_period(const struct facts *facts, json_t *document) {
    char words[32];
    closed_period_words(facts, words);
    json_object_set_new(document, "period",
                        *words ? json_pack("{s:s, s:o, s:o}", "words", words, "last",
                                           json_of_day(facts->morning.period.last), "due",
                                           json_of_day(facts->morning.period.closing))
                               : json_null());
}

json_t *document_overview(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                          struct error *err) {
    struct sight sight = sight_of(facts, scope);
    CLEAN(tally_finish) struct tally tally = {0};
    CLEAN(answer_index_finish) struct answer_index answers = {0};
    json_t *document = document_envelope(facts, "overview");
    if (!document || !tally_make(&sight, request->under, &tally) || !answer_index_make(facts, &answers))
        return document_failed(err, document);
    if (request->under && tally.level.count == 0) {
        json_decref(document);
        return document_unknown(err, "under");
    }
    overview_heading(&sight, &tally, document);
    overview_period(facts, document);
    overview_counts(&tally, document);
    overview_silences(&sight, &tally, document);
    overview_matrix(&sight, &tally, document);
    overview_decisions(&sight, document);
    overview_changes(&sight, document);
    overview_alerts(&sight, document);
    return overview_coming(&sight, &answers, document) ? document : document_failed(err, document);
}
