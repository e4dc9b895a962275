/* Which file is the same table once more, what of a file counts now, and whether its refused rows came again. */
#include "common/report/file_again.h"

#include "common/report/file_story.h"
#include "tests/unit/report/scene.h"

static const char plan_text[] =
    "programme: p\ntitle: 样例\nstart: 2021-01-01\ncity: {code: \"510800\", name: 广元市, short: 全市}\n"
    "areas:\n  - {code: \"510822\", name: 青川县, short: 青川}\n"
    "reporting: {period: monthly, closing_day: 5, first_period: 2021-01}\n"
    "units: [{name: 市交通运输局, short: 交通运输局}]\n"
    "tasks:\n  - code: T06\n    title: 交通\n    leads: [市交通运输局]\n    targets:\n"
    "      - {code: T06.1, name: 新改建直连道路, short: 直连道路, unit: 公里, decimals: 1, kind: cumulative, value: 62,\n"
    "         due: 2021-12-31, shares: {\"510822\": 62}}\n";

static struct feed_file file(int64_t id, const char *name, const char *period, int64_t seq, int64_t taken,
                             int64_t refused, const char *refusals) {
    return (struct feed_file){.id = id, .stream = 1, .log = 1, .seq = seq, .stream_name = "qingchuan", .file = name,
                              .feed = "报表", .period = period, .taken = taken, .refused = refused,
                              .refusals = refusals};
}

static struct cell_event figure(int64_t seq, const char *value, const char *day, const char *name, const char *place) {
    struct cell_event event = {.kind = EVENT_FIGURE, .as_of = on(day), .log = 1, .seq = seq,
                               .known_at = at("2021-07-05T09:00:00+08:00"), .source_file = slice_of(name),
                               .source_place = slice_of(place), .stream_county = true};
    event.known_at.ms += seq;
    event.figure.form = FIGURE_VALUE;
    cr_assert_eq(decimal_parse(value, strlen(value), &event.figure.value), PROTO_OK);
    return event;
}

/* The newest first: F4 is July's, F3 the June table under a new name, F2 June's once more, F1 June's. */
static struct feed_files four(struct feed_file items[4]) {
    items[0] = file(4, "报表.csv", "2021-07", 9, 1, 0, "[]");
    items[1] = file(3, "最终版(2).csv", "2021-06", 6, 0, 1, "[[\":4\", \"not_exact\", \"约3\"]]");
    items[2] = file(2, "报表.csv", "2021-06", 5, 1, 1, "[[\":4\", \"not_exact\", \"约3\"]]");
    items[3] = file(1, "报表.csv", "2021-06", 2, 1, 4,
                    "[[\":3\", \"unit_missing\", \"\"], [\":4\", \"not_exact\", \"约3\"], [\":5\", \"no_cell\", \"\"]]");
    return (struct feed_files){.items = items, .count = 4};
}

Test(file_again, same_table_by_name_or_by_source_within_a_period) {
    struct feed_file items[4];
    struct feed_files files = four(items);
    cr_assert(file_is_same_table(&items[3], &items[2]));
    cr_assert(file_is_same_table(&items[3], &items[1]), "another name, the same source and period");
    cr_assert_not(file_is_same_table(&items[3], &items[0]), "the same name, another month");
    cr_assert_eq(file_again(&files, 3)->id, 3);
    cr_assert_null(file_again(&files, 0));
    items[2].stream = 2;
    cr_assert_not(file_is_same_table(&items[3], &items[2]), "another agent's");
}

Test(file_again, each_refused_row) {
    struct scene scene;
    struct feed_file items[4];
    struct feed_files files = four(items);
    scene_init(&scene, plan_text, "2021-08-01T09:00:00+08:00");
    struct cell_event events[] = {figure(1, "20", "2021-06-30", "报表.csv", ":2"),
                                  figure(4, "21", "2021-06-20", "报表.csv", ":3")};
    scene.view.events[cell_of(&scene, "T06.1", "510822")] = (struct cell_events){events, 2};
    static const struct {
        const char *place;
        enum row_again again;
        int64_t file;
        const char *words;
    } cases[] = {{":3", ROW_AGAIN_TAKEN, 2, "F2 已收"},
                 {":4", ROW_AGAIN_REFUSED, 3, "F3 又退"},
                 {":5", ROW_AGAIN_GONE, 3, "F3 没有再退"}};
    for (size_t i = 0; i < 3; i++) {
        char words[64];
        struct row_fate fate = row_again(&scene.view, &files, 3, cases[i].place);
        row_again_words(&fate, words, sizeof words);
        cr_assert_eq(fate.again, cases[i].again, "%s", cases[i].place);
        cr_assert_eq(fate.file->id, cases[i].file, "%s", cases[i].place);
        cr_assert_str_eq(words, cases[i].words);
    }
    items[1].refused = 30;
    cr_assert_eq(row_again(&scene.view, &files, 3, ":5").again, ROW_AGAIN_UNKNOWN, "only ten are listed");
    cr_assert_eq(row_again(&scene.view, &files, 0, ":4").again, ROW_AGAIN_NO);
    scene_finish(&scene);
}

