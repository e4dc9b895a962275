#include "services/collector/source_answer.h"

#include <jansson.h>

#include "services/collector/source_tally.h"
#include "tests/unit/collector/paper_fixture.h"

static const struct source_settings source = {.name = "进度", .kind = SOURCE_HTTP};

/* The answer as a tree; wants json_decref. */
static json_t *answer_to(const struct taken *taken, int wanted_status, bool problem) {
    struct source_answer answer;
    cr_assert(source_answer_taken(&source, "进度-1.csv", taken, &answer));
    cr_expect_eq(answer.status, wanted_status, "%d: %s", answer.status, buffer_text(&answer.body));
    cr_expect_eq(answer.problem, problem);
    json_t *tree = json_loads(buffer_text(&answer.body), 0, NULL);
    cr_assert_not_null(tree, "%s", buffer_text(&answer.body));
    source_answer_finish(&answer);
    return tree;
}

static const char *text_of(const json_t *tree, const char *key) {
    const char *text = json_string_value(json_object_get(tree, key));
    return text ? text : "";
}
static int number_of(const json_t *tree, const char *key) {
    const json_t *number = json_object_get(tree, key);
    return json_is_integer(number) ? (int)json_integer_value(number) : -1;
}

/* The fixture's verdict as that of a document. */
static struct taken judged(struct paper_fixture *f, const char *text, size_t len) {
    paper_fixture_judge_bytes(f, text, len);
    return (struct taken){.how = DOCUMENT_TAKEN, .verdict = f->verdict};
}

Test(source_answer, every_doubtful_row_is_named) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510821", "2021-05-31", (struct figure){.form = FIGURE_VALUE, .value = {40, 0}},
                        false);
    static const char text[] = "指标,地区,数据日期,数值,单位\nT06.1,青川县,2021-06-30,31,公里\n"
                               "T06.1,旺苍县,2021-06-30,39,公里\nT06.1,利州区,2021-06-30,约9\x01,公里\n";
    struct taken taken = judged(&f, text, sizeof text - 1);
    json_t *tree = answer_to(&taken, 200, false);
    cr_expect_str_eq(text_of(tree, "result"), "taken");
    cr_expect_str_eq(text_of(tree, "source"), "进度");
    cr_expect_str_eq(text_of(tree, "document"), "进度-1.csv");
    cr_expect_str_eq(text_of(tree, "period"), "2021-06");
    cr_expect_eq(number_of(tree, "taken"), 2);
    cr_expect_eq(number_of(tree, "held"), 1);
    cr_expect_eq(number_of(tree, "refused"), 1);
    const json_t *refused = json_array_get(json_object_get(tree, "refused_rows"), 0);
    cr_expect_eq(number_of(refused, "line"), 4);
    cr_expect_str_eq(text_of(refused, "place"), ":4");
    cr_expect_str_eq(text_of(refused, "column"), "数值");
    cr_expect_str_eq(text_of(refused, "code"), "not_exact");
    cr_expect(strstr(text_of(refused, "reason"), "约9"), "%s", text_of(refused, "reason"));
    cr_expect(*text_of(refused, "remedy"));
    const json_t *held = json_array_get(json_object_get(tree, "held_rows"), 0);
    cr_expect_eq(number_of(held, "line"), 3);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(held, "codes"), 0)), "fall");
    json_decref(tree);
    struct buffer words = {0};
    source_answer_words("a.csv", &taken, &words);
    cr_expect(strstr(buffer_text(&words), "收 2（其中待核 1）"), "%s", buffer_text(&words));
    cr_expect(strstr(buffer_text(&words), "第4行退回"), "%s", buffer_text(&words));
    buffer_finish(&words);
    paper_fixture_close(&f);
}

