#include "common/store/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/store/event.h"

enum { BREAKS_MAX = 1000, PROGRESS_EACH = 20000, VERIFY_ANSWER_MS = 10 * 60 * 1000 };

/* A server-side cursor, read in pieces, all in the order of (log, seq). */
struct reader {
    const char *fetch;
    struct pg_rows rows;
    size_t at;
    bool ended;
};

struct verifier {
    struct pg *pg;
    struct reader events, quarantine, batches;
    int32_t programme;
    const int32_t *streams; /* NULL = all of the programme */
    size_t stream_count;
    struct verify_report *report;
    void (*progress)(void *context, int64_t done, int64_t total);
    void *context;
    int64_t total;
    /* the log being checked */
    int32_t log;
    char stream[STREAM_NAME_MAX + 1];
    struct epoch epoch;
    struct chain_hash hash;
    bool known;       /* hash is that of all events so far: false after a gap until the next head */
    int64_t expected; /* the next number */
    int64_t covered;  /* the last number of the last batch */
};

const char *verify_fault_name(enum verify_fault fault) {
    static const char *const names[] = {
        [VERIFY_GAP] = "gap",   [VERIFY_TWICE] = "twice",       [VERIFY_BATCH] = "batch",
        [VERIFY_HEAD] = "head", [VERIFY_POSITION] = "position", [VERIFY_UNREADABLE] = "unreadable"};
    return names[fault];
}

void verify_report_finish(struct verify_report *report) {
    free(report->breaks);
    *report = (struct verify_report){0};
}

__attribute__((format(printf, 5, 6))) static void add_break(struct verifier *v, enum verify_fault fault, int64_t first,
                                                            int64_t last, const char *format, ...) {
    struct verify_report *report = v->report;
    report->breaks_total++;
    if (report->break_count == BREAKS_MAX) return;
    if (!report->breaks) report->breaks = calloc(BREAKS_MAX, sizeof *report->breaks);
    if (!report->breaks) return;
    struct verify_break *one = &report->breaks[report->break_count++];
    *one = (struct verify_break){.epoch = v->epoch, .fault = fault, .first_seq = first, .last_seq = last};
    memcpy(one->stream, v->stream, sizeof one->stream);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(one->detail, sizeof one->detail, format, args);
    va_end(args);
}

/* --- cursors --- */

static enum error_code reader_fill(struct verifier *v, struct reader *reader, struct error *err) {
    if (reader->ended || reader->at < pg_count(&reader->rows)) return ERROR_OK;
    pg_rows_finish(&reader->rows);
    reader->at = 0;
    enum error_code code = pg_run(v->pg, reader->fetch, NULL, &reader->rows, err);
    reader->ended = code == ERROR_OK && pg_count(&reader->rows) == 0;
    return code;
}

/* The first column is the log, the second the number. */
static bool reader_in(const struct reader *reader, int32_t log) {
    return !reader->ended && (int32_t)pg_int(&reader->rows, reader->at, 0) == log;
}
static int64_t reader_seq(const struct reader *reader) {
    return pg_int(&reader->rows, reader->at, 1);
}

/* $1 = programme or 0 (all), $2 = streams (NULL = all). */
static void put_scope(const struct verifier *v, struct pg_params *params) {
    pg_put_int(params, v->programme);
    if (v->streams)
        pg_put_ints(params, v->streams, v->stream_count);
    else
        pg_put_null(params);
}
#define SCOPE "($1 = 0 OR s.programme = $1) AND ($2::int[] IS NULL OR s.id = ANY ($2::int[])) "

static enum error_code declare(struct verifier *v, const char *name, const char *what, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(buffer_finish) struct buffer sql = {0};
    put_scope(v, &params);
    buffer_printf(&sql, "DECLARE %s NO SCROLL CURSOR FOR SELECT %s", name, what);
    return pg_run(v->pg, buffer_text(&sql), &params, NULL, err);
}

static enum error_code open_readers(struct verifier *v, struct error *err) {
    static const char scope[] = "JOIN log l ON l.id = e.log JOIN stream s ON s.id = l.stream ";
    CLEAN(buffer_finish) struct buffer what = {0};
    buffer_printf(&what, "%s FROM event e %sLEFT JOIN target t ON t.id = e.target LEFT JOIN area a ON a.id = e.area "
                  "WHERE " SCOPE "ORDER BY e.log, e.seq", event_columns, scope);
    enum error_code code = declare(v, "verify_events", buffer_text(&what), err);
    buffer_clear(&what);
    buffer_printf(&what, "e.log, e.seq, e.raw FROM quarantine e %sWHERE " SCOPE "ORDER BY e.log, e.seq", scope);
    if (code == ERROR_OK) code = declare(v, "verify_quarantine", buffer_text(&what), err);
    buffer_clear(&what);
    buffer_printf(&what, "e.log, e.first_seq, e.last_seq, e.head FROM batch e %sWHERE " SCOPE
                  "ORDER BY e.log, e.first_seq", scope);
    if (code == ERROR_OK) code = declare(v, "verify_batches", buffer_text(&what), err);
    v->events.fetch = "FETCH 2000 FROM verify_events";
    v->quarantine.fetch = "FETCH 500 FROM verify_quarantine";
    v->batches.fetch = "FETCH 2000 FROM verify_batches";
    return code;
}

