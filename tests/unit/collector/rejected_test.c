#include "services/collector/rejected.h"

#include <stdlib.h>

#include "tests/unit/collector/paper_fixture.h"

Test(rejected, refused_rows_come_back_as_they_were) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, "表\n指标,地区,数据日期,数值,单位,备注\n"
                            "T06.1,青川县,2021-06-30,31,公里,好\n"
                            "T06.1,利州区,2021-06-30,52.1,亩,\"说 \"\"是\"\", 不是\"\n"
                            "T06.1,旺苍县,2021-06-30,-3,公里,=1+1\n");
    cr_assert(rejected_write(&f.verdict, &out));
    cr_assert_str_eq(
        buffer_text(&out),
        "\xef\xbb\xbf\"指标\",\"地区\",\"数据日期\",\"数值\",\"单位\",\"备注\",\"行\",\"列\",\"原因\",\"怎么改\"\r\n"
        "\"T06.1\",\"利州区\",\"2021-06-30\",\"52.1\",\"亩\",\"说 \"\"是\"\", "
        "不是\",\"4\",\"数值\",\"单位是“亩”，计划里是“公里”\","
        "\"请按计划的单位填报，或在采集端配置的 factors 里写明换算\"\r\n"
        "\"T06.1\",\"旺苍县\",\"2021-06-30\",\"'-3\",\"公里\",\"'=1+1\",\"5\",\"数值\",\"不应是负数，请核对（读到“-"
        "3”）\","
        "\"请核对；报累计数，不报增减数\"\r\n");
    buffer_finish(&out);
    paper_fixture_close(&f);
}

Test(rejected, a_whole_file_comes_back_as_one_line) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{columns: {value: [累计完成]}}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,累计完成数\nT06.1,青川县,2021-06-30,31\n");
    cr_assert(rejected_write(&f.verdict, &out));
    cr_assert_str_eq(buffer_text(&out),
                     "\xef\xbb\xbf\"指标\",\"地区\",\"数据日期\",\"累计完成数\",\"行\",\"列\",\"原因\",\"怎么改\"\r\n"
                     "\"\",\"\",\"\",\"\",\"1\",\"\",\"找不到“累计完成”列，最像的是“累计完成数”\","
                     "\"请把列名改回原样，或在采集端配置的 columns 里加上新列名\"\r\n");
    buffer_clear(&out);
    paper_fixture_judge_bytes(&f, "%PDF-1.7", 8);
    cr_assert(rejected_write(&f.verdict, &out));
    cr_assert(strstr(buffer_text(&out), "\"行\",\"列\",\"原因\",\"怎么改\"\r\n\"\",\"\",\"这是 PDF"));
    buffer_finish(&out);
    paper_fixture_close(&f);
}

Test(rejected, nothing_refused_is_no_file) {
    struct paper_fixture f;
    struct buffer out = {0};
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值\nT06.1,青川县,2021-06-30,31\n");
    cr_assert_not(rejected_write(&f.verdict, &out));
    paper_fixture_close(&f);
}

Test(rejected, names) {
    static const char *const rows[][2] = {{"旺苍8月报表.csv", "旺苍8月报表.rejected.csv"},
                                          {"a.txt", "a.txt.rejected.csv"},
                                          {".csv", ".csv.rejected.csv"}};
    for (size_t i = 0; i < 3; i++) {
        char *name = rejected_name(rows[i][0]);
        cr_expect_str_eq(name, rows[i][1]);
        free(name);
    }
}
