/* Who reports and who does not, with twelve periods each; the files as they came; what is in quarantine. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/json.h"
#include "common/report/list_json.h"
#include "services/board/document_feeds.h"
#include "services/board/document_part.h"

enum { PERIODS_SHOWN = 12, PIECES_MAX = 50 };

/* --- streams --- */

static bool sees_stream(const struct sight *sight, const char *name) {
    return scope_sees_stream(sight->scope, sight->view, name);
}

static const char *period_state(const struct sight *sight, const struct feed *feed, struct period period,
                                struct instant first) {
    const struct period *newest = &sight->facts->morning.period;
    struct day begins = sight->plan->reporting.first_period;
    bool closed = day_is(period.closing) && sight->facts->morning.now.ms >= day_end(period.closing).ms;
    if (instant_is(first) && day_is(begins) && period.first.n < begins.n) return "back_filled";
    if (period.first.n == newest->first.n && feed->missing) return "missing"; /* some of it, or all */
    if (instant_is(first)) return !day_is(period.closing) || first.ms < day_end(period.closing).ms ? "on_time" : "late";
    if (!feed->owed || (day_is(begins) && period.first.n < begins.n)) return "none";
    return closed ? "missing" : "open";
}

static json_t *periods_json(const struct sight *sight, const struct feed *feed, const struct board_reports *reports) {
    const struct plan *plan = sight->plan;
    json_t *list = json_array(); /* oldest first */
    struct period period = period_of(plan->calendar, &plan->reporting, sight->view->moment.as_of);
    for (size_t i = 0; i < PERIODS_SHOWN && day_is(period.first); i++) {
        char name[32];
        struct instant first = board_reports_first(reports, feed->stream->id, period.first, period.last);
        period_name(&plan->reporting, period, name);
        json_array_insert_new(list, 0,
                              json_pack("{s:s, s:o, s:s, s:o}", "period", name, "due", json_of_day(period.closing),
                                        "state", period_state(sight, feed, period, first), "first_at",
                                        json_of_instant(first)));
        period = period_before(plan->calendar, &plan->reporting, period);
    }
    return list;
}

/* What the agent last said of itself is the present's; of a past moment it is not known. */
static void set_status(const struct sight *sight, const struct stream *stream, json_t *feed) {
    bool known = !sight->view->moment.past && instant_is(stream->status_at);
    json_object_set_new(feed, "last_heartbeat", json_of_instant(known ? stream->status_at : INSTANT_NONE));
    json_object_set_new(feed, "depth", known ? json_integer(stream->depth) : json_null());
    json_object_set_new(feed, "lag_hours", known ? json_integer(stream->depth > 0 ? stream->oldest_age_ms / MS_HOUR : 0)
                                                 : json_null());
    json_object_set_new(feed, "software", json_of_text(known ? stream->software : NULL));
}

static json_t *feed_row(const struct sight *sight, const struct feed *feed, json_t *row,
                        const struct board_reports *reports) {
    struct area_silence silence = silence_of_feed(sight->facts, feed);
    CLEAN(buffer_finish) struct buffer words = {0};
    if (silence.is) silence_words(sight->facts, feed->stream->unit, &silence, &words);
    json_object_set_new(row, "role", json_string(stream_role_name(feed->stream->role)));
    json_object_set_new(row, "state_word", json_string(feed_state_name(feed->state)));
    json_object_set_new(row, "since", json_of_day(silence.is ? silence.since : DAY_NONE));
    json_object_set_new(row, "days",
                        silence.is && day_is(silence.since) ? json_integer(silence.days) : json_null());
    json_object_set_new(row, "words", json_of_text(buffer_text(&words)));
    json_object_set_new(row, "last_file_id",
                        feed->last ? json_sprintf("F%" PRId64, feed->last->id) : json_null());
    json_object_set_new(row, "periods", reports ? periods_json(sight, feed, reports) : json_null());
    set_status(sight, feed->stream, row);
    return row;
}

/* Silent ones first: 断线, 退回, 未报, 未接入, then the rest by name. */
struct shown_feed {
    size_t place;
    unsigned rank;
};

static unsigned feed_rank(enum feed_state state) {
    static const unsigned ranks[] = {
        [FEED_OFFLINE] = 0, [FEED_MISSING] = 1, [FEED_REJECTED] = 2, [FEED_NEVER] = 3, [FEED_OK] = 4};
    return ranks[state];
}

