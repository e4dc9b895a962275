#include "tests/unit/collector/paper_fixture.h"

#include "proto/more.h"

#define HEAD "指标,地区,数据日期,数值,分子,分母,单位,备注,更正说明,卡在,文号,填报单位\n"

static const struct outcome *outcome(const struct paper_fixture *f, size_t i) {
    cr_assert_lt(i, f->verdict.outcome_count, "there are %zu rows", f->verdict.outcome_count);
    return &f->verdict.outcomes[i];
}

/* One row under HEAD; the code with which it is refused, REFUSAL_NONE when it is not. */
static enum refusal_code refused(struct paper_fixture *f, const char *row) {
    char text[2048];
    snprintf(text, sizeof text, HEAD "%s\n", row);
    paper_fixture_judge(f, text);
    cr_assert_eq(f->verdict.whole.code, REFUSAL_NONE, "%s", f->verdict.whole.reason);
    const struct outcome *out = outcome(f, 0);
    return out->kind == OUTCOME_REFUSED ? out->reading.refusal.code : REFUSAL_NONE;
}

Test(paper, a_plain_row_becomes_a_figure_with_its_source) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "直连道路,青川,2021-06-30,31.0,,,公里,已铺底层,,市国土局,,\n");
    const struct outcome *out = outcome(&f, 0);
    cr_assert_eq(out->kind, OUTCOME_EVENT, "%s", out->kind == OUTCOME_REFUSED ? out->reading.refusal.reason : "");
    const struct event *event = &out->event;
    cr_assert_eq(event->kind, EVENT_FIGURE);
    cr_assert(slice_is(event->target, "T06.1"));
    cr_assert(slice_is(event->area, "510822"));
    cr_assert_eq(event->as_of.n, day_of("2021-06-30").n);
    cr_assert_eq(event->figure.form, FIGURE_VALUE);
    cr_assert(event->figure.value.mantissa == 31 && event->figure.value.scale == 0);
    cr_assert(slice_is(event->reporter, "青川县"));
    cr_assert(slice_is(event->note, "已铺底层"));
    cr_assert(slice_is(event->blocked_by, "市自然资源局"), "the canonical name");
    cr_assert(slice_is(event->source.file, "6月报表.csv"));
    cr_assert(slice_is(event->source.place, ":2"));
    cr_assert(slice_is(event->source.raw, "31.0"));
    cr_assert_null(event->source.document.ptr);
    cr_assert_null(event->doubts.ptr);
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    cr_assert_str_eq(f.verdict.period, "2021-06");
    paper_fixture_close(&f);
}

Test(paper, titles_above_and_signatures_below_are_no_data) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{as_of: title}", "2021-07-02");
    paper_fixture_judge(&f, "附件2 重点任务进展情况表,,,\n"
                            "填报单位：青川县  单位：公里  截至2021年6月30日,,,\n"
                            "指标,地区,数值,备注\n"
                            "T06.1,青川县,31.0,\n"
                            ",,,\n"
                            "填表人：张三,审核人：李四,,\n");
    cr_assert_eq(f.verdict.whole.code, REFUSAL_NONE, "%s", f.verdict.whole.reason);
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 1");
    cr_assert_eq(outcome(&f, 0)->event.as_of.n, day_of("2021-06-30").n);
    cr_assert(slice_is(outcome(&f, 0)->event.source.place, ":4"));
    paper_fixture_close(&f);
}

Test(paper, a_gbk_file_with_crlf_and_full_width_digits) {
    /* 指标,地区,数据日期,数值,单位 / T06.1,青川县,2021-06-30,２５．８,公里 — in GBK, byte by byte */
    static const char bytes[] =
        "\xd6\xb8\xb1\xea,\xb5\xd8\xc7\xf8,\xca\xfd\xbe\xdd\xc8\xd5\xc6\xda,\xca\xfd\xd6\xb5,\xb5\xa5\xce\xbb\r\n"
        "T06.1,\xc7\xe0\xb4\xa8\xcf\xd8,2021-06-30,\xa3\xb2\xa3\xb5\xa3\xae\xa3\xb8,\xb9\xab\xc0\xef\r\n";
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge_bytes(&f, bytes, sizeof bytes - 1);
    cr_assert_eq(f.verdict.decoded.encoding, TEXT_GB18030);
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    cr_assert(outcome(&f, 0)->event.figure.value.mantissa == 258 && outcome(&f, 0)->event.figure.value.scale == 1);
    cr_assert(slice_is(outcome(&f, 0)->event.source.raw, "２５．８"), "the raw text stays");
    paper_fixture_close(&f);
}

