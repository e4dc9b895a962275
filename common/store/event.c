#include "common/store/event.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"

void event_partition(struct instant known_at, char out[EVENT_PARTITION_MAX]) {
    int year, month, mday;
    int64_t days = known_at.ms / MS_DAY - (known_at.ms % MS_DAY < 0);
    day_split((struct day){(int32_t)days}, &year, &month, &mday); /* UTC months, as ensure_event_partition has them */
    (void)snprintf(out, EVENT_PARTITION_MAX, "event_%04d%02d", year % 10000, month % 100);
}

/* --- writing --- */

const char event_copy_columns[] =
    "(log, seq, known_at, kind, uid, target, area, as_of, value, denominator, done, reported_at, reporter, source_file, "
    "source_hash, source_place, source_raw, source_document, replaces, reason, note, blocked_by, doubts, more)";
enum { COPY_COLUMNS = 24 };

static void put_id(struct buffer *out, int32_t id) {
    if (id) binary_int4(out, id);
    else binary_null(out);
}

static void put_figure(struct buffer *out, const struct figure *figure) {
    bool has_value = figure->form == FIGURE_VALUE || figure->form == FIGURE_FRACTION;
    if (has_value) binary_decimal(out, figure->value);
    else binary_null(out);
    if (figure->form == FIGURE_FRACTION) binary_decimal(out, figure->denominator);
    else binary_null(out);
    if (figure->form == FIGURE_DONE) binary_bool(out, figure->done);
    else binary_null(out);
}

static void put_source(struct buffer *out, const struct event_source *source) {
    if (!source->present) {
        for (int i = 0; i < 5; i++) binary_null(out);
        return;
    }
    binary_slice(out, source->file);
    binary_bytes(out, source->hash, sizeof source->hash);
    binary_slice(out, source->place);
    binary_slice(out, source->raw);
    binary_slice(out, source->document);
}

void event_copy_row(struct copy *copy, const struct stored_event *stored) {
    struct buffer *out = &copy->bytes;
    const struct event *event = &stored->event;
    copy_row(copy, COPY_COLUMNS);
    binary_int4(out, stored->log);
    binary_int8(out, stored->seq);
    binary_instant(out, stored->known_at);
    binary_int4(out, (int32_t)event->kind);
    binary_bytes(out, event->uid, sizeof event->uid);
    put_id(out, stored->target);
    put_id(out, stored->area);
    binary_day(out, event->as_of);
    put_figure(out, &event->figure);
    binary_instant(out, (struct instant){event->reported_at_ms});
    binary_slice(out, event->reporter);
    put_source(out, &event->source);
    if (event->has_replaces) binary_bytes(out, event->replaces, sizeof event->replaces);
    else binary_null(out);
    binary_slice(out, event->reason);
    binary_slice(out, event->note);
    binary_slice(out, event->blocked_by);
    binary_slice(out, event->doubts);
    binary_slice(out, event->more);
}

/* --- reading --- */

const char event_columns[] =
    "e.log, e.seq, e.known_at, l.stream, e.kind, e.uid, e.target, t.code, e.area, a.code, e.as_of, e.value, e.denominator, "
    "e.done, e.reported_at, e.reporter, e.source_file, e.source_hash, e.source_place, e.source_raw, e.source_document, "
    "e.replaces, e.reason, e.note, e.blocked_by, e.doubts, e.more";

enum column {
    COLUMN_LOG, COLUMN_SEQ, COLUMN_KNOWN_AT, COLUMN_STREAM, COLUMN_KIND, COLUMN_UID, COLUMN_TARGET, COLUMN_TARGET_CODE,
    COLUMN_AREA, COLUMN_AREA_CODE, COLUMN_AS_OF, COLUMN_VALUE, COLUMN_DENOMINATOR, COLUMN_DONE, COLUMN_REPORTED_AT,
    COLUMN_REPORTER, COLUMN_FILE, COLUMN_HASH, COLUMN_PLACE, COLUMN_RAW, COLUMN_DOCUMENT, COLUMN_REPLACES, COLUMN_REASON,
    COLUMN_NOTE, COLUMN_BLOCKED_BY, COLUMN_DOUBTS, COLUMN_MORE
};

