/* A database with the small plan, two county agents and a table of contacts, and an alerter's working hours without its
 * loop: what tests of the alerter share. Included once a test. */
#ifndef DUBAN_TESTS_ALERTER_BUREAU_H
#define DUBAN_TESTS_ALERTER_BUREAU_H

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "common/store/due.h"
#include "common/store/stream.h"
#include "proto/more.h"
#include "services/alerter/window.h"
#include "tests/store/cluster.h"

struct bureau {
    struct pg *owner, *pg; /* pg: the alerter's own role */
    struct programme programme;
    struct docket docket;
    struct assess_scratch *scratch;
    int64_t seq;
};

/* 剑阁 has a liaison and an IT desk; 苍溪 has nobody; the department and the office have theirs. */
static const char bureau_contacts[] = "单位,县区,角色,称呼,渠道,地址,备注\n"
                                      ",,办公室,值班,log,office,\n"
                                      ",剑阁县,联络员,剑阁联络员,log,jiange,\n"
                                      ",剑阁县,信息员,剑阁信息员,log,jiange-it,\n"
                                      "市教育局,,牵头,教育局,log,jyj,\n";

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        struct error err_ = {0};                                                                                       \
        struct error *err = &err_;                                                                                     \
        cr_assert_eq((call), ERROR_OK, "%s: %s", #call, err_.message);                                                 \
    } while (0)

static inline struct instant at(const char *text) {
    struct instant out;
    cr_assert(instant_parse(text, strlen(text), &out), "%s", text);
    return out;
}

static inline void sql(struct bureau *b, const char *text) {
    OK(pg_script(b->owner, text, err));
}
static inline int64_t count(struct bureau *b, const char *text) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    OK(pg_run(b->owner, text, NULL, &rows, err));
    return pg_int(&rows, 0, 0);
}
/* All rows of one text column, joined by " · ". */
static inline char *list(struct bureau *b, const char *text) {
    CLEAN(pg_rows_finish) struct pg_rows rows = {0};
    struct buffer out = {0};
    OK(pg_run(b->owner, text, NULL, &rows, err));
    for (size_t i = 0; i < pg_count(&rows); i++) buffer_printf(&out, "%s%s", i ? " · " : "", pg_text(&rows, i, 0));
    return out.len ? buffer_take(&out) : strdup("");
}
#define EXPECT_LIST(bureau, query, wanted)                                                                             \
    do {                                                                                                               \
        AUTO_FREE char *got_ = list(bureau, query);                                                                    \
        cr_assert_str_eq(got_, wanted, "%s\n  got    %s\n  wanted %s", query, got_, wanted);                           \
    } while (0)

static inline void bureau_read(struct bureau *b) {
    docket_finish(&b->docket);
    programme_finish(&b->programme);
    OK(programme_find(b->pg, NULL, &b->programme, err));
    OK(docket_open(b->pg, &b->programme, NULL, &b->docket, err));
}

/* area NULL: the office's own. */
static inline void bureau_agent(struct bureau *b, const char *name, const char *area, struct instant made) {
    const char *areas[] = {area};
    struct stream_new stream = {.name = name, .unit = name, .role = area ? STREAM_COUNTY : STREAM_OFFICE,
                                .areas = area ? areas : NULL, .area_count = area ? 1 : 0,
                                .programme = b->programme.id, .made_at = made};
    int32_t id;
    char text[512];
    OK(stream_make(b->owner, &stream, &id, err));
    snprintf(text, sizeof text,
             "INSERT INTO log (stream, epoch, first_hash, gen, head_hash, opened_at) VALUES (%d, "
             "decode(repeat('0%d', 16), 'hex'), decode(repeat('00', 32), 'hex'), 1, decode(repeat('00', 32), 'hex'), '2021-01-01 00:00+08');"
             "INSERT INTO stream_status (stream) VALUES (%d) ON CONFLICT DO NOTHING",
             (int)id, (int)id, (int)id);
    sql(b, text);
}