Test(paper, separators_and_json_lines_are_found_out) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, "target\tarea\tas_of\tvalue\tunit\nT06.1\t510822\t20210630\t31\t公里\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    paper_fixture_judge(&f, "指标;地区;数据日期;数值;单位\nT06.1;510822;2021.6.30;31;公里\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    paper_fixture_judge(
        &f, "{\"指标\":\"T06.8\",\"地区\":\"青川县\",\"数据日期\":\"2021-06-30\",\"分子\":470,\"分母\":200}\n"
            "{\"指标\":\"T06.1\",\"地区\":\"青川县\",\"数据日期\":\"2021-06-30\",\"数值\":31.0,\"单位\":\"公里\"}\n"
            "{\"指标\":\"T06.1\"\n");
    cr_assert_str_eq(counts_of(&f), "2 0 0 1 0 0");
    cr_assert_eq(outcome(&f, 0)->event.figure.form, FIGURE_FRACTION);
    cr_assert(slice_is(outcome(&f, 0)->event.source.raw, "470/200"));
    paper_fixture_close(&f);
}

Test(paper, a_renamed_column_refuses_the_file_and_names_the_nearest) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{columns: {value: [累计完成]}}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,累计完成数,分子,分母,单位\nT06.1,青川县,2021-06-30,31,,,公里\nT06.7,"
                            "青川县,2021-06-30,,80,100,\n");
    cr_assert_eq(f.verdict.whole.code, REFUSAL_COLUMN_MISSING);
    cr_assert_str_eq(f.verdict.whole.reason, "找不到“累计完成”列，最像的是“累计完成数”");
    cr_assert_eq(f.verdict.refused, 2, "every row");
    cr_assert_str_eq(f.verdict.period, "2021-06", "its days can still be read");
    struct more more;
    cr_assert_eq(more_decode(EVENT_RECEIPT, f.verdict.receipt.more, &more), PROTO_OK);
    cr_assert(more.receipt.whole);
    cr_assert_eq(more.receipt.refused, 2);
    cr_assert_eq(more.receipt.refusal_count, 1);
    cr_assert(slice_is(more.receipt.refusals[0].place, ":1"));
    cr_assert(slice_is(more.receipt.refusals[0].code, "column_missing"));
    cr_assert(slice_is(more.receipt.feed, "报表"));
    paper_fixture_close(&f);
}

Test(paper, structures_in_doubt_refuse_the_file) {
    static const struct {
        const char *mapping, *text;
        enum refusal_code code;
    } rows[] = {
        {"{}", "指标,地区,数据日期,数值,数值\nT06.1,青川县,2021-06-30,1,2\n", REFUSAL_COLUMN_TWICE},
        {"{}", "指标,地区,数据日期,完成数,分子,分母\nT06.7,青川县,2021-06-30,,1,2\n", REFUSAL_COLUMN_MISSING},
        {"{}", "指标,地区,数值,单位\nT06.1,青川县,1,公里\n", REFUSAL_COLUMN_MISSING},
        {"{}", "这里什么表也没有\n", REFUSAL_COLUMN_MISSING},
        {"{}", "\n\n", REFUSAL_COLUMN_MISSING},
        {"{as_of: title}", "指标,地区,数值,单位\nT06.1,青川县,1,公里\n", REFUSAL_NO_AS_OF},
        {"{as_of: {file: \"*{yyyy}{mm}.csv\"}}", "指标,地区,数值,单位\nT06.1,青川县,1,公里\n", REFUSAL_NO_AS_OF},
        {"{}", "指标,地区,数据日期,数值\nT06.1,青川县,2021-06-30,\"1\n", REFUSAL_OPEN_QUOTE},
    };
    struct paper_fixture f;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        paper_fixture_open(&f, rows[i].mapping, "2021-07-02");
        paper_fixture_judge(&f, rows[i].text);
        cr_expect_eq(f.verdict.whole.code, rows[i].code, "%zu: %s", i, refusal_row(f.verdict.whole.code)->word);
        cr_expect_eq(f.verdict.taken, 0);
        cr_expect_geq(f.verdict.refused, 1);
        paper_fixture_close(&f);
    }
}

