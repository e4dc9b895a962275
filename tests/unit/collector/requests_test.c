#include "services/collector/requests.h"

#include "proto/more.h"
#include "services/collector/rejected.h"
#include "tests/unit/collector/paper_fixture.h"

static void open_named(struct paper_fixture *f, const char *name) {
    paper_fixture_open(f, "{columns: {value: [累计完成]}}", "2021-11-10");
    f->paper.name = slice_of(name);
}

static const struct event *event_of(const struct paper_fixture *f, size_t index) {
    for (size_t i = 0; i < f->verdict.outcome_count; i++)
        if (f->verdict.outcomes[i].kind == OUTCOME_EVENT && index-- == 0) return &f->verdict.outcomes[i].event;
    cr_assert(false, "no such event");
    return NULL;
}

static struct more more_of(const struct event *event) {
    struct more more;
    cr_assert_eq(more_decode(event->kind, event->more, &more), PROTO_OK);
    return more;
}

Test(requests, an_answer_becomes_an_event_of_its_county) {
    struct paper_fixture f;
    open_named(&f, "回复.csv");
    paper_fixture_judge(&f, "编号,完成日期,原因,说明,经办人\n"
                            "D21-1108-05/2,2021-12-10,用地,12月10日前贯通,王五\n"
                            "ｄ21-1108-05，,,,,\n"
                            "d21-1108-04,,,已派人去看,\n");
    cr_assert_str_eq(counts_of(&f), "2 0 0 1 0 0");
    cr_expect_str_eq(f.verdict.feed, "回复");
    cr_expect_null(f.verdict.period);
    const struct event *event = event_of(&f, 0);
    struct more more = more_of(event);
    cr_expect_eq(event->kind, EVENT_REPLY);
    cr_expect(!event->target.ptr && slice_is(event->area, "510822"), "青川县's own");
    cr_expect(slice_is(event->reporter, "青川县") && slice_is(event->source.file, "回复.csv"));
    cr_expect(slice_is(event->source.place, ":2"));
    cr_expect(slice_is(more.reply.number, "D21-1108-05/2") && slice_is(more.reply.who, "王五"));
    cr_expect_eq(more.reply.by_when.n, day_of("2021-12-10").n);
    cr_expect(slice_is(more.reply.reason_code, "land") && slice_is(more.reply.text, "12月10日前贯通"));
    more = more_of(event_of(&f, 1));
    cr_expect(slice_is(more.reply.number, "D21-1108-04"));
    cr_expect(slice_is(more.reply.who, "青川县"), "without a name the county answers");
    cr_expect(!day_is(more.reply.by_when) && !more.reply.reason_code.ptr);
    cr_assert_eq(more_decode(EVENT_RECEIPT, f.verdict.receipt.more, &more), PROTO_OK);
    cr_expect(slice_is(more.receipt.feed, "回复") && !more.receipt.whole);
    cr_expect(more.receipt.taken == 2 && more.receipt.refused == 1);
    cr_expect(slice_is(more.receipt.refusals[0].code, "number"));
    paper_fixture_close(&f);
}