static inline void bureau_open_plan(struct bureau *b, const char *database, const char *loaded, bool trial,
                                    const char *contacts, const char *plan_text) {
    *b = (struct bureau){0};
    CLEAN(findings_finish) struct findings findings = {0};
    struct plan *plan = NULL;
    struct plan_saved saved;
    b->owner = cluster_database(getppid(), database, INSTALLATION_REHEARSAL);
    struct plan_text texts[] = {{"plan", "small.yaml", slice_of(plan_text)},
                                {"contacts", "contacts.csv", slice_of(contacts)}};
    cr_assert_eq(plan_read(texts, 2, &plan, &findings), ERROR_OK, "%s", findings.count ? findings.items[0].message : "");
    struct plan_save save = {.plan = plan, .texts = texts, .text_count = 2, .loaded_at = at(loaded),
                             .loaded_by = "test", .trial = trial};
    OK(plan_save(b->owner, &save, &saved, err));
    plan_destroy(&plan);
    b->pg = cluster_open(getppid(), database, "duban_alerter");
    OK(programme_find(b->pg, NULL, &b->programme, err));
    bureau_agent(b, "jiange", "510823", at(loaded));
    bureau_agent(b, "cangxi", "510824", at(loaded));
    b->scratch = assess_scratch_create();
    bureau_read(b);
}

static inline void bureau_open_with(struct bureau *b, const char *database, const char *loaded, bool trial,
                                    const char *contacts) {
    CLEAN(buffer_finish) struct buffer plan = {0};
    OK(file_read(DUBAN_SOURCE_DIR "/deploy/plan/small.yaml", 1 << 20, &plan, err));
    bureau_open_plan(b, database, loaded, trial, contacts, buffer_text(&plan));
}

static inline void bureau_open(struct bureau *b, const char *database, const char *loaded, bool trial) {
    bureau_open_with(b, database, loaded, trial, bureau_contacts);
}

/* The office's hand, which decides. */
static inline void bureau_office(struct bureau *b, const char *made) {
    bureau_agent(b, "office", NULL, at(made));
    sql(b, "UPDATE stream_status SET software = 'duban test' WHERE stream = (SELECT id FROM stream WHERE name = 'office')");
    bureau_read(b);
}

static inline void bureau_close(struct bureau *b) {
    docket_finish(&b->docket);
    programme_finish(&b->programme);
    assess_scratch_destroy(&b->scratch);
    pg_close(&b->pg);
    pg_close(&b->owner);
}