Test(paper, rows_in_doubt_are_refused_and_say_why) {
    static const struct {
        const char *row;
        enum refusal_code code;
        const char *word; /* the reason contains it */
    } rows[] = {
        {"不存在的指标,青川县,2021-06-30,5,,,个", REFUSAL_UNKNOWN_TARGET, "指标"},
        {"架线长度,青川县,2021-06-30,5,,,公里", REFUSAL_TARGET_AMBIGUOUS, "T06.5、T06.6"},
        {",青川县,2021-06-30,5,,,公里", REFUSAL_TARGET_MISSING, "指标"},
        {"T06.1,青山县,2021-06-30,5,,,公里", REFUSAL_UNKNOWN_AREA, "青山县"},
        {"T06.1,510822001,2021-06-30,5,,,公里", REFUSAL_TOWNSHIP, "乡镇"},
        {"T06.1,,2021-06-30,5,,,公里", REFUSAL_AREA_MISSING, "地区"},
        {"T06.5,旺苍县,2021-06-30,5,,,公里", REFUSAL_NO_CELL, "任务"},
        {"T06.1,青川县,2021/2/30,5,,,公里", REFUSAL_BAD_DATE, "日期"},
        {"T06.1,青川县,,5,,,公里", REFUSAL_DATE_MISSING, "日期"},
        {"T06.1,青川县,6月30日,5,,,公里", REFUSAL_NO_YEAR, "年份"},
        {"T06.1,青川县,44377,5,,,公里", REFUSAL_DATE_SERIAL, "44377"},
        {"T06.1,青川县,2012-06-30,5,,,公里", REFUSAL_DATE_RANGE, "年份"},
        {"T06.1,青川县,2021-06-30,52.1,,,亩", REFUSAL_UNIT_DIFFERS, "亩"},
        {"T06.1,青川县,2021-06-30,52.1公里,,,亩", REFUSAL_UNIT_TWICE, "两种"},
        {"T06.1,青川县,2021-06-30,52.1,,,", REFUSAL_UNIT_MISSING, "公里"},
        {"T06.1,青川县,2021-06-30,1e999,,,公里", REFUSAL_OUT_OF_RANGE, "1e999"},
        {"T06.1,青川县,2021-06-30,#DIV/0!,,,公里", REFUSAL_ERROR_VALUE, "错误"},
        {"T06.1,青川县,2021-06-30,\"1,5\",,,公里", REFUSAL_SEPARATOR, "千分位"},
        {"T06.1,青川县,2021-06-30,约45,,,公里", REFUSAL_NOT_EXACT, "不是确数"},
        {"T06.1,青川县,2021-06-30,45.67,,,公里", REFUSAL_DECIMALS, "小数位"},
        {"T06.1,青川县,2021-06-30,-3,,,公里", REFUSAL_NEGATIVE, "负数"},
        {"T06.1,青川县,2021-06-30,57（偏慢）,,,公里", REFUSAL_NOTE_IN_CELL, "一格"},
        {"T06.1,青川县,2021-06-30,同上,,,公里", REFUSAL_DITTO, "同上"},
        {"T06.1,青川县,2021-06-30,,5,10,", REFUSAL_TWO_FIGURES, "分子"},
        {"T06.4,青川县,2021-06-30,基本完成,,,", REFUSAL_STATE_UNCLEAR, "完成还是未完成"},
        {"T06.4,青川县,2021-06-30,y,,,", REFUSAL_STATE_UNCLEAR, "完成还是未完成"},
        {"T06.4,青川县,2021-06-30,#N/A,,,", REFUSAL_ERROR_VALUE, "#N/A"},
        {"T06.4,青川县,2021-06-30,同上,,,", REFUSAL_DITTO, "同上"},
        {"T06.7,青川县,2021-06-30,,29万,412,", REFUSAL_NOT_A_NUMBER, "29万"},
        {"T06.7,青川县,2021-06-30,0.87,,,", REFUSAL_PERCENT_DOUBT, "0.87"},
        {"T06.7,青川县,2021-06-30,,87,,", REFUSAL_HALF_FRACTION, "分子"},
        {"T06.7,青川县,2021-06-30,,101,100,", REFUSAL_FRACTION, "分子大于分母"},
        {"T06.7,青川县,2021-06-30,,0,0,", REFUSAL_FRACTION, "分母"},
        {"T06.7,青川县,2021-06-30,88%,87,100,", REFUSAL_TWO_FIGURES, "不一样"},
        {"T07,青川县,2021-06-30,5,,,", REFUSAL_WORDS_ONLY, "文字"},
        {"T06.1,青川县,2021-06-30,5,,,公里,,,不存在的局", REFUSAL_UNKNOWN_UNIT, "不存在的局"},
        {"T06.1,青川县,2021-06-30,5,,,公里,,,,,旺苍县", REFUSAL_REPORTER, "旺苍县"},
        {"T06.1,青川县,2021-06-30,5,,,公里,说明一,说明二,,,,多出的", REFUSAL_TOO_MANY_CELLS, "13格"},
        {"T06.1,\"青川\"县,2021-06-30,5,,,公里", REFUSAL_BAD_QUOTE, "双引号"},
    };
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum refusal_code code = refused(&f, rows[i].row);
        cr_expect_eq(code, rows[i].code, "%s: %s", rows[i].row, refusal_row(code)->word);
        if (code == REFUSAL_NONE) continue;
        const struct refusal *refusal = &outcome(&f, 0)->reading.refusal;
        cr_expect(strstr(refusal->reason, rows[i].word), "%s: \"%s\" lacks \"%s\"", rows[i].row, refusal->reason,
                  rows[i].word);
        cr_expect_gt(strlen(refusal_remedy(refusal)), 0);
    }
    paper_fixture_close(&f);
}

