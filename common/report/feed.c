#include "common/report/feed.h"

#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"ok", "missing", "rejected", "offline", "never"};
static const char *const names[] = {"正常", "未报", "退回", "断线", "未接入"};

const char *feed_state_word(enum feed_state state) {
    return words[state];
}

const char *feed_state_name(enum feed_state state) {
    return names[state];
}

/* Whether figures of the cell are this stream's to give. */
static bool is_of_record(const struct view *view, const struct stream *stream, size_t cell) {
    const struct target *target = view_target(view, cell);
    if (view->plan->cells[cell].rollup || view->plan->cells[cell].no_task ||
        !stream_covers(stream, slice_of(view_area(view, cell)->code), slice_of(view_task(view, cell)->code)))
        return false;
    switch (target->reporter) {
    case REPORTER_COUNTY:
        return stream->role == STREAM_COUNTY;
    case REPORTER_OFFICE:
        return stream->role == STREAM_OFFICE;
    case REPORTER_UNIT:
        return stream->role == STREAM_DEPARTMENT &&
               plan_find_unit(view->plan, slice_of(stream->unit)) == target->reporter_unit;
    }
    return false;
}

const struct stream *feed_of_record(const struct view *view, size_t cell) {
    for (size_t i = 0; i < view->streams.count; i++)
        if (is_of_record(view, &view->streams.items[i], cell)) return &view->streams.items[i];
    return NULL;
}

static bool offline_alert_stands(const struct view *view, const struct stream *stream) {
    for (size_t i = 0; i < view->alerts.count; i++)
        if (strcmp(view->alerts.items[i].rule, "offline") == 0 &&
            strcmp(view->alerts.items[i].stream, stream->name) == 0)
            return true;
    return false;
}

/* Of the past only the alert that stood then tells; the STATUS row is the present's. */
static bool is_offline(const struct view *view, const struct stream *stream, struct instant now) {
    if (view->moment.past || !instant_is(stream->status_at)) return offline_alert_stands(view, stream);
    return calendar_working_ms(view->plan->calendar, &view->plan->reporting, stream->status_at, now) >=
           (int64_t)view->rules.alerts.silence_hours * MS_HOUR;
}

/* The office's own hand: `duban` speaks only when it decides, its silence is no news. */
static bool is_desk(const struct stream *stream) {
    return stream->role == STREAM_OFFICE && (!stream->software || strncmp(stream->software, "duban ", 6) == 0);
}

static enum feed_state judge(const struct view *view, const struct feed *feed, struct instant now) {
    bool heard = feed->position || feed->last || instant_is(feed->stream->status_at);
    if (is_desk(feed->stream)) return FEED_OK;
    if (!heard) return feed->owed ? FEED_NEVER : FEED_OK;
    if (is_offline(view, feed->stream, now)) return FEED_OFFLINE;
    if (feed->last && feed->last->refused) return FEED_REJECTED;
    return feed->missing ? FEED_MISSING : FEED_OK;
}

const struct stream *feeds_of_cell(const struct feeds *feeds, const struct view *view, size_t cell) {
    return feeds->of_cell ? feeds->of_cell[cell] : feed_of_record(view, cell);
}

static void take_cell(const struct view *view, struct feeds *feeds, struct feed *feed, size_t cell) {
    if (cell == NO_INDEX || !is_of_record(view, feed->stream, cell)) return;
    if (!feeds->of_cell[cell]) feeds->of_cell[cell] = feed->stream;
    feed->owed++;
    feed->missing += view->cells[cell].report_state == REPORT_MISSING;
}

/* By area: a county's stream has few cells among all the country's. */
static void take_cells(const struct view *view, struct feeds *feeds, struct feed *feed) {
    for (size_t a = 0; a < view->plan->area_count; a++) {
        if (!stream_covers(feed->stream, slice_of(view->plan->areas[a].code), (struct slice){0})) continue;
        for (size_t t = 0; t < view->plan->target_count; t++)
            take_cell(view, feeds, feed, plan_find_cell(view->plan, t, a));
    }
}

bool feeds_make(const struct view *view, struct instant now, struct feeds *out) {
    *out = (struct feeds){.items = calloc(view->streams.count + 1, sizeof *out->items),
                          .of_cell = calloc(view->plan->cell_count + 1, sizeof *out->of_cell)};
    if (!out->items || !out->of_cell) return false;
    out->count = view->streams.count;
    for (size_t i = 0; i < out->count; i++) {
        struct feed *feed = &out->items[i];
        feed->stream = &view->streams.items[i];
        feed->last = feed_files_of(&view->last_files, feed->stream->id);
        feed->position = feed_positions_of(&view->positions, feed->stream->id);
        take_cells(view, out, feed);
        feed->state = judge(view, feed, now);
    }
    return true;
}

void feeds_finish(struct feeds *feeds) {
    free(feeds->items);
    free(feeds->of_cell);
    *feeds = (struct feeds){0};
}