/* --- one event --- */

static bool digest_event(const struct pg_rows *rows, size_t row, struct chain_hash *digest) {
    uint8_t bytes[EVENT_BYTES_MAX];
    struct stored_event stored;
    struct error ignored;
    size_t len;
    if (event_take(rows, row, 0, &stored, &ignored) != ERROR_OK) return false;
    if (event_encode(&stored.event, bytes, sizeof bytes, &len) != PROTO_OK) return false;
    *digest = chain_digest(bytes, len);
    return true;
}

/* A number is there: is it the next one? false: it stands twice and is passed over. */
static bool check_number(struct verifier *v, int64_t seq) {
    if (seq < v->expected) {
        add_break(v, VERIFY_TWICE, seq, seq, "number %" PRId64 " stands more than once", seq);
        return false;
    }
    if (seq > v->expected) {
        add_break(v, VERIFY_GAP, v->expected, seq - 1, "%" PRId64 " events are missing", seq - v->expected);
        v->known = false;
    }
    v->expected = seq + 1;
    return true;
}

static enum error_code check_heads(struct verifier *v, struct error *err) {
    enum error_code code;
    while ((code = reader_fill(v, &v->batches, err)) == ERROR_OK && reader_in(&v->batches, v->log)) {
        const struct pg_rows *rows = &v->batches.rows;
        int64_t first = pg_int(rows, v->batches.at, 1), last = pg_int(rows, v->batches.at, 2);
        struct chain_hash head = {{0}};
        if (last >= v->expected) break; /* not reached yet */
        (void)pg_bytes(rows, v->batches.at, 3, head.bytes, sizeof head.bytes);
        if (first != v->covered + 1)
            add_break(v, VERIFY_BATCH, first, last, "a batch begins at %" PRId64 " instead of %" PRId64, first, v->covered + 1);
        if (last == v->expected - 1) {
            if (v->known && !chain_equal(&head, &v->hash))
                add_break(v, VERIFY_HEAD, first, last, "the columns give another chain than the one stored: an event was changed");
            v->hash = head;
            v->known = true;
        }
        v->covered = last;
        v->batches.at++;
        v->report->batches++;
    }
    return code;
}

static enum error_code check_item(struct verifier *v, struct error *err) {
    struct reader *events = &v->events, *quarantine = &v->quarantine;
    bool event = reader_in(events, v->log), poison = reader_in(quarantine, v->log);
    if (event && poison) event = reader_seq(events) <= reader_seq(quarantine);
    struct reader *from = event ? events : quarantine;
    int64_t seq = reader_seq(from);
    struct chain_hash digest = {{0}};
    bool next = check_number(v, seq), readable = true;
    if (event) {
        readable = digest_event(&from->rows, from->at, &digest);
        v->report->events++;
    } else {
        struct slice raw = pg_slice(&from->rows, from->at, 2);
        digest = chain_digest((const uint8_t *)raw.ptr, raw.len);
        v->report->quarantined++;
    }
    from->at++;
    if (!readable) {
        add_break(v, VERIFY_UNREADABLE, seq, seq, "the columns of event %" PRId64 " make no event", seq);
        v->known = false;
    }
    if (next && v->known) v->hash = chain_next(&v->hash, &digest);
    int64_t done = v->report->events + v->report->quarantined;
    if (v->progress && done % PROGRESS_EACH == 0) v->progress(v->context, done, v->total);
    return next ? check_heads(v, err) : ERROR_OK;
}

/* --- one log --- */

static enum error_code check_log(struct verifier *v, const struct pg_rows *logs, size_t row, struct error *err) {
    enum error_code code;
    v->expected = 1;
    v->covered = 0;
    v->known = true;
    for (;;) {
        code = reader_fill(v, &v->events, err);
        if (code == ERROR_OK) code = reader_fill(v, &v->quarantine, err);
        if (code != ERROR_OK) return code;
        if (!reader_in(&v->events, v->log) && !reader_in(&v->quarantine, v->log)) break;
        code = check_item(v, err);
        if (code != ERROR_OK) return code;
    }
    int64_t last = v->expected - 1, committed = pg_int(logs, row, 4);
    struct chain_hash head = {{0}};
    (void)pg_bytes(logs, row, 5, head.bytes, sizeof head.bytes);
    while ((code = reader_fill(v, &v->batches, err)) == ERROR_OK && reader_in(&v->batches, v->log)) {
        int64_t first = reader_seq(&v->batches), end = pg_int(&v->batches.rows, v->batches.at, 2);
        add_break(v, VERIFY_GAP, first, end, "a batch is recorded, but its events are missing");
        v->batches.at++;
        v->covered = end;
        v->report->batches++;
        v->known = false;
    }
    if (code != ERROR_OK) return code;
    if (v->covered < last) add_break(v, VERIFY_BATCH, v->covered + 1, last, "no batch is recorded for these events");
    if (committed != last)
        add_break(v, VERIFY_POSITION, committed, last, "the position says %" PRId64 ", the events end at %" PRId64, committed, last);
    else if (v->known && !chain_equal(&head, &v->hash))
        add_break(v, VERIFY_POSITION, last, last, "the position's head is not the chain's");
    return ERROR_OK;
}

