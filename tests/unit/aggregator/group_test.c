/* What one transaction holds of the events it takes: rows, newest figures, wakes, receipts. */
#include "services/aggregator/group.h"

#include "tests/unit/aggregator/programme.h"

static const struct instant now = {1625100000000};
static char *county[] = {(char[]){"510824"}};
static const struct stream cangxi = {.id = 1, .role = STREAM_COUNTY, .unit = (char[]){"苍溪县"}, .areas = county, .area_count = 1};
static const struct stream office = {.id = 3, .role = STREAM_OFFICE, .unit = (char[]){"市督办办"}};
static uint8_t bytes[8][2048];
static struct slice items[8];
static size_t item_count;

static void add(const struct event *event) {
    size_t len = 0;
    cr_assert_eq(event_encode(event, bytes[item_count], sizeof bytes[0], &len), PROTO_OK);
    items[item_count] = (struct slice){(const char *)bytes[item_count], len};
    item_count++;
}

static void add_figure(const char *area, int64_t value) {
    struct event event = good_event();
    event.area = slice_of(area);
    event.uid[1] = (uint8_t)item_count;
    event.figure.value.mantissa = value;
    event.source = (struct event_source){.present = true, .file = slice_of("报表.csv"), .document = slice_of("苍府办函〔2021〕7号")};
    add(&event);
}

/* Everything added, as one batch from first_seq on. */
static void take(struct ingest_group *group, struct group_entry *entry, const struct stream *stream, struct programme_view *programme,
                 uint64_t first_seq) {
    const struct group_batch batch = {.stream = stream, .programme = programme, .log = 5, .gen = 2, .first_seq = first_seq,
                                      .last_seq = first_seq + item_count - 1, .head = {{(uint8_t)first_seq}}, .events = items,
                                      .key = "0123456789012345678901234567890123456789"};
    group_take(group, entry, &batch);
    item_count = 0;
}

Test(group, the_newest_figure_of_each_cell_and_one_wake) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    group_begin(&group, 1, now);
    cr_expect(group_is_empty(&group));
    struct group_entry *entry = group_add(&group, office.id);
    cr_assert_not_null(entry);
    cr_expect_eq(group_find(&group, office.id), entry);
    cr_expect_null(group_find(&group, cangxi.id));
    add_figure("510824", 100);
    add_figure("510823", 7);
    add_figure("510824", 250);
    take(&group, entry, &office, programme, 11);
    add_figure("510824", 260);
    take(&group, entry, &office, programme, 14);
    cr_expect_eq(group.events, 4);
    cr_expect_eq(group.ingest.events.rows, 4);
    cr_expect_eq(group.ingest.batches.rows, 2);
    cr_assert_eq(group.current_count, 2);
    cr_expect_eq(group.currents[0].cell, CELL_CANGXI);
    cr_expect_eq(group.currents[0].figure.value.mantissa, 260);
    cr_expect_eq(group.currents[0].seq, 14);
    cr_expect_eq(group.currents[1].cell, CELL_JIANGE);
    cr_expect_eq(group.currents[1].figure.value.mantissa, 7);
    cr_expect_eq(group.ingest.wakes.rows, 2);
    cr_expect_eq(entry->from_seq, 10);
    cr_expect_eq(entry->to_seq, 14);
    cr_expect_eq(entry->head.bytes[0], 14, "of the last batch");
}

Test(group, the_next_group_touches_its_cells_anew) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    for (uint32_t number = 1; number <= 2; number++) {
        group_begin(&group, number, now);
        struct group_entry *entry = group_add(&group, cangxi.id);
        cr_assert_not_null(entry);
        add_figure("510824", number);
        take(&group, entry, &cangxi, programme, number);
        cr_expect_eq(group.ingest.wakes.rows, 1, "group %u", number);
        cr_assert_eq(group.current_count, 1, "group %u", number);
        cr_expect_eq(group.currents[0].figure.value.mantissa, number);
    }
}

Test(group, what_is_refused_is_kept_and_listed) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    group_begin(&group, 1, now);
    struct group_entry *entry = group_add(&group, cangxi.id);
    cr_assert_not_null(entry);
    add_figure("510824", 1);
    add_figure("510823", 2);
    items[item_count++] = slice_of("\xc0");
    take(&group, entry, &cangxi, programme, 1);
    cr_expect_eq(group.ingest.events.rows, 1);
    cr_expect_eq(group.ingest.quarantine.rows, 2);
    cr_expect_eq(entry->rejected_count, 2);
    cr_assert_eq(entry->rejected_listed, 2);
    cr_expect_eq(entry->rejected[0].seq, 2);
    cr_expect_eq(entry->rejected[0].code, QUARANTINE_OUT_OF_SCOPE);
    cr_expect_eq(entry->rejected[1].seq, 3);
    cr_expect_eq(entry->rejected[1].code, QUARANTINE_NOT_AN_EVENT);
    cr_expect_eq(entry->to_seq, 3, "their numbers are used up");
}