/* A figure as the aggregator would store it, and its wake one minute later. */
static inline void bureau_figure(struct bureau *b, const char *stream, const char *target, const char *area,
                                 const char *as_of, const char *value, const char *known, const char *reason) {
    char text[2048];
    b->seq++;
    snprintf(text, sizeof text,
             "INSERT INTO event (log, seq, known_at, kind, uid, target, area, as_of, value, reported_at, reporter, reason)"
             " SELECT l.id, %lld, '%s', 1, md5('%lld')::uuid, t.id, a.id, '%s', %s, '%s', s.unit, %s%s%s FROM log l"
             " JOIN stream s ON s.id = l.stream, target t, area a WHERE s.name = '%s' AND t.code = '%s' AND a.code = '%s';"
             "INSERT INTO wake (cell, not_before) SELECT c.id, '%s'::timestamptz + interval '1 minute' FROM cell c"
             " JOIN target t ON t.id = c.target JOIN area a ON a.id = c.area WHERE t.code = '%s' AND a.code = '%s'",
             (long long)b->seq, known, (long long)b->seq, as_of, value, known, reason ? "'" : "",
             reason ? reason : "NULL", reason ? "'" : "", stream, target, area, known, target, area);
    sql(b, text);
}
/* What somebody says or decides, as the aggregator would store it, and its wakes. target, area, note: "" = nil. */
static inline long long bureau_say(struct bureau *b, const char *stream, uint32_t kind, const char *target,
                                   const char *area, const char *known, const struct more *more, const char *note) {
    uint8_t bytes[1024];
    char hex[2 * sizeof bytes + 1], text[6144];
    size_t len = 0;
    cr_assert_eq(more_encode(kind, more, bytes, sizeof bytes, &len), PROTO_OK);
    for (size_t i = 0; i < len; i++) snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    hex[2 * len] = '\0';
    b->seq++;
    snprintf(text, sizeof text,
             "INSERT INTO event (log, seq, known_at, kind, uid, target, area, reported_at, reporter, note, more)"
             " SELECT l.id, %lld, '%s', %u, md5('%lld')::uuid, (SELECT id FROM target WHERE code = '%s'),"
             "        (SELECT id FROM area WHERE code = '%s'), '%s', s.unit, NULLIF('%s', ''), decode('%s', 'hex')"
             "   FROM log l JOIN stream s ON s.id = l.stream WHERE s.name = '%s';"
             "INSERT INTO wake (cell, not_before) SELECT c.id, '%s'::timestamptz + interval '1 minute' FROM cell c"
             "   JOIN target t ON t.id = c.target JOIN area a ON a.id = c.area WHERE t.code = '%s' AND a.code = '%s';"
             "INSERT INTO wake (stream, not_before) SELECT id, '%s'::timestamptz + interval '1 minute' FROM stream"
             " WHERE name = '%s'",
             (long long)b->seq, known, (unsigned)kind, (long long)b->seq, target, area, known, note, hex, stream, known,
             target, area, known, stream);
    sql(b, text);
    return b->seq;
}
/* An answer; by "" = no day. */
static inline long long bureau_answer(struct bureau *b, const char *stream, const char *number, const char *by,
                                      const char *known) {
    struct day day = DAY_NONE;
    if (*by) cr_assert(day_parse(by, strlen(by), &day));
    struct more more = {.reply = {.number = slice_of(number), .who = slice_of("王科长"), .by_when = day,
                                  .reason_code = slice_of("land"), .text = slice_of("征地")}};
    return bureau_say(b, stream, EVENT_REPLY, "", "", known, &more, "");
}
static inline long long bureau_live(struct bureau *b, bool live, const char *known) {
    struct more more = {.by = slice_of("李"), .go_live = {.live = live, .rules = slice_of(b->docket.rules.hash)}};
    return bureau_say(b, "office", EVENT_GO_LIVE, "", "", known, &more, "");
}
static inline void bureau_heard(struct bureau *b, const char *stream, const char *when) {
    char text[256];
    snprintf(text, sizeof text,
             "UPDATE stream_status SET status_at = '%s' WHERE stream = (SELECT id FROM stream WHERE name = '%s')", when,
             stream);
    sql(b, text);
}

static inline void bureau_watch(struct bureau *b, struct instant now) {
    bool held = false;
    OK(work_watch(b->pg, &b->docket, now, &held, err));
    cr_assert(held);
}

/* One look: everything that is due at the instant, then the window. */
static inline unsigned bureau_look(struct bureau *b, struct instant now) {
    bool any = true, held = false;
    unsigned messages = 0;
    struct due_work left = {0};
    for (int round = 0; round == 0 || (round < 500 && (left.cells || left.streams)); round++) {
        for (any = true; any;) OK(work_cells(b->pg, &b->docket, b->scratch, now, &any, err));
        for (any = true; any;) OK(work_streams(b->pg, &b->docket, b->scratch, now, &any, err));
        OK(due_work(b->pg, b->docket.programme, now, &left, err));
    }
    cr_assert(!left.cells && !left.streams);
    if (left.brief) bureau_watch(b, now);
    OK(window_render(b->pg, &b->docket, b->scratch, now, &held, &messages, err));
    cr_assert(held);
    return messages;
}

/* From instant to instant until `until`, as the director would; living agents speak at every step. */
static inline void bureau_play(struct bureau *b, const char *until, const char *alive) {
    for (;;) {
        struct due_left left;
        OK(due_left(b->owner, (struct instant){0}, &left, err));
        if (!instant_is(left.next_at) || left.next_at.ms > at(until).ms) break;
        char now[INSTANT_TEXT_MAX];
        instant_print(left.next_at, now);
        for (const char *name = alive; name && *name; name += strcspn(name, " "), name += strspn(name, " ")) {
            char one[64];
            snprintf(one, sizeof one, "%.*s", (int)strcspn(name, " "), name);
            bureau_heard(b, one, now);
        }
        bureau_look(b, left.next_at);
    }
}

#endif