static bool take_figure(const struct pg_rows *rows, size_t row, size_t column, struct figure *out) {
    bool value = !pg_is_null(rows, row, column + COLUMN_VALUE);
    bool denominator = !pg_is_null(rows, row, column + COLUMN_DENOMINATOR);
    bool done = !pg_is_null(rows, row, column + COLUMN_DONE);
    if ((done && (value || denominator)) || (denominator && !value)) return false;
    out->form = done ? FIGURE_DONE : denominator ? FIGURE_FRACTION : value ? FIGURE_VALUE : FIGURE_NONE;
    out->done = pg_bool(rows, row, column + COLUMN_DONE);
    return (!value || pg_decimal(rows, row, column + COLUMN_VALUE, &out->value)) &&
           (!denominator || pg_decimal(rows, row, column + COLUMN_DENOMINATOR, &out->denominator));
}

static bool take_source(const struct pg_rows *rows, size_t row, size_t column, struct event_source *out) {
    out->present = !pg_is_null(rows, row, column + COLUMN_HASH);
    if (!out->present) return true;
    out->file = pg_slice(rows, row, column + COLUMN_FILE);
    out->place = pg_slice(rows, row, column + COLUMN_PLACE);
    out->raw = pg_slice(rows, row, column + COLUMN_RAW);
    out->document = pg_slice(rows, row, column + COLUMN_DOCUMENT);
    return pg_bytes(rows, row, column + COLUMN_HASH, out->hash, sizeof out->hash);
}

static void take_texts(const struct pg_rows *rows, size_t row, size_t column, struct event *out) {
    out->target = pg_slice(rows, row, column + COLUMN_TARGET_CODE);
    out->area = pg_slice(rows, row, column + COLUMN_AREA_CODE);
    out->reporter = pg_slice(rows, row, column + COLUMN_REPORTER);
    out->reason = pg_slice(rows, row, column + COLUMN_REASON);
    out->note = pg_slice(rows, row, column + COLUMN_NOTE);
    out->blocked_by = pg_slice(rows, row, column + COLUMN_BLOCKED_BY);
    out->doubts = pg_slice(rows, row, column + COLUMN_DOUBTS);
    out->more = pg_slice(rows, row, column + COLUMN_MORE);
}

enum error_code event_take(const struct pg_rows *rows, size_t row, size_t column, struct stored_event *out,
                           struct error *err) {
    struct event *event = &out->event;
    *out = (struct stored_event){
        .log = (int32_t)pg_int(rows, row, column + COLUMN_LOG),
        .seq = pg_int(rows, row, column + COLUMN_SEQ),
        .known_at = pg_instant(rows, row, column + COLUMN_KNOWN_AT),
        .stream = (int32_t)pg_int(rows, row, column + COLUMN_STREAM),
        .target = (int32_t)pg_int(rows, row, column + COLUMN_TARGET),
        .area = (int32_t)pg_int(rows, row, column + COLUMN_AREA),
        .event = {.kind = (uint32_t)pg_int(rows, row, column + COLUMN_KIND), .as_of = pg_day(rows, row, column + COLUMN_AS_OF)},
    };
    take_texts(rows, row, column, event);
    event->reported_at_ms = pg_instant(rows, row, column + COLUMN_REPORTED_AT).ms;
    event->has_replaces = pg_bytes(rows, row, column + COLUMN_REPLACES, event->replaces, sizeof event->replaces);
    if (pg_bytes(rows, row, column + COLUMN_UID, event->uid, sizeof event->uid) &&
        take_figure(rows, row, column, &event->figure) && take_source(rows, row, column, &event->source))
        return ERROR_OK;
    return error_set(err, ERROR_DATABASE, "the row of event %d/%lld makes no event: it was altered; run `duban verify`", out->log,
                     (long long)out->seq);
}

/* $2 $3 target and area · $4 targets · $5 kinds · $6 $7 instants · $8 stream · $9 limit. The conditions on constants
 * vanish at planning: the statement is planned for its parameters. */