/* Logs come in the order of ids, as the cursors do; the log before one of the same stream is looked up among them. */
static size_t log_before(const struct pg_rows *logs, size_t row) {
    for (size_t i = row; i-- > 0;)
        if (strcmp(pg_text(logs, i, 1), pg_text(logs, row, 1)) == 0) return i;
    return row;
}

/* h(0) hangs on the stream's name, the epoch and the head of the epoch before. */
static void begin_log(struct verifier *v, const struct pg_rows *logs, size_t row) {
    struct chain_hash stored = {{0}}, old_head = {{0}};
    size_t before = log_before(logs, row);
    v->log = (int32_t)pg_int(logs, row, 0);
    (void)snprintf(v->stream, sizeof v->stream, "%s", pg_text(logs, row, 1));
    (void)pg_bytes(logs, row, 2, v->epoch.bytes, sizeof v->epoch.bytes);
    (void)pg_bytes(logs, row, 3, stored.bytes, sizeof stored.bytes);
    if (before != row) (void)pg_bytes(logs, before, 5, old_head.bytes, sizeof old_head.bytes);
    else v->report->streams++;
    v->hash = chain_start(slice_of(v->stream), &v->epoch, before != row ? &old_head : NULL);
    v->report->logs++;
    if (chain_equal(&stored, &v->hash)) return;
    add_break(v, VERIFY_HEAD, 0, 0, "the beginning of the chain is not that of this stream and epoch");
    v->hash = stored;
}

static int by_place(const void *a, const void *b) {
    const struct verify_break *x = a, *y = b;
    int order = strcmp(x->stream, y->stream);
    return order ? order : (x->first_seq > y->first_seq) - (x->first_seq < y->first_seq);
}

static const char logs_sql[] =
    "SELECT l.id, s.name, l.epoch, l.first_hash, l.committed_seq, l.head_hash, sum(l.committed_seq) OVER () FROM log l "
    "JOIN stream s ON s.id = l.stream WHERE " SCOPE "ORDER BY l.id";

static enum error_code check_all(struct verifier *v, struct error *err) {
    CLEAN(pg_params_finish) struct pg_params params = {0};
    CLEAN(pg_rows_finish) struct pg_rows logs = {0};
    put_scope(v, &params);
    enum error_code code = pg_run(v->pg, logs_sql, &params, &logs, err);
    if (code == ERROR_OK) code = open_readers(v, err);
    if (code == ERROR_OK && pg_count(&logs)) v->total = pg_int(&logs, 0, 6);
    for (size_t i = 0; code == ERROR_OK && i < pg_count(&logs); i++) {
        begin_log(v, &logs, i);
        code = check_log(v, &logs, i, err);
    }
    if (code == ERROR_OK && v->progress) v->progress(v->context, v->total, v->total);
    return code;
}

static void finish(struct verifier *v) {
    pg_rows_finish(&v->events.rows);
    pg_rows_finish(&v->quarantine.rows);
    pg_rows_finish(&v->batches.rows);
    if (v->report->break_count)
        qsort(v->report->breaks, v->report->break_count, sizeof *v->report->breaks, by_place);
}

enum error_code verify_chains(struct pg *pg, int32_t programme,
                              void (*progress)(void *context, int64_t done, int64_t total), void *context,
                              struct verify_report *report, struct error *err) {
    struct verifier v = {
        .pg = pg, .programme = programme, .report = report, .progress = progress, .context = context};
    *report = (struct verify_report){0};
    pg_set_answer_ms(pg, VERIFY_ANSWER_MS);
    enum error_code code = pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, NULL, err);
    if (code == ERROR_OK) code = check_all(&v, err);
    pg_rollback(pg);
    pg_set_answer_ms(pg, 0);
    finish(&v);
    return code;
}

enum error_code verify_streams(struct pg *pg, const int32_t *streams, size_t count, struct verify_report *report,
                               struct error *err) {
    struct verifier v = {.pg = pg, .streams = streams, .stream_count = count, .report = report};
    *report = (struct verify_report){0};
    enum error_code code = check_all(&v, err);
    if (code == ERROR_OK)
        code = pg_script(pg, "CLOSE verify_events; CLOSE verify_quarantine; CLOSE verify_batches", err);
    finish(&v);
    return code;
}