static int silent_first(const void *left, const void *right) {
    const struct shown_feed *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static size_t choose_feeds(const struct sight *sight, struct shown_feed *out) {
    const struct feeds *feeds = &sight->facts->morning.feeds;
    size_t count = 0;
    for (size_t i = 0; i < feeds->count; i++)
        if (sees_stream(sight, feeds->items[i].stream->name))
            out[count++] = (struct shown_feed){i, feed_rank(feeds->items[i].state)};
    qsort(out, count, sizeof *out, silent_first);
    return count;
}

static enum error_code read_reports(const struct sight *sight, struct pg *pg, const struct shown_feed *shown,
                                    size_t count, struct board_reports *out, struct error *err) {
    AUTO_FREE int32_t *streams = calloc(count + 1, sizeof *streams);
    if (!streams) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        streams[i] = sight->facts->morning.feeds.items[shown[i].place].stream->id;
    struct period period =
        period_of(sight->plan->calendar, &sight->plan->reporting, sight->view->moment.as_of);
    for (size_t i = 1; i < PERIODS_SHOWN; i++)
        period = period_before(sight->plan->calendar, &sight->plan->reporting, period);
    return query_board_reports(pg, streams, count, period.first, sight->view->moment.known_at, out, err);
}

/* The worst sixty; all the others are counted. */
static enum error_code set_feeds(const struct sight *sight, struct pg *pg, json_t *document, struct error *err) {
    const struct feeds *feeds = &sight->facts->morning.feeds;
    CLEAN(board_reports_finish) struct board_reports reports = {0};
    AUTO_FREE struct shown_feed *shown = calloc(feeds->count + 1, sizeof *shown);
    if (!shown) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t total = choose_feeds(sight, shown), listed = total < DOCUMENT_PAGE ? total : DOCUMENT_PAGE;
    enum error_code code = listed ? read_reports(sight, pg, shown, listed, &reports, err) : ERROR_OK;
    if (code) return code;
    json_t *all = feeds_json(sight->view, feeds), *list = json_array();
    for (size_t i = 0; i < listed; i++) {
        json_t *row = json_array_get(all, shown[i].place);
        json_array_append(list, feed_row(sight, &feeds->items[shown[i].place], row, &reports));
    }
    json_decref(all);
    json_object_set_new(document, "feeds", list);
    json_object_set_new(document, "feeds_total", json_integer((json_int_t)total));
    return ERROR_OK;
}

/* --- files --- */

struct file_page {
    const struct sight *sight;
    size_t limit;
    int64_t last; /* 0 = nothing follows */
    json_t *list;
};

static json_t *file_row(const struct sight *sight, const struct feed_file *file) {
    const struct stream *stream = streams_find(&sight->view->streams, slice_of(file->stream_name));
    json_t *json = file_json(file);
    if (!json) return NULL;
    json_object_set_new(json, "unit", json_of_text(stream ? stream->unit : NULL));
    return json;
}

static enum error_code page_files(struct file_page *page, struct pg *pg, int64_t before, struct error *err) {
    size_t listed = 0;
    const struct view *view = page->sight->view;
    for (size_t piece = 0; piece < PIECES_MAX; piece++) {
        CLEAN(feed_files_finish) struct feed_files files = {0};
        enum error_code code = query_board_files(pg, view->programme.id, view->moment.known_at, 0, before,
                                                 DOCUMENT_PAGE_MAX + 1, &files, err);
        if (code) return code;
        for (size_t i = 0; i < files.count; i++) {
            before = files.items[i].id;
            if (!sees_stream(page->sight, files.items[i].stream_name)) continue;
            if (listed++ == page->limit) return ERROR_OK;
            json_array_append_new(page->list, file_row(page->sight, &files.items[i]));
            page->last = before;
        }
        if (files.count <= DOCUMENT_PAGE_MAX) {
            page->last = 0;
            return ERROR_OK;
        }
    }
    page->last = before;
    return ERROR_OK;
}

bool file_id_parse(const char *text, int64_t *id) {
    if (*text == 'F' || *text == 'f') text++;
    return text_to_int(text, strlen(text), id) && *id > 0;
}

json_t *document_feeds(const struct facts *facts, const struct scope *scope, const struct document_request *request,
                       struct error *err) {
    struct sight sight = sight_of(facts, scope);
    struct file_page page = {.sight = &sight, .limit = document_limit(request)};
    int64_t before = 0;
    if (request->after && !file_id_parse(request->after, &before))
        return document_wrong(err, "after", "这一页已经不在了，请从第一页看起");
    json_t *document = document_envelope(facts, "feeds");
    if (!document) return document_failed(err, document);
    page.list = json_array();
    json_object_set_new(document, "files", page.list);
    enum error_code code = set_feeds(&sight, request->pg, document, err);
    if (!code) code = page_files(&page, request->pg, before, err);
    json_t *next = json_null();
    if (page.last && request->limit)
        next = json_sprintf("/api/v1/feeds?after=F%" PRId64 "&limit=%d", page.last, (int)page.limit);
    else if (page.last)
        next = json_sprintf("/api/v1/feeds?after=F%" PRId64, page.last);
    json_object_set_new(document, "next", next);
    if (!code) return document;
    json_decref(document);
    return NULL;
}

/* --- quarantine --- */

struct quarantine_page {
    const struct sight *sight;
    size_t limit, listed;
    json_t *list;
    struct quarantine_place last; /* of the last row read */
    bool full;
    size_t read;
};

/* What can still be read of the event: which cell of which file it was. */
static void set_event(const struct quarantined *row, json_t *json) {
    struct event event = {0};
    unsigned field = 0;
    bool read = event_decode((const uint8_t *)row->raw.ptr, row->raw.len, &event, &field) == PROTO_OK;
    if (!read) event = (struct event){.as_of = DAY_NONE};
    bool source = read && event.source.present;
    json_object_set_new(json, "target", json_of_slice(event.target));
    json_object_set_new(json, "area", json_of_slice(event.area));
    json_object_set_new(json, "figure", read ? json_of_figure(&event.figure) : json_null());
    json_object_set_new(json, "file", source ? json_of_slice(event.source.file) : json_null());
    json_object_set_new(json, "place", source ? json_of_slice(event.source.place) : json_null());
    json_object_set_new(json, "value", source ? json_of_slice(event.source.raw) : json_null());
}

static bool take_quarantined(void *context, const struct quarantined *row) {
    struct quarantine_page *page = context;
    page->read++;
    if (sees_stream(page->sight, row->stream)) {
        if (page->listed == page->limit) {
            page->full = true;
            return false;
        }
        json_t *json = quarantined_json(row);
        const struct stream *stream = streams_find(&page->sight->view->streams, slice_of(row->stream));
        if (json) json_object_set_new(json, "unit", json_of_text(stream ? stream->unit : NULL));
        if (json) set_event(row, json);
        json_array_append_new(page->list, json);
        page->listed++;
    }
    page->last = (struct quarantine_place){row->known_at, row->log, row->seq};
    return true;
}

/* "1638316800000-3-42": when, log and sequence of the last row of the page before. */
static bool read_place(const char *text, struct quarantine_place *out) {
    int64_t ms, log, seq;
    char rest;
    if (sscanf(text, "%" SCNd64 "-%" SCNd64 "-%" SCNd64 "%c", &ms, &log, &seq, &rest) != 3 || log < 0 || log > INT32_MAX)
        return false;
    *out = (struct quarantine_place){{ms}, (int32_t)log, seq};
    return true;
}

static enum error_code read_quarantine(struct quarantine_page *page, struct pg *pg, struct error *err) {
    for (size_t piece = 0; piece < PIECES_MAX && !page->full; piece++) {
        struct quarantine_place after = page->last;
        page->read = 0;
        enum error_code code =
            query_board_quarantine(pg, page->sight->view->programme.id, page->sight->view->moment.known_at, &after,
                                   DOCUMENT_PAGE_MAX + 1, take_quarantined, page, err);
        if (code || page->read <= DOCUMENT_PAGE_MAX) return code;
    }
    page->full = true;
    return ERROR_OK;
}

json_t *document_quarantine(const struct facts *facts, const struct scope *scope,
                            const struct document_request *request, struct error *err) {
    struct sight sight = sight_of(facts, scope);
    struct quarantine_page page = {.sight = &sight, .limit = document_limit(request), .last.known_at = INSTANT_NONE};
    if (request->after && !read_place(request->after, &page.last))
        return document_wrong(err, "after", "这一页已经不在了，请从第一页看起");
    json_t *document = document_envelope(facts, "quarantine");
    if (!document) return document_failed(err, document);
    page.list = json_array();
    json_object_set_new(document, "quarantine", page.list);
    enum error_code code = read_quarantine(&page, request->pg, err);
    json_t *next = json_null();
    if (page.full)
        next = json_sprintf("/api/v1/quarantine?after=%" JSON_INTEGER_FORMAT "-%d-%" JSON_INTEGER_FORMAT,
                            (json_int_t)page.last.known_at.ms, (int)page.last.log, (json_int_t)page.last.seq);
    if (page.full && request->limit) {
        json_t *longer = json_sprintf("%s&limit=%d", json_string_value(next), (int)page.limit);
        json_decref(next);
        next = longer;
    }
    json_object_set_new(document, "next", next);
    if (!code) return document;
    json_decref(document);
    return NULL;
}