static const char filter_sql[] =
    " FROM event e JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream LEFT JOIN target t ON t.id = e.target "
    "LEFT JOIN area a ON a.id = e.area WHERE ($1 = 0 OR s.programme = $1) AND ($2 = 0 OR e.target = $2) AND "
    "($3 = 0 OR e.area = $3) AND ($4::int[] IS NULL OR e.target = ANY ($4)) AND ($5::int[] IS NULL OR e.kind = ANY ($5)) AND "
    "($6::timestamptz IS NULL OR e.known_at > $6) AND ($7::timestamptz IS NULL OR e.known_at <= $7) AND "
    "($8 = 0 OR l.stream = $8) ORDER BY ";

static void put_filter(struct pg_params *params, const struct event_filter *filter) {
    pg_put_int(params, filter->programme);
    pg_put_int(params, filter->target);
    pg_put_int(params, filter->area);
    if (filter->targets) pg_put_ints(params, filter->targets, filter->target_count);
    else pg_put_null(params);
    if (filter->kinds) pg_put_ints(params, filter->kinds, filter->kind_count);
    else pg_put_null(params);
    pg_put_instant(params, filter->known_after);
    pg_put_instant(params, filter->known_until);
    pg_put_int(params, filter->stream);
    if (filter->limit) pg_put_bigint(params, filter->limit);
    else pg_put_null(params);
}

static enum error_code walk(struct pg *pg, bool (*each)(void *context, const struct stored_event *event), void *context,
                            struct error *err) {
    for (;;) {
        CLEAN(pg_rows_finish) struct pg_rows rows = {0};
        enum error_code code = pg_run(pg, "FETCH 2000 FROM duban_events", NULL, &rows, err);
        if (code != ERROR_OK || pg_count(&rows) == 0) return code;
        for (size_t i = 0; i < pg_count(&rows); i++) {
            struct stored_event event;
            code = event_take(&rows, i, 0, &event, err);
            if (code != ERROR_OK || !each(context, &event)) return code;
        }
    }
}

enum error_code events_each(struct pg *pg, const struct event_filter *filter,
                            bool (*each)(void *context, const struct stored_event *event), void *context,
                            struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(buffer_finish) struct buffer sql = {0};
    bool own = !pg_in_transaction(pg);
    put_filter(&params, filter);
    buffer_printf(&sql, "DECLARE duban_events NO SCROLL CURSOR FOR SELECT %s%s%s LIMIT $9::bigint", event_columns, filter_sql,
                  filter->newest_first ? "e.known_at DESC, e.log DESC, e.seq DESC" : "e.known_at, e.log, e.seq");
    enum error_code code = own ? pg_begin(pg, err) : ERROR_OK;
    if (code == ERROR_OK) code = pg_run(pg, buffer_text(&sql), &params, NULL, err);
    if (code == ERROR_OK) code = walk(pg, each, context, err);
    if (code == ERROR_OK) code = pg_run(pg, "CLOSE duban_events", NULL, NULL, err);
    if (own) pg_rollback(pg);
    return code;
}

enum error_code event_by_uid(struct pg *pg, int32_t programme, const uint8_t uid[EVENT_UID_BYTES],
                             bool (*each)(void *context, const struct stored_event *event), void *context,
                             struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    CLEAN(buffer_finish) struct buffer sql = {0};
    struct stored_event event;
    pg_put_int(&params, programme);
    pg_put_uid(&params, uid);
    buffer_printf(&sql, "SELECT %s FROM event e JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream "
                  "LEFT JOIN target t ON t.id = e.target LEFT JOIN area a ON a.id = e.area "
                  "WHERE ($1 = 0 OR s.programme = $1) AND e.uid = $2 ORDER BY e.known_at, e.log, e.seq LIMIT 1", event_columns);
    enum error_code code = pg_run(pg, buffer_text(&sql), &params, &rows, err);
    if (code != ERROR_OK) return code;
    if (pg_count(&rows) == 0) return error_set(err, ERROR_NOT_FOUND, "no event has this uid");
    code = event_take(&rows, 0, 0, &event, err);
    if (code == ERROR_OK) (void)each(context, &event);
    return code;
}
