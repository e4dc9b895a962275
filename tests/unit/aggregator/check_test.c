/* Which events go to quarantine, and with which code and field: one row a rule. */
#include "services/aggregator/check.h"

#include "tests/unit/aggregator/programme.h"

enum who { CANGXI, EDUCATION, OFFICE };

static char *cangxi_areas[] = {(char[]){"510824"}};
static char *other_tasks[] = {(char[]){"T02"}};
static const struct stream streams[] = {
    [CANGXI] = {.id = 1, .role = STREAM_COUNTY, .unit = (char[]){"苍溪县"}, .areas = cangxi_areas, .area_count = 1},
    [EDUCATION] = {.id = 2, .role = STREAM_DEPARTMENT, .unit = (char[]){"市教育局"}, .tasks = other_tasks, .task_count = 1},
    [OFFICE] = {.id = 3, .role = STREAM_OFFICE, .unit = (char[]){"市督办办"}},
};
static uint8_t bytes[EVENT_BYTES_MAX + 1];

static struct checked check_bytes(const struct programme_view *programme, enum who who, const void *at, size_t len) {
    static struct checked checked;
    check_event(programme, &streams[who], (struct slice){at, len}, day_of(2021, 7, 1), &checked);
    return checked;
}

/* What an agent's encoder would refuse goes on all the same: the centre is the judge. */
static struct checked check_one(const struct programme_view *programme, enum who who, const struct event *event) {
    size_t len = 0;
    (void)!event_encode(event, bytes, sizeof bytes, &len);
    cr_assert_gt(len, 0);
    return check_bytes(programme, who, bytes, len);
}

static void expect(const struct checked *checked, unsigned code, unsigned field, const char *what) {
    cr_expect_eq(checked->code, code, "%s: %s", what, quarantine_name(checked->code));
    cr_expect_eq(checked->field, field, "%s: field %u", what, checked->field);
    cr_expect((checked->hint != NULL) == (code != 0), "%s: a hint with every refusal", what);
}

Test(check, a_good_event_is_looked_up) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    const struct event event = good_event();
    struct checked checked = check_one(programme, CANGXI, &event);
    expect(&checked, 0, 0, "good");
    cr_expect_eq(checked.target, TARGET_AREA);
    cr_expect_eq(checked.area, AREA_CANGXI);
    cr_assert_neq(checked.cell, NO_INDEX);
    cr_expect_eq(programme->cell_ids[checked.cell], CELL_CANGXI);
    cr_expect_eq(checked.event.figure.value.mantissa, 3000);
}