/* The cell that is wrong is the day's, and its text is what was read. */
Test(paper, a_day_out_of_range_names_the_day) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2012-06-30,5,,,公里\n");
    cr_assert_eq(outcome(&f, 0)->kind, OUTCOME_REFUSED);
    cr_expect_eq(outcome(&f, 0)->reading.refusal.column, 2);
    cr_expect(strstr(outcome(&f, 0)->reading.refusal.reason, "（读到“2012-06-30”）"));
    paper_fixture_close(&f);
}

Test(paper, serials_only_where_the_mapping_says_so) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{serial: 1900}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,44377,31,,,公里\nT06.1,青川县,10000,31,,,公里\n");
    cr_assert_eq(outcome(&f, 0)->kind, OUTCOME_EVENT);
    cr_expect_eq(outcome(&f, 0)->event.as_of.n, day_of("2021-06-30").n);
    cr_expect_eq(outcome(&f, 1)->reading.refusal.code, REFUSAL_DATE_RANGE, "10000 is a day of 1927");
    paper_fixture_close(&f);
}

Test(paper, what_is_taken_as_it_is_meant) {
    static const struct {
        const char *row;
        int64_t mantissa;
        unsigned scale;
    } rows[] = {
        {"“直连道路”,广元市青川县,2021年6月,\"45.6公里\",,,", 456, 1},
        {"T06.1,青 川 县,202106,45.6公里,,,公里", 456, 1},
        {"T06.1,510822000000,2021-06-30,45.6,,,公里", 456, 1},
        {"T06.1,510822.0,2021-06-30,45.6,,,公里", 456, 1},
        {"T06.1,=\"510822\",2021-06-30,45.6,,,公里", 456, 1},
        {"T06.5,青川县,2021-06-30,45.6,,,公里", 456, 1},
        {"T06.7,青川县,2021-06-30,87%,,,", 87, 0},
        {"T06.7,青川县,2021-06-30,87.5,,,%", 875, 1},
        {"T06.7,青川县,2021-06-30,86.9%,869,1000,", 869, 0},
    };
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum refusal_code code = refused(&f, rows[i].row);
        cr_expect_eq(code, REFUSAL_NONE, "%s: %s", rows[i].row, code ? outcome(&f, 0)->reading.refusal.reason : "");
        if (code) continue;
        cr_expect_eq(outcome(&f, 0)->event.figure.value.mantissa, rows[i].mantissa, "%s", rows[i].row);
        cr_expect_eq(outcome(&f, 0)->event.figure.value.scale, rows[i].scale, "%s", rows[i].row);
    }
    paper_fixture_close(&f);
}