Test(requests, what_an_answer_lacks_comes_back_with_its_row) {
    static const struct {
        const char *row;
        enum refusal_code code;
    } rows[] = {
        {",2021-12-10,用地,,", REFUSAL_NUMBER},
        {"T06.1,2021-12-10,用地,,", REFUSAL_NUMBER},
        {"D21-1108-05,2021-11-09,用地,,", REFUSAL_DAY_OVER},
        {"D21-1108-05,月底,,,", REFUSAL_BAD_DATE},
        {"D21-1108-05,2021-12-10,下雨,,", REFUSAL_REASON},
        {"D21-1108-05,,,,王五", REFUSAL_NOTHING_SAID},
        {"D21-1108-05,2021-11-10,,,", REFUSAL_NONE}, /* today is not over */
        {"D21-1108-05,,天气,,", REFUSAL_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct paper_fixture f;
        char text[256];
        open_named(&f, "回复.csv");
        snprintf(text, sizeof text, "编号,完成日期,原因,说明,经办人\n%s\n", rows[i].row);
        paper_fixture_judge(&f, text);
        cr_assert_eq(f.verdict.outcome_count, 1, "%s", rows[i].row);
        cr_expect_eq(f.verdict.outcomes[0].reading.refusal.code, rows[i].code, "%s", rows[i].row);
        struct buffer back = {0};
        cr_expect_eq(rejected_write(&f.verdict, &back), rows[i].code != REFUSAL_NONE);
        if (rows[i].code) cr_expect(strstr(buffer_text(&back), "\"编号\",\"完成日期\""), "%s", buffer_text(&back));
        buffer_finish(&back);
        paper_fixture_close(&f);
    }
}

Test(requests, a_later_day_is_asked_for_a_target_of_the_county) {
    struct paper_fixture f;
    open_named(&f, "延期申请.csv");
    paper_fixture_judge(&f,
                        "指标;地区;新期限;理由;文号\nT06.1;;2022-03-31;征地;青改〔2021〕5号\nT06.1;青川;2022-03-31;;\n"
                        "T99.9;青川;2022-03-31;征地;\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 2 0 0");
    const struct event *event = event_of(&f, 0);
    struct more more = more_of(event);
    cr_expect_eq(event->kind, EVENT_EXTENSION_ASKED);
    cr_expect(slice_is(event->target, "T06.1") && slice_is(event->area, "510822") && slice_is(event->reason, "征地"));
    cr_expect_eq(more.extension.due.n, day_of("2022-03-31").n);
    cr_expect(slice_is(more.extension.document, "青改〔2021〕5号"));
    cr_expect_eq(f.verdict.outcomes[1].reading.refusal.code, REFUSAL_NOTHING_SAID);
    cr_expect_eq(f.verdict.outcomes[2].reading.refusal.code, REFUSAL_UNKNOWN_TARGET);
    paper_fixture_close(&f);
}

Test(requests, done_is_claimed_with_a_document) {
    struct paper_fixture f;
    open_named(&f, "青川销号申请.csv");
    paper_fixture_judge(&f, "指标,地区,文号,经办人\nT06.1,青川县,青改〔2021〕9号,王五\nT06.1,青川县,,王五\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 1 0 0");
    struct more more = more_of(event_of(&f, 0));
    cr_expect(slice_is(more.close_out.document, "青改〔2021〕9号") && slice_is(more.by, "王五"));
    cr_expect_eq(f.verdict.outcomes[1].reading.refusal.code, REFUSAL_DOCUMENT_MISSING);
    paper_fixture_close(&f);
}

/* A report whose column was renamed is no claim: nothing in it says that the work is done. */
Test(requests, a_report_is_not_taken_for_a_request) {
    struct paper_fixture f;
    open_named(&f, "10月报表.csv");
    paper_fixture_judge(&f, "指标,地区,数据日期,完成数,文号\nT06.1,青川县,2021-10-31,31,青改1号\n");
    cr_expect_eq(f.verdict.whole.code, REFUSAL_COLUMN_MISSING);
    cr_expect_null(f.verdict.feed);
    paper_fixture_judge(&f, "编号,指标,地区,说明\n1,T06.1,青川县,无\n");
    cr_expect_eq(f.verdict.whole.code, REFUSAL_COLUMN_MISSING);
    cr_expect_null(f.verdict.feed);
    paper_fixture_close(&f);
}

Test(requests, a_table_by_its_name_says_which_columns_it_wants) {
    struct paper_fixture f;
    open_named(&f, "延期申请.csv");
    paper_fixture_judge(&f, "指标,期限\nT06.1,2022-03-31\n");
    cr_expect_eq(f.verdict.whole.code, REFUSAL_COLUMN_MISSING);
    cr_expect_str_eq(f.verdict.whole.reason, "“延期申请”表要有这几列：指标、新期限、理由");
    cr_expect_str_eq(f.verdict.feed, "延期申请");
    paper_fixture_close(&f);
}

Test(requests, a_row_twice_in_one_file_is_sent_once) {
    struct paper_fixture f;
    open_named(&f, "回复.csv");
    paper_fixture_judge(&f, "编号,完成日期,原因\nD21-1108-05,2021-12-10,用地\nD21-1108-05,2021-12-10,用地\n");
    cr_assert_str_eq(counts_of(&f), "1 1 0 0 0 0");
    paper_fixture_close(&f);
}

/* An answer of November in the file that is dropped again in December was sent then: its day is over, it is not
 * refused. */
Test(requests, what_was_sent_is_not_judged_again) {
    struct paper_fixture f;
    open_named(&f, "回复.csv");
    f.known_words = "回复";
    paper_fixture_judge(&f, "编号,完成日期,原因\nD21-1008-05,2021-10-31,用地\n");
    cr_assert_str_eq(counts_of(&f), "0 1 0 0 0 0");
    paper_fixture_close(&f);
}
