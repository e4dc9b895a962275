#include "services/collector/try.h"

#include "tests/unit/collector/paper_fixture.h"

Test(try, every_row_in_columns_of_equal_width) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(
        &f, "指标,地区,数据日期,数值,单位\n直连道路,青川,2021-06-30,31.0,公里\nT06.1,利州,2021-06-30,1,亩\n"
            "T06.1,旺苍县,2021-06-30,,公里\nT06.1,合计,2021-06-30,40,公里\nT06.1,昭化,2021-06-30,500,公里\n");
    try_print(&f.verdict, f.plan.plan, &out);
    cr_expect_str_eq(
        buffer_text(&out),
        "编码 UTF-8，逗号分隔，表头在第1行\n\n"
        "行  结果          指标   地区    日期        读作     说明\n"
        " 2  收            T06.1  青川县  2021-06-30  31公里\n"
        " 3  退回          T06.1  利州区  2021-06-30  1        "
        "数值列（D3）：单位是“亩”，计划里是“公里”。请按计划的单位填报，或在采集端配置的 factors 里写明换算\n"
        " 4  没有数        T06.1  旺苍县  2021-06-30\n"
        " 5  跳过（合计）  T06.1          2021-06-30  40\n"
        " 6  收，待核      T06.1  昭化区  2021-06-30  500公里  超过目标一半以上\n"
        "\n收 2（其中待核 1）  没有数 1  跳过 1  退回 1\n"
        "只是试读，什么也没有发出；没有与以前报过的数比较。\n");
    buffer_finish(&out);
    paper_fixture_close(&f);
}

Test(try, a_whole_refusal_in_two_lines) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值,数值\n");
    try_print(&f.verdict, f.plan.plan, &out);
    cr_expect_str_eq(buffer_text(&out), "整份退回：“数值”有两列都对得上：D列“数值”、E列“数值”。\n怎么改：请删去一列，或"
                                        "在采集端配置的 columns 里写明用哪一列。\n");
    buffer_finish(&out);
    paper_fixture_close(&f);
}

/* A question ends with its own mark; a milestone does not fall, it is taken back; a cell beyond the header has letters.
 */
Test(try, words_that_a_person_reads) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值,单位\nT06.4,青川,2021-06-30,基本完成,\n"
                            "T06.4,利州,2021-05-31,已完成,\nT06.4,利州,2021-06-30,未完成,\n"
                            "T06.1,青川,2021-06-30,1,000,公里\n");
    try_print(&f.verdict, f.plan.plan, &out);
    static const char *const wanted[] = {
        "数值列（D2）：“基本完成”：完成还是未完成？请只填",
        "报过完成，现在报未完成",
        "F5：本行有6格，表头只有5格。多半是文字里有逗号",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect(strstr(buffer_text(&out), wanted[i]), "%s in\n%s", wanted[i], buffer_text(&out));
    buffer_finish(&out);
    paper_fixture_close(&f);
}