Test(paper, units_by_header_title_mapping_and_factor) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{factors: {米/公里: 0.001}, targets: {道路: T06.1}}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值（米）\n道路,青川县,2021-06-30,45600\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    cr_assert(outcome(&f, 0)->event.figure.value.mantissa == 456 && outcome(&f, 0)->event.figure.value.scale == 1);
    paper_fixture_close(&f);
    paper_fixture_open(&f, "{unit: 公里, area: 青川县}", "2021-07-02");
    paper_fixture_judge(&f, "指标,数据日期,数值\nT06.1,2021-06-30,45.6\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 0");
    cr_assert(slice_is(outcome(&f, 0)->event.area, "510822"));
    paper_fixture_close(&f);
    paper_fixture_open(&f, "{unit: plan}", "2021-07-02");
    paper_fixture_judge(&f, "指标,地区,数据日期,数值\nT06.1,青川县,2021-06-30,45.6\nT06.7,青川县,2021-06-30,87\n");
    cr_assert_str_eq(counts_of(&f), "2 0 0 0 0 0");
    paper_fixture_close(&f);
}

Test(paper, days_from_file_name_and_period) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{as_of: {file: \"*{yyyy}{mm}.csv\"}, unit: plan}", "2021-07-02");
    f.paper.name = slice_of("青川202105.csv");
    paper_fixture_judge(&f, "指标,地区,数值\nT06.1,青川县,45.6\n");
    cr_assert_eq(outcome(&f, 0)->event.as_of.n, day_of("2021-05-31").n);
    paper_fixture_close(&f);
    /* June closes on 5 July: until then June is open, afterwards July */
    paper_fixture_open(&f, "{as_of: period, unit: plan}", "2021-07-05");
    paper_fixture_judge(&f, "指标,地区,数值\nT06.1,青川县,45.6\n");
    cr_assert_eq(outcome(&f, 0)->event.as_of.n, day_of("2021-06-30").n);
    paper_fixture_close(&f);
    paper_fixture_open(&f, "{as_of: period, unit: plan}", "2021-07-06");
    paper_fixture_judge(&f, "指标,地区,数值\nT06.1,青川县,45.6\n");
    cr_assert_eq(outcome(&f, 0)->event.as_of.n, day_of("2021-07-31").n);
    cr_assert_eq(outcome(&f, 0)->doubts, DOUBT_FUTURE);
    paper_fixture_close(&f);
}

Test(paper, blanks_zeros_words_and_states) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,—,,,公里\n"
                                 "T06.1,利州区,2021-06-30,0,,,公里\n"
                                 "T06.1,旺苍县,2021-06-30,无变化,,,\n"
                                 "T06.4,青川县,2021-06-30,√,,,\n"
                                 "T06.4,利州区,2021-06-30,正在推进,,,\n"
                                 "T07,广元市,2021-06-30,,,,,上半年已开三次会\n"
                                 "T06.1,昭化区,2021-06-30,,,,公里,未开工\n");
    cr_assert_str_eq(counts_of(&f), "6 0 0 0 1 0");
    cr_assert_eq(outcome(&f, 1)->event.figure.value.mantissa, 0, "0 is zero");
    cr_assert_eq(outcome(&f, 2)->event.kind, EVENT_NO_CHANGE);
    cr_assert_eq(outcome(&f, 2)->event.figure.form, FIGURE_NONE);
    cr_assert(outcome(&f, 3)->event.figure.form == FIGURE_DONE && outcome(&f, 3)->event.figure.done);
    cr_assert(outcome(&f, 4)->event.figure.form == FIGURE_DONE && !outcome(&f, 4)->event.figure.done);
    cr_assert(slice_is(outcome(&f, 4)->event.note, "正在推进"));
    cr_assert_eq(outcome(&f, 5)->event.kind, EVENT_WORDS);
    cr_assert(slice_is(outcome(&f, 5)->event.target, "T07"));
    cr_assert(slice_is(outcome(&f, 5)->event.area, "510800"));
    cr_assert_eq(outcome(&f, 6)->event.kind, EVENT_WORDS, "the county's words about a figure it does not give");
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,,,,公里\nT06.1,利州区,2021-06-30,-,,,公里\n");
    cr_assert_str_eq(counts_of(&f), "0 0 0 0 2 0");
    cr_assert_str_eq(f.verdict.note, "本期没有数");
    paper_fixture_close(&f);
}

static struct figure value(int64_t mantissa, uint8_t scale) {
    return (struct figure){.form = FIGURE_VALUE, .value = {mantissa, scale}};
}