Test(group, a_receipt_with_its_refusals) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    uint8_t contents[1024];
    size_t len = 0;
    struct more more = {.receipt = {.feed = slice_of("monthly"), .period = slice_of("2021-06"), .taken = 3, .refusal_count = 1, .refused = 1}};
    more.receipt.refusals[0] = (struct more_refusal){slice_of(":7"), slice_of("unknown_target"), slice_of("“修路\\\"”不是指标")};
    cr_assert_eq(more_encode(EVENT_RECEIPT, &more, contents, sizeof contents, &len), PROTO_OK);
    const struct event receipt = {.kind = EVENT_RECEIPT, .uid = {9}, .as_of = DAY_NONE, .reported_at_ms = 1625100000000,
                                  .reporter = slice_of("苍溪县"), .source = {.present = true, .file = slice_of("报表.csv")},
                                  .more = {(const char *)contents, len}};
    static const char json[] = "[[\":7\",\"unknown_target\",\"“修路\\\\\\\"”不是指标\"]]";
    group_begin(&group, 1, now);
    struct group_entry *entry = group_add(&group, cangxi.id);
    cr_assert_not_null(entry);
    add(&receipt);
    take(&group, entry, &cangxi, programme, 1);
    cr_expect_eq(group.ingest.receipts.rows, 1);
    cr_expect_eq(group.ingest.quarantine.rows, 0);
    cr_expect_eq(group.current_count, 0);
    cr_expect_eq(group.ingest.wakes.rows, 1, "the stream is looked at");
    cr_expect(memmem(group.ingest.receipts.bytes.data, group.ingest.receipts.bytes.len, json, sizeof json - 1), "refusals as JSON");
}

/* A mute of a county, go-live: there is no cell to look at. What names one wakes it as well. */
Test(group, what_people_say_and_decide_wakes_their_stream_once) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    uint8_t contents[1024];
    size_t len = 0;
    struct more more = {.by = slice_of("王"), .mute = {.rule = slice_of("missing"), .until = DAY_NONE}};
    cr_assert_eq(more_encode(EVENT_MUTE, &more, contents, sizeof contents, &len), PROTO_OK);
    struct event mute = {.kind = EVENT_MUTE, .uid = {9}, .as_of = DAY_NONE, .reported_at_ms = 1625100000000,
                         .area = slice_of("510824"), .reporter = slice_of("市督办办"),
                         .more = {(const char *)contents, len}};
    group_begin(&group, 1, now);
    struct group_entry *entry = group_add(&group, office.id);
    cr_assert_not_null(entry);
    add(&mute);
    mute.uid[1] = 1;
    add(&mute);
    take(&group, entry, &office, programme, 1);
    cr_expect_eq(group.ingest.quarantine.rows, 0);
    cr_expect_eq(group.ingest.events.rows, 2);
    cr_expect_eq(group.ingest.wakes.rows, 1);
}

Test(group, steps_begin_with_the_position_and_end_with_commit) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    CLEAN(group_finish) struct ingest_group group = {0};
    group_begin(&group, 1, now);
    struct group_entry *entry = group_add(&group, cangxi.id);
    cr_assert_not_null(entry);
    add_figure("510824", 1);
    take(&group, entry, &cangxi, programme, 1);
    cr_assert(group_plan(&group, "event_202107"));
    const struct pgstep *steps = group.ingest.steps;
    size_t last = group.ingest.step_count - 1;
    cr_expect_str_eq(steps[0].sql, "BEGIN");
    cr_expect_str_eq(steps[1].sql, "ingest_positions");
    cr_expect_eq(steps[1].expect_rows, 1, "or another session was there first");
    cr_expect(strncmp(steps[2].sql, "COPY event_202107 ", 18) == 0);
    cr_expect_eq(steps[2].expect_rows, 1);
    cr_expect_eq(steps[last].kind, PGSTEP_COMMIT);
    cr_expect_str_eq(steps[last].sql, "NOTIFY duban_wake; COMMIT");
}