Test(check, bytes_that_are_no_event) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    static uint8_t large[EVENT_BYTES_MAX + 1];
    const struct {
        const char *what, *bytes;
        size_t len;
        unsigned code, field;
    } rows[] = {
        {"nothing", "", 0, QUARANTINE_NOT_AN_EVENT, 0},
        {"nil", "\xc0", 1, QUARANTINE_NOT_AN_EVENT, 0},
        {"an array of two", "\x92\x01\x02", 3, QUARANTINE_NOT_AN_EVENT, 0},
        {"an array that promises more than there is", "\xdd\xff\xff\xff\xff", 5, QUARANTINE_NOT_AN_EVENT, 0},
        {"a kind that is text", "\x9f\xa1x\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, QUARANTINE_NOT_AN_EVENT, 1},
        {"kind 0", "\x9f\x00\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, QUARANTINE_NOT_AN_EVENT, 1},
        {"a number in a longer form", "\x9f\xcc\x01\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, QUARANTINE_NOT_CANONICAL, 1},
        {"too many bytes", (const char *)large, sizeof large, QUARANTINE_EVENT_TOO_LARGE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct checked checked = check_bytes(programme, CANGXI, rows[i].bytes, rows[i].len);
        expect(&checked, rows[i].code, rows[i].field, rows[i].what);
    }
}

Test(check, texts) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    char long_note[3 * 201 + 1] = "";
    for (int i = 0; i < 201; i++) strcat(long_note, "长");
    const struct {
        const char *note;
        size_t len;
        unsigned code;
    } rows[] = {
        {long_note, 600, 0},
        {long_note, 603, QUARANTINE_TEXT_TOO_LONG},
        {"e\xcc\x81", 3, QUARANTINE_TEXT_NOT_NFC}, /* é in two characters */
        {"\xc3\xa9", 2, 0},
        {"a\tb", 3, QUARANTINE_TEXT_CONTROL},
        {"\xff", 1, QUARANTINE_TEXT_CONTROL},
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = good_event();
        event.note = (struct slice){rows[i].note, rows[i].len};
        struct checked checked = check_one(programme, CANGXI, &event);
        expect(&checked, rows[i].code, rows[i].code ? 12 : 0, rows[i].note);
    }
    struct event event = good_event();
    event.area = slice_of("");
    struct checked checked = check_one(programme, CANGXI, &event);
    expect(&checked, QUARANTINE_TEXT_CONTROL, 4, "a name that is empty");
}

static void change(struct event *event, const char *what) {
    if (strcmp(what, "another county") == 0) event->area = slice_of("510823");
    if (strcmp(what, "a county that is none") == 0) event->area = slice_of("510899");
    if (strcmp(what, "another's name") == 0) event->reporter = slice_of("剑阁县");
    if (strcmp(what, "no target") == 0) event->target = slice_of(NULL);
    if (strcmp(what, "no area") == 0) event->area = slice_of(NULL);
    if (strcmp(what, "a target that is none") == 0) event->target = slice_of("T09.9");
    if (strcmp(what, "a target the database lacks") == 0) event->target = slice_of("T01.2");
    if (strcmp(what, "a unit that is none") == 0) event->blocked_by = slice_of("市气象台");
    if (strcmp(what, "no day") == 0) event->as_of = DAY_NONE;
    if (strcmp(what, "a day of another year") == 0) event->as_of = day_of(2031, 6, 30);
    if (strcmp(what, "a day before any") == 0) event->as_of = (struct day){-25568}; /* 1899-12-31 */
    if (strcmp(what, "no figure") == 0) event->figure = (struct figure){0};
    if (strcmp(what, "a fraction") == 0)
        event->figure = (struct figure){.form = FIGURE_FRACTION, .value = {1, 0}, .denominator = {2, 0}};
    if (strcmp(what, "a negative figure") == 0) event->figure.value.mantissa = -1;
    if (strcmp(what, "a decimal too many") == 0) event->figure.value = (struct decimal){15, 1};
    if (strcmp(what, "an answer without its contents") == 0) event->kind = EVENT_REPLY;
    if (strcmp(what, "no change with a figure") == 0) event->kind = EVENT_NO_CHANGE;
    if (strcmp(what, "words with contents") == 0) {
        event->kind = EVENT_WORDS;
        event->figure = (struct figure){0};
        event->more = (struct slice){"\x91\x01", 2};
    }
    if (strncmp(what, "a retraction", 12) == 0) {
        event->kind = EVENT_RETRACTION;
        event->figure = (struct figure){0};
        if (strcmp(what, "a retraction of nothing") == 0) event->as_of = DAY_NONE;
    }
    if (strcmp(what, "reported before 1970") == 0) event->reported_at_ms = -1;
    if (strcmp(what, "a later version's kind") == 0) event->kind = 200;
    if (strcmp(what, "with its paper") == 0)
        event->source = (struct event_source){.present = true, .file = slice_of("传真.pdf"), .document = slice_of("苍府办函〔2021〕7号")};
}

Test(check, who_says_it_and_what_it_is_about) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    const struct {
        enum who who;
        const char *what;
        unsigned code, field;
    } rows[] = {
        {CANGXI, "as it is", 0, 0},
        {CANGXI, "another county", QUARANTINE_OUT_OF_SCOPE, 4},
        {EDUCATION, "another task", QUARANTINE_OUT_OF_SCOPE, 3},
        {CANGXI, "another's name", QUARANTINE_REPORTER_NOT_OF_STREAM, 8},
        {OFFICE, "without its paper", QUARANTINE_DOCUMENT_MISSING, 9},
        {OFFICE, "with its paper", 0, 0},
        {CANGXI, "no target", QUARANTINE_TARGET_MISSING, 3},
        {CANGXI, "no area", QUARANTINE_AREA_MISSING, 4},
        {CANGXI, "a target that is none", QUARANTINE_UNKNOWN_TARGET, 3},
        {CANGXI, "a target the database lacks", QUARANTINE_UNKNOWN_TARGET, 3},
        {OFFICE, "a county that is none", QUARANTINE_UNKNOWN_AREA, 4},
        {CANGXI, "a unit that is none", QUARANTINE_UNKNOWN_UNIT, 13},
        {CANGXI, "no day", QUARANTINE_AS_OF_MISSING, 5},
        {CANGXI, "a day of another year", QUARANTINE_AS_OF_OUT_OF_RANGE, 5},
        {CANGXI, "a day before any", QUARANTINE_AS_OF_OUT_OF_RANGE, 5},
        {CANGXI, "no figure", QUARANTINE_FIGURE_MISSING, 6},
        {CANGXI, "a fraction", QUARANTINE_BAD_FIGURE_FORM, 6},
        {CANGXI, "a negative figure", QUARANTINE_NEGATIVE, 6},
        {CANGXI, "a decimal too many", QUARANTINE_TOO_MANY_DECIMALS, 6},
        {CANGXI, "an answer without its contents", QUARANTINE_BAD_MORE, 15},
        {CANGXI, "no change with a figure", QUARANTINE_FIGURE_NOT_ALLOWED, 6},
        {CANGXI, "words with contents", QUARANTINE_BAD_MORE, 15},
        {CANGXI, "a retraction of the day's figure", 0, 0},
        {CANGXI, "a retraction of nothing", QUARANTINE_AS_OF_MISSING, 5},
        {CANGXI, "reported before 1970", QUARANTINE_NOT_AN_EVENT, 7},
        {CANGXI, "a later version's kind", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event event = good_event();
        change(&event, rows[i].what);
        struct checked checked = check_one(programme, rows[i].who, &event);
        expect(&checked, rows[i].code, rows[i].field, rows[i].what);
    }
}

Test(check, only_the_office_decides) {
    CLEAN(programme_view_destroy) struct programme_view *programme = small_programme();
    uint8_t contents[256];
    size_t len = 0;
    const struct more freeze = {.by = slice_of("张三"), .freeze.name = slice_of("二季度通报")};
    cr_assert_eq(more_encode(EVENT_FREEZE, &freeze, contents, sizeof contents, &len), PROTO_OK);
    struct event event = {.kind = EVENT_FREEZE, .uid = {2}, .as_of = DAY_NONE, .reported_at_ms = 1625100000000,
                          .reporter = slice_of("苍溪县"), .more = {(const char *)contents, len}};
    struct checked checked = check_one(programme, CANGXI, &event);
    expect(&checked, QUARANTINE_NOT_A_DECISION_STREAM, 1, "a county's");
    event.reporter = slice_of("市督办办");
    checked = check_one(programme, OFFICE, &event);
    expect(&checked, 0, 0, "the office's");
}

Test(check, without_a_plan_no_target_is_known) {
    const struct event event = good_event();
    struct checked checked = check_one(NULL, CANGXI, &event);
    expect(&checked, QUARANTINE_UNKNOWN_TARGET, 3, "no plan");
}