Test(paper, what_was_sent_before_decides_the_kind) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-05-31", value(31, 0), false);
    cr_assert_eq(refused(&f, "T06.1,青川县,2021-05-31,31.0,,,公里"), REFUSAL_NONE);
    cr_assert_eq(outcome(&f, 0)->kind, OUTCOME_UNCHANGED, "the same figure of the same day");
    refused(&f, "T06.1,青川县,2021-05-31,31.0,,,公里,新的说明");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_WORDS, "new words go out");
    refused(&f, "T06.1,青川县,2021-06-30,31.0,,,公里");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_NO_CHANGE, "a known figure of a new day");
    refused(&f, "T06.1,青川县,2021-05-31,33,,,公里");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_FIGURE);
    cr_assert_eq(outcome(&f, 0)->doubts, DOUBT_CHANGED);
    cr_assert_str_eq(counts_of(&f), "1 0 1 0 0 0");
    refused(&f, "T06.1,青川县,2021-05-31,33,,,公里,,漏报一段");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_CORRECTION);
    cr_assert(outcome(&f, 0)->event.has_replaces && outcome(&f, 0)->event.replaces[0] == 0x77);
    cr_assert(slice_is(outcome(&f, 0)->event.reason, "漏报一段"));
    cr_assert_eq(outcome(&f, 0)->doubts, 0);
    refused(&f, "T06.1,青川县,2021-06-30,无变化,,,");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_NO_CHANGE);
    refused(&f, "T06.1,青川县,2021-05-31,无变化,,,");
    cr_assert_eq(outcome(&f, 0)->kind, OUTCOME_UNCHANGED);
    paper_fixture_close(&f);
}

/* The centre may be holding 51 with 57 standing: "no change" would repeat 57. */
Test(paper, a_doubted_figure_is_repeated_in_full) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-05-31", value(51, 0), true);
    refused(&f, "T06.1,青川县,2021-06-30,51,,,公里");
    cr_assert_eq(outcome(&f, 0)->event.kind, EVENT_FIGURE);
    paper_fixture_close(&f);
}

Test(paper, doubts_go_out_with_the_figure) {
    static const struct {
        const char *row;
        unsigned doubts;
    } rows[] = {
        {"T06.1,青川县,2021-06-30,29,,,公里", DOUBT_FALL},
        {"T06.1,青川县,2021-06-30,310,,,公里", DOUBT_POWER_OF_TEN | DOUBT_ABOVE_GOAL},
        {"T06.1,青川县,2021-06-30,94,,,公里", DOUBT_ABOVE_GOAL},
        {"T06.1,青川县,2021-06-30,93,,,公里", 0},
        {"T06.1,青川县,2021-07-31,40,,,公里", DOUBT_FUTURE},
        {"T06.1,青川县,2021-06-30,0,,,公里", DOUBT_FALL},
        {"T06.1,青川县,2021-06-30,29,,,公里,,核减重复路段", 0},
        {"T06.7,青川县,2021-06-30,100.5%,,,", DOUBT_ABOVE_HUNDRED},
    };
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_knows(&f, "T06.1", "510822", "2021-05-31", value(31, 0), false);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(refused(&f, rows[i].row), REFUSAL_NONE, "%s", rows[i].row);
        cr_expect_eq(outcome(&f, 0)->doubts, rows[i].doubts, "%s: %x", rows[i].row, outcome(&f, 0)->doubts);
    }
    refused(&f, rows[0].row);
    struct list_cursor cursor = {0};
    struct slice word;
    cr_assert(list_next(outcome(&f, 0)->event.doubts, &cursor, &word));
    cr_assert(slice_is(word, "fall"));
    paper_fixture_close(&f);
}

Test(paper, two_rows_for_one_cell_and_day) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(
        &f,
        HEAD "T06.1,青川县,2021-06-30,31,,,公里\nT06.1,利州区,2021-06-30,5,,,公里\nT06.1,青川,2021-06-30,32,,,公里\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 2 0 0");
    cr_assert_eq(outcome(&f, 0)->reading.refusal.code, REFUSAL_ROW_TWICE);
    cr_assert(strstr(outcome(&f, 0)->reading.refusal.reason, "第4行"));
    cr_assert(strstr(outcome(&f, 2)->reading.refusal.reason, "第2行"));
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,31,,,公里,甲\nT06.1,青川,2021-06-30,31.0,,,公里,甲\n");
    cr_assert_str_eq(counts_of(&f), "1 1 0 0 0 0");
    /* two days of one cell: the later one is measured against the earlier one of the same file */
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-05-31,31,,,公里\nT06.1,青川县,2021-06-30,31,,,公里\n");
    cr_assert_eq(outcome(&f, 1)->event.kind, EVENT_NO_CHANGE);
    paper_fixture_close(&f);
}

