#include "proto/more.h"

#include "tests/unit/proto/samples.h"

Test(more, receipt_round_trip) {
    const struct sample *p = sample_of("receipt");
    struct more m;
    cr_assert_eq(more_decode(EVENT_RECEIPT, p->event.more, &m), PROTO_OK);
    cr_expect(slice_is(m.receipt.feed, "monthly") && slice_is(m.receipt.period, "2021-10"));
    cr_expect(m.receipt.taken == 12 && m.receipt.unchanged == 3 && m.receipt.held == 1 && m.receipt.refused == 2);
    cr_expect_eq(m.receipt.refusal_count, 2);
    cr_expect(slice_is(m.receipt.refusals[0].place, ":17") && slice_is(m.receipt.refusals[0].code, "unknown_target"));
    cr_expect_null(m.receipt.refusals[1].place.ptr);
    cr_expect(slice_is(m.receipt.refusals[1].text, "缺少“数据日期”列"));
    cr_expect_not(m.receipt.whole);
}

Test(more, decisions_carry_who_decided) {
    const struct sample *all = samples();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct more m;
        if (!event_kind_is_decision(all[i].event.kind)) continue;
        cr_assert_eq(more_decode(all[i].event.kind, all[i].event.more, &m), PROTO_OK, "%s", all[i].name);
        cr_expect(slice_is(m.by, "李四"), "%s", all[i].name);
    }
}

Test(more, extension_and_key) {
    struct more m;
    cr_assert_eq(more_decode(EVENT_EXTENSION, sample_of("extension")->event.more, &m), PROTO_OK);
    cr_expect_eq(m.extension.due.n, 19082); /* 2022-03-31 */
    cr_expect(m.extension.has_request && m.extension.request[15] == 17);
    cr_assert_eq(more_decode(EVENT_KEY_ALLOWED, sample_of("key_allowed")->event.more, &m), PROTO_OK);
    struct list_cursor cursor = {0};
    struct slice item;
    cr_assert(list_next(m.key.areas, &cursor, &item));
    cr_expect(slice_is(item, "510811"));
    cr_expect_not(list_next(m.key.areas, &cursor, &item));
    cursor = (struct list_cursor){0};
    cr_expect_not(list_next(m.key.tasks, &cursor, &item));
}

Test(more, elements_of_a_later_version_are_passed_over) {
    static const uint8_t freeze[] = {0x93, 0xa1, 'x', 0xa1, 'n', 0x91, 0xc0};
    static const uint8_t short_one[] = {0x91, 0xa1, 'x'};
    struct more m;
    cr_expect_eq(more_decode(EVENT_FREEZE, (struct slice){(const char *)freeze, sizeof freeze}, &m), PROTO_OK);
    cr_expect(slice_is(m.freeze.name, "n"));
    cr_expect_eq(more_decode(EVENT_FREEZE, (struct slice){(const char *)short_one, sizeof short_one}, &m),
                 PROTO_SYNTAX);
    cr_expect_eq(more_decode(EVENT_FREEZE, (struct slice){NULL, 0}, &m), PROTO_SYNTAX);
    cr_expect_eq(more_decode(EVENT_FIGURE, (struct slice){NULL, 0}, &m), PROTO_VERSION);
}

Test(more, kinds_without_any) {
    static const uint32_t without[] = {EVENT_FIGURE, EVENT_CORRECTION, EVENT_NO_CHANGE, EVENT_WORDS, EVENT_RETRACTION};
    for (uint32_t kind = 1; kind <= 64; kind++) {
        bool want = false;
        for (size_t i = 0; i < sizeof without / sizeof *without; i++)
            want = want || without[i] == kind;
        cr_expect_eq(more_is_nil(kind), want, "%u", kind);
        cr_expect_not(more_is_nil(kind) && more_expected(kind), "%u", kind);
    }
}

Test(more, what_is_not_complete_is_not_encoded) {
    struct more m = {0};
    uint8_t out[256];
    size_t len;
    cr_expect_eq(more_encode(EVENT_FREEZE, &m, out, sizeof out, &len), PROTO_SYNTAX);
    m.by = s("李四");
    m.override.light = s("blue");
    m.override.until = DAY_NONE;
    cr_expect_eq(more_encode(EVENT_OVERRIDE, &m, out, sizeof out, &len), PROTO_SYNTAX);
    m.override.until = (struct day){18992};
    cr_expect_eq(more_encode(EVENT_OVERRIDE, &m, out, sizeof out, &len), PROTO_OK);
    cr_expect_eq(more_encode(EVENT_OVERRIDE, &m, out, 5, &len), PROTO_NO_SPACE);
}

Test(more, what_was_added_later_reads_as_nil_where_it_is_missing) {
    static const uint8_t issue[] = {0x93, 0xa1, 'x', 0xa1, 'n', 0xc0};
    static const uint8_t checked[] = {0x94, 0xa1, 'x', 0xc3, 0xc0, 0xc0};
    static const uint8_t too_short[] = {0x93, 0xa1, 'x', 0xc3, 0xc0};
    struct more m;
    cr_assert_eq(more_decode(EVENT_ISSUE, (struct slice){(const char *)issue, sizeof issue}, &m), PROTO_OK);
    cr_expect(slice_is(m.issue.number, "n") && !m.issue.level.ptr);
    cr_assert_eq(more_decode(EVENT_CLOSE_CHECKED, (struct slice){(const char *)checked, sizeof checked}, &m), PROTO_OK);
    cr_expect(m.close_out.passed && !m.close_out.step.ptr);
    cr_expect_eq(more_decode(EVENT_CLOSE_CHECKED, (struct slice){(const char *)too_short, sizeof too_short}, &m),
                 PROTO_SYNTAX);
    cr_assert_eq(more_decode(EVENT_ISSUE, sample_of("issue")->event.more, &m), PROTO_OK);
    cr_expect(slice_is(m.issue.level, "yellow_card"));
    static const uint8_t claimed[] = {0x91, 0xa1, 'd'};
    cr_assert_eq(more_decode(EVENT_CLOSE_CLAIMED, (struct slice){(const char *)claimed, sizeof claimed}, &m), PROTO_OK);
    cr_expect(slice_is(m.close_out.document, "d") && !m.by.ptr);
    cr_assert_eq(more_decode(EVENT_REPLY, sample_of("reply")->event.more, &m), PROTO_OK);
    cr_expect(slice_is(m.reply.who, "张三") && slice_is(m.by, "李四"));
}

Test(more, a_mute_has_an_end_or_lasts_until_it_is_resolved) {
    struct more m;
    cr_assert_eq(more_decode(EVENT_MUTE, sample_of("mute")->event.more, &m), PROTO_OK);
    cr_expect_eq(m.mute.until.n, 18961); /* 2021-11-30 */
    cr_assert_eq(more_decode(EVENT_MUTE, sample_of("mute_until_resolved")->event.more, &m), PROTO_OK);
    cr_expect(!day_is(m.mute.until) && slice_is(m.mute.rule, "slipping"));
}

Test(more, go_live_names_the_rules_it_was_said_of) {
    struct more m;
    cr_assert_eq(more_decode(EVENT_GO_LIVE, sample_of("go_live")->event.more, &m), PROTO_OK);
    cr_expect(m.go_live.live && slice_is(m.go_live.rules, ""));
    cr_expect(event_kind_is_decision(EVENT_GO_LIVE));
    cr_expect_str_eq(event_kind_name(EVENT_GO_LIVE), "go_live");
}
