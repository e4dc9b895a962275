#include "services/collector/extent.h"

#include "tests/unit/collector/paper_fixture.h"

#define HEAD "指标,地区,数据日期,数值,单位\n"

static const char *loss(const char *text, const char *cells, int64_t figures) {
    static char said[512];
    struct paper_fixture f;
    struct source_extent last = {.found = cells != NULL, .figures = figures};
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, text);
    buffer_add_text(&last.cells, cells ? cells : "");
    const char *words = extent_loss(&f.paper, &f.verdict, &last);
    snprintf(said, sizeof said, "%s", words ? words : "");
    source_extent_finish(&last);
    paper_fixture_close(&f);
    return said;
}

Test(extent, cells_are_those_that_stand_in_the_file_whatever_became_of_them) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,旺苍县,2021-06-30,约5,公里\nT06.1,青川县,2021-06-30,,公里\n"
                                 "T06.2,青川县,2021-06-30,1,公里\nT06.1,合计,2021-06-30,1,公里\n没有,青川县,,,\n");
    cr_expect(slice_is(f.verdict.extent.cells, "T06.1 510821\nT06.1 510822\nT06.2 510822\n"), "%s",
              f.verdict.extent.cells.ptr);
    cr_expect_eq(f.verdict.extent.figures, 1);
    paper_fixture_close(&f);
}

Test(extent, losses) {
    static const char file[] = HEAD "T06.1,青川县,2021-06-30,5,公里\nT06.1,旺苍县,2021-06-30,5,公里\n";
    cr_expect_str_eq(loss(file, NULL, 0), "");
    cr_expect_str_eq(loss(file, "T06.1 510821\nT06.1 510822\n", 2), "");
    cr_expect_str_eq(loss(file, "T06.1 510822\n", 1), "", "it grew");
    cr_expect_str_eq(loss(file, "T06.1 510802\nT06.1 510821\nT06.1 510822\n", 3), "上一份有利州区，这一份没有");
    cr_expect_str_eq(loss(file, "T06.1 510821\nT06.1 510822\nT06.2 510822\n", 3), "比上一份少1项：T06.2青川县");
    cr_expect_str_eq(loss(file, "T06.1 510821\nT06.1 510822\n", 12), "上一份有12个数，这一份只有2个");
    cr_expect_str_eq(loss(file, "T06.2 510802\nT06.5 510822\n", 2), "", "another table of the same folder");
}