Test(paper, totals_are_compared_never_taken) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    paper_fixture_judge(
        &f, HEAD
        "T06.1,青川县,2021-06-30,31.2,,,公里\nT06.1,利州区,2021-06-30,5,,,公里\nT06.1,合计,2021-06-30,36.2,,,公里\n");
    cr_assert_str_eq(counts_of(&f), "2 0 0 0 0 1");
    cr_assert_null(f.verdict.note);
    paper_fixture_judge(&f, HEAD "T06.1,青川县,2021-06-30,31.2,,,公里\nT06.1,全市,2021-06-30,36.2,,,公里\n其中：国道,"
                                 "青川县,2021-06-30,3,,,公里\n");
    cr_assert_str_eq(counts_of(&f), "1 0 0 0 0 2");
    cr_assert_str_eq(f.verdict.note, "第3行合计36.2，各行相加31.2");
    paper_fixture_close(&f);
}

Test(paper, figures_on_behalf_need_a_document) {
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    f.paper.on_behalf = true;
    cr_assert_eq(refused(&f, "T06.1,青川县,2021-06-30,31,,,公里"), REFUSAL_DOCUMENT_MISSING);
    cr_assert_eq(refused(&f, "T06.1,青川县,2021-06-30,31,,,公里,,,,电话记录〔2021〕3号"), REFUSAL_NONE);
    cr_assert(slice_is(outcome(&f, 0)->event.source.document, "电话记录〔2021〕3号"));
    paper_fixture_close(&f);
}

Test(paper, the_receipt_counts_and_lists_the_first_ten) {
    struct paper_fixture f;
    struct buffer text = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    buffer_add_text(&text, HEAD "T06.1,青川县,2021-06-30,31,,,公里\n");
    for (int i = 0; i < 12; i++)
        buffer_printf(&text, "没有%d,青川县,2021-06-30,1,,,公里\n", i);
    paper_fixture_judge(&f, buffer_text(&text));
    struct more more;
    cr_assert_eq(more_decode(EVENT_RECEIPT, f.verdict.receipt.more, &more), PROTO_OK);
    cr_assert_eq(more.receipt.taken, 1);
    cr_assert_eq(more.receipt.refused, 12);
    cr_assert_eq(more.receipt.refusal_count, 10);
    cr_assert(slice_is(more.receipt.refusals[0].place, ":3"));
    cr_assert(slice_is(more.receipt.refusals[0].code, "unknown_target"));
    cr_assert(slice_is(more.receipt.period, "2021-06"));
    cr_assert_not(more.receipt.whole);
    uint8_t bytes[EVENT_BYTES_MAX];
    size_t len = 0;
    cr_assert_eq(event_encode(&f.verdict.receipt, bytes, sizeof bytes, &len), PROTO_OK);
    buffer_finish(&text);
    paper_fixture_close(&f);
}

/* Bytes of all kinds must give a verdict, never a crash: a small deterministic mangler. */
Test(paper, mangled_files_are_judged_all_the_same) {
    static const char sample[] =
        "\xef\xbb\xbf" HEAD
        "T06.1,青川县,2021-06-30,31.0,,,公里,\"a,b\",,,,\nT06.7,利州,2021年6月,,8,9,,x,,,,\n合计,,,39\n";
    struct paper_fixture f;
    paper_fixture_open(&f, "{}", "2021-07-02");
    uint32_t seed = 20211108;
    for (int round = 0; round < 400; round++) {
        char bytes[sizeof sample];
        size_t len = sizeof sample - 1;
        memcpy(bytes, sample, sizeof sample);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[(seed >> 8) % len] = (char)(seed >> 24);
        }
        if (round % 5 == 0) len = (seed >> 4) % len;
        paper_fixture_judge_bytes(&f, bytes, len);
        uint8_t receipt[EVENT_BYTES_MAX];
        size_t used = 0;
        cr_expect_eq(event_encode(&f.verdict.receipt, receipt, sizeof receipt, &used), PROTO_OK, "round %d", round);
    }
    paper_fixture_close(&f);
}