Test(file_again, a_whole_file_came_again_when_anything_of_it_was_taken) {
    struct scene scene;
    struct feed_file items[] = {file(2, "报表.csv", "", 2, 3, 0, "[]"),
                                file(1, "报表.csv", "", 1, 0, 1, "[[null, \"column_missing\", \"\"]]")};
    struct feed_files files = {.items = items, .count = 2};
    scene_init(&scene, plan_text, "2021-08-01T09:00:00+08:00");
    cr_assert_eq(row_again(&scene.view, &files, 1, "").again, ROW_AGAIN_TAKEN);
    items[0].taken = 0, items[0].refused = 1;
    cr_assert_eq(row_again(&scene.view, &files, 1, "").again, ROW_AGAIN_REFUSED);
    scene_finish(&scene);
}

Test(file_again, figures_of_a_file_and_what_counts_of_them) {
    struct scene scene;
    struct feed_file items[4];
    struct feed_files files = four(items);
    struct file_figures found;
    scene_init(&scene, plan_text, "2021-08-01T09:00:00+08:00");
    struct cell_event events[] = {figure(1, "20", "2021-06-30", "报表.csv", ":2"),
                                  figure(4, "18", "2021-06-30", "报表.csv", ":2"),
                                  figure(8, "25", "2021-07-31", "报表.csv", ":2")};
    scene.view.events[cell_of(&scene, "T06.1", "510822")] = (struct cell_events){events, 3};
    cr_assert(file_figures_find(&scene.view, &files, 2, &found));
    cr_assert_eq(found.count, 1);
    cr_assert_eq(found.items[0].event, 1);
    cr_assert(found.items[0].evidence.held, "another figure for a reported day: %s", found.items[0].evidence.words);
    file_figures_finish(&found);
    scene_finish(&scene);
}

Test(file_again, the_story_says_it_all) {
    struct scene scene;
    struct feed_file items[4];
    struct feed_files files = four(items);
    struct feed_receipt receipt = {.reporter = "青川县", .document = "", .note = "比上次少：利州区"};
    CLEAN(buffer_finish) struct buffer out = {0};
    char words[64];
    scene_init(&scene, plan_text, "2021-08-01T09:00:00+08:00");
    struct cell_event events[] = {figure(1, "20", "2021-06-30", "报表.csv", ":2")};
    scene.view.events[cell_of(&scene, "T06.1", "510822")] = (struct cell_events){events, 1};
    CLEAN(file_story_finish)
    struct file_story story = {.view = &scene.view, .files = &files, .index = 3, .receipt = &receipt};
    cr_assert(file_story_tell(&story));
    file_story_print(&story, &out);
    const char *text = buffer_text(&out);
    static const char *const wanted[] = {"F1 报表.csv", "收1 无变化0 待核0 退4", "期间 2021-06", "提醒  比上次少：利州区",
                                         "直连道路", "采用", "F3 又退", "这里只列前 3 处", "重报  F3 还退1"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_assert(strstr(text, wanted[i]), "%s not in\n%s", wanted[i], text);
    json_t *json = file_story_json(&story);
    cr_assert_eq(json_array_size(json_object_get(json, "figures")), 1);
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(json, "again"), "file")), "F3");
    json_t *refusal = json_array_get(json_object_get(json, "refusals"), 1);
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(refusal, "again"), "state")), "refused");
    json_decref(json);
    file_again_words(&files, 0, words, sizeof words);
    cr_assert_str_eq(words, "", "nothing was refused");
    file_again_words(&files, 1, words, sizeof words);
    cr_assert_str_eq(words, "未重报");
    scene_finish(&scene);
}

Test(file_again, the_story_of_a_file_of_which_nothing_was_taken) {
    struct scene scene;
    struct feed_file items[] = {file(2, "报表.csv", "", 2, 3, 0, "[]"),
                                file(1, "报表.csv", "", 1, 0, 37, "[[null, \"column_missing\", \"找不到列\"]]")};
    struct feed_files files = {.items = items, .count = 2};
    struct feed_receipt receipt = {.reporter = "青川县", .document = "", .note = ""};
    CLEAN(buffer_finish) struct buffer out = {0};
    scene_init(&scene, plan_text, "2021-08-01T09:00:00+08:00");
    CLEAN(file_story_finish)
    struct file_story story = {.view = &scene.view, .files = &files, .index = 1, .receipt = &receipt};
    cr_assert(file_story_tell(&story));
    file_story_print(&story, &out);
    static const char *const wanted[] = {"column_missing", "F2 已收", "整份没有收", "重报  F2\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_assert(strstr(buffer_text(&out), wanted[i]), "%s not in\n%s", wanted[i], buffer_text(&out));
    scene_finish(&scene);
}
