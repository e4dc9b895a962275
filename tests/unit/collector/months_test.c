/* Adding up by month; the rest stands in tests/feeds/22-months-and-totals. */
#include "services/collector/months.h"

#include "tests/unit/collector/paper_fixture.h"

#define HEAD "指标,地区,数据日期,本月,单位\n"

static struct figure value(int64_t mantissa, uint8_t scale) {
    return (struct figure){.form = FIGURE_VALUE, .value = {mantissa, scale}};
}

static const struct outcome *outcome(const struct paper_fixture *f, size_t i) {
    cr_assert_lt(i, f->verdict.outcome_count);
    return &f->verdict.outcomes[i];
}

Test(months, a_month_is_added_to_the_last_total_known) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{increments: yes}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-05-31", value(255, 1), false);
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,5.5,公里\n");
    cr_assert_eq(outcome(&f, 0)->kind, OUTCOME_EVENT);
    cr_expect_eq(decimal_compare(outcome(&f, 0)->event.figure.value, (struct decimal){31, 0}), 0);
    cr_expect(slice_is(outcome(&f, 0)->event.source.raw, "5.5"), "what was read, not what was added");
    paper_fixture_close(&f);
}

/* The same month sent again, in full or again in part, is counted once. */
Test(months, a_month_sent_again_is_not_added_twice) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{increments: yes}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-05-31", value(25, 0), false);
    paper_fixture_knows(&f, "T06.1", "510822", "2021-06-30", value(31, 0), false);
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,6,公里\n");
    cr_expect_eq(outcome(&f, 0)->kind, OUTCOME_UNCHANGED);
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,7,公里\n");
    cr_expect_eq(outcome(&f, 0)->doubts, DOUBT_CHANGED);
    cr_expect_eq(decimal_compare(outcome(&f, 0)->event.figure.value, (struct decimal){32, 0}), 0);
    paper_fixture_close(&f);
}

Test(months, a_missing_month_blocks_and_is_named) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{increments: yes}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-03-31,6,公里\n");
    cr_expect_eq(outcome(&f, 0)->reading.refusal.code, REFUSAL_MONTH_GAP);
    cr_expect_str_eq(outcome(&f, 0)->reading.refusal.reason, "缺2021年1月、2021年2月的本月数，加不出累计数");
    paper_fixture_close(&f);
}

Test(months, the_first_month_begins_at_nothing) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{increments: yes}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-01-31,0,公里\nT06.1,青川县,2021-02-28,3,公里\n");
    cr_expect_eq(outcome(&f, 0)->event.figure.value.mantissa, 0);
    cr_expect_eq(outcome(&f, 1)->event.figure.value.mantissa, 3);
    paper_fixture_close(&f);
}
