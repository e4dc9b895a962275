/* The receipt's note; single warnings stand in tests/feeds, each with its file. */
#include "services/collector/checks.h"

#include "tests/unit/collector/paper_fixture.h"

#define HEAD "指标,地区,数据日期,数值,单位\n"

static struct figure value(int64_t mantissa) {
    return (struct figure){.form = FIGURE_VALUE, .value = {mantissa, 0}};
}

static const char *note(const struct paper_fixture *f) {
    return f->verdict.note ? f->verdict.note : "";
}

Test(checks, the_first_changes_are_named_the_rest_counted) {
    static const char *const areas[] = {"510802", "510811", "510821", "510822"};
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    for (size_t i = 0; i < 4; i++)
        paper_fixture_knows(&f, "T06.1", areas[i], "2021-05-31", value(10), false);
    paper_fixture_judge(&f, HEAD "T06.1,利州区,2021-05-31,11,公里\nT06.1,昭化区,2021-05-31,12,公里\n"
                                 "T06.1,旺苍县,2021-05-31,13,公里\nT06.1,青川县,2021-05-31,14,公里\n");
    cr_expect_str_eq(note(&f), "改了报过的数，待核：直连道路利州2021-05-31 10→11、直连道路昭化2021-05-31 "
                               "10→12、直连道路旺苍2021-05-31 10→13等4处");
    paper_fixture_close(&f);
}

/* The day that is not over may grow without a word. */
Test(checks, what_only_grows_today_is_no_change) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-07-02", value(10), false);
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-07-02,11,公里\n");
    cr_expect_str_eq(note(&f), "");
    paper_fixture_close(&f);
}

Test(checks, shares_and_averages_are_not_added_up) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.7,青川县,2021-06-30,80,%\nT06.7,利州区,2021-06-30,90,%\n"
                                 "T06.7,全市,2021-06-30,86,%\n");
    cr_expect_str_eq(note(&f), "");
    paper_fixture_close(&f);
}

Test(checks, sums_of_two_targets_and_two_days_are_kept_apart) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-05-31,10,公里\nT06.1,青川县,2021-06-30,20,公里\n"
                                 "T06.2,青川县,2021-06-30,3,公里\nT06.1,合计,2021-05-31,10,公里\n"
                                 "T06.1,合计,2021-06-30,21,公里\nT06.2,合计,2021-06-30,3000,米\n");
    cr_expect_str_eq(note(&f), "第6行合计21，各行相加20", "a sum in a unit nobody converts is not compared");
    paper_fixture_close(&f);
}

Test(checks, a_sum_is_converted_like_the_figures) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{factors: {米: 0.001}}", "2021-07-02");
    paper_fixture_judge(&f,
                        "指标,地区,数据日期,数值(米)\nT06.1,青川县,2021-06-30,20000\nT06.1,合计,2021-06-30,20000\n");
    cr_expect_str_eq(note(&f), "");
    paper_fixture_close(&f);
}

Test(checks, the_same_words_stand_once) {
    struct verdict verdict = {.arena = arena_create()};
    check_add(&verdict, "甲");
    check_add(&verdict, "乙");
    check_add(&verdict, "甲");
    cr_expect_str_eq(verdict.note, "甲；乙");
    arena_destroy(&verdict.arena);
}