Test(source_answer, refused_as_a_whole_has_the_status_of_its_cause) {
    static const struct {
        const char *text;
        size_t len;
        int status;
        const char *code;
    } rows[] = {
        {"a,b\n1,2\n", 8, 422, "column_missing"},   {"a\0b\n", 4, 400, "not_text"},
        {"\xff\xff\xff\n", 4, 400, "bad_encoding"}, {"指标,地区,数据日期,数值,单位\n\"T06.1", 43, 400, "open_quote"},
        {"\x1f\x8b\x08", 3, 400, "archive"},        {"<html>\n", 7, 400, "web_page"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct paper_fixture f;
        paper_fixture_open(&f, "{}", "2021-07-02");
        struct taken taken = judged(&f, rows[i].text, rows[i].len);
        json_t *tree = answer_to(&taken, rows[i].status, true);
        cr_expect_str_eq(text_of(tree, "code"), rows[i].code);
        cr_expect_str_eq(text_of(tree, "result"), "refused");
        cr_expect_eq(number_of(tree, "status"), rows[i].status);
        cr_expect_eq(number_of(tree, "taken"), 0);
        cr_expect(*text_of(tree, "title") && *text_of(tree, "reason") && *text_of(tree, "remedy"));
        json_decref(tree);
        paper_fixture_close(&f);
    }
}

Test(source_answer, known_full_and_refused_before_they_were_read) {
    struct taken again = {
        .how = DOCUMENT_AGAIN,
        .before = {.found = true, .name = "旧.csv", .taken_at = day_at(day_of("2021-07-02"), 9, 30)},
        .has_receipt = true,
        .receipt = {.receipt = {.period = slice_of("2021-06"),
                                .taken = 7,
                                .refused = 1,
                                .refusal_count = 1,
                                .refusals = {{slice_of(":4"), slice_of("not_exact"), slice_of("约9")}}}}};
    json_t *tree = answer_to(&again, 200, false);
    cr_expect_str_eq(text_of(tree, "result"), "again");
    cr_expect_str_eq(text_of(tree, "message"), "已收过");
    cr_expect_str_eq(text_of(tree, "first_document"), "旧.csv");
    cr_expect_str_eq(text_of(tree, "first_taken_at"), "2021-07-02T09:30:00+08:00");
    cr_expect_eq(number_of(tree, "taken"), 7);
    cr_expect_str_eq(text_of(json_array_get(json_object_get(tree, "refused_rows"), 0), "code"), "not_exact");
    json_decref(tree);
    again.has_receipt = false;
    tree = answer_to(&again, 200, false);
    cr_expect_eq(number_of(tree, "taken"), -1, "unknown is not nought");
    json_decref(tree);
    struct taken later = {.how = DOCUMENT_LATER, .why = "磁盘不足"};
    tree = answer_to(&later, 503, true);
    cr_expect_str_eq(text_of(tree, "code"), "not_now");
    cr_expect_str_eq(text_of(tree, "reason"), "磁盘不足");
    json_decref(tree);
    struct source_answer answer;
    cr_assert(source_answer_refusal(401, REFUSAL_REQUEST_TOKEN, NULL, &answer));
    cr_expect(answer.status == 401 && answer.problem && strstr(buffer_text(&answer.body), "\"code\":\"token\""));
    source_answer_finish(&answer);
}

Test(source_answer, the_status_file_counts_what_came) {
    struct paper_fixture f;
    struct source_tally tally = {.last = ""};
    struct status status;
    int64_t value = -1;
    paper_fixture_open(&f, "{}", "2021-07-02");
    static const char text[] =
        "指标,地区,数据日期,数值,单位\nT06.1,青川县,2021-06-30,31,公里\nT06.1,某县,2021-06-30,3,公里\n";
    struct taken taken = judged(&f, text, sizeof text - 1);
    source_tally_add(&tally, "a.csv", &taken);
    cr_expect_str_eq(tally.last, "“a.csv”收1，其中待核0，无变化0，退回1");
    struct source_tally other = {.last = ""};
    snprintf(taken.trouble, sizeof taken.trouble, "退回文件写不了：/back/a.rejected.csv");
    source_tally_add(&other, "a.csv", &taken);
    cr_expect_str_eq(other.last, "“a.csv”收1，其中待核0，无变化0，退回1；退回文件写不了：/back/a.rejected.csv");
    taken = judged(&f, "a,b\n", 4);
    source_tally_add(&tally, "b.csv", &taken);
    cr_expect(strncmp(tally.last, "“b.csv”整份退回：", strlen("“b.csv”整份退回：")) == 0, "%s", tally.last);
    source_tally_add(&tally, "a.csv", &(struct taken){.how = DOCUMENT_AGAIN});
    source_tally_add(&tally, "c.csv", &(struct taken){.how = DOCUMENT_LATER, .why = "磁盘不足"});
    status_init(&status, "test");
    source_tally_show(&tally, &source, &status);
    static const struct {
        const char *key;
        int64_t value;
    } wanted[] = {{"source/进度/documents", 2}, {"source/进度/whole_refused", 1}, {"source/进度/again", 1},
                  {"source/进度/later", 1},     {"source/进度/taken", 1},         {"source/进度/refused", 2}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        cr_expect(status_get(&status, wanted[i].key, &value), "%s", wanted[i].key);
        cr_expect_eq(value, wanted[i].value, "%s: %lld", wanted[i].key, (long long)value);
    }
    cr_expect_str_eq(status_get_text(&status, "source/进度/last"), "“c.csv”没有收：磁盘不足");
    status_finish(&status);
    paper_fixture_close(&f);
}
