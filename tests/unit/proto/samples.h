/* The events described in proto/vectors/events.json, built by hand: a second reading of the same descriptions. */
#ifndef DUBAN_TESTS_PROTO_SAMPLES_H
#define DUBAN_TESTS_PROTO_SAMPLES_H

#include "proto/more.h"
#include "tests/unit/proto/vectors.h"

enum { SAMPLES = 29 };

struct sample {
    const char *name;
    struct event event;
    struct more more;
    bool has_more; /* of a kind known here */
    uint8_t more_bytes[512], lists[2][64];
    uint8_t event_bytes[2048];
    size_t len;
};

static inline struct slice s(const char *text) {
    return slice_of(text);
}

static inline struct day sample_day(const char *text) {
    struct day d = DAY_NONE;
    cr_assert(day_parse(text, strlen(text), &d));
    return d;
}

static inline void sample_cell(struct event *e, const char *target, const char *area, const char *as_of) {
    e->target = s(target);
    e->area = s(area);
    if (as_of) e->as_of = sample_day(as_of);
}

static inline struct figure sample_value(const char *text) {
    struct figure f = {.form = FIGURE_VALUE};
    cr_assert_eq(decimal_parse(text, strlen(text), &f.value), PROTO_OK);
    return f;
}

static inline struct event_source sample_source(void) {
    struct event_source source = {.present = true, .file = s("10月报表.csv"), .place = s(":17"), .raw = s("31.0")};
    unhex("00112233445566778899aabbccddeeff", source.hash, 16);
    return source;
}

static inline struct slice sample_list(const struct slice *items, size_t count, uint8_t out[64]) {
    size_t len = 0;
    cr_assert_eq(list_encode(items, count, out, 64, &len), PROTO_OK);
    return (struct slice){(const char *)out, len};
}

static inline struct sample *sample_start(struct sample *all, size_t *count, const char *name, uint32_t kind) {
    struct sample *one = &all[(*count)++];
    *one = (struct sample){.name = name};
    one->event.kind = kind;
    one->event.as_of = DAY_NONE;
    one->event.reported_at_ms = 1633496400000;
    one->event.reporter = s(kind >= 32 && kind <= 63 ? "市委改革办" : "昭化区");
    one->more.by = s(kind >= 32 && kind <= 63 ? "李四" : NULL);
    one->has_more = more_expected(kind);
    return one;
}

static inline void uid_of(uint8_t uid[16], uint8_t n) {
    memset(uid, n, 16);
}

static inline void samples_of_counties(struct sample *all, size_t *n) {
    static char note[3 * 200 + 1] = "进展：";
    for (size_t i = 9; i < 3 * 200; i += 3)
        memcpy(note + i, "好", 3);
    struct sample *p = sample_start(all, n, "figure", EVENT_FIGURE);
    sample_cell(&p->event, "T06.1", "510811", "2021-09-30");
    p->event.figure = sample_value("31.0");
    p->event.source = sample_source();
    p = sample_start(all, n, "fraction", EVENT_FIGURE);
    sample_cell(&p->event, "T13.6", "510811", "2021-06-30");
    p->event.figure = (struct figure){.form = FIGURE_FRACTION, .value = {87, 0}, .denominator = {100, 0}};
    p = sample_start(all, n, "done", EVENT_FIGURE);
    sample_cell(&p->event, "T24.1", "510800", "2021-12-28");
    p->event.figure = (struct figure){.form = FIGURE_DONE, .done = true};
    p->event.reporter = s("市委改革办");
    p->event.source = (struct event_source){.present = true,
                                            .file = s("通报.xlsx"),
                                            .place = s("6月!F17"),
                                            .raw = s("是"),
                                            .document = s("广改办〔2021〕7号")};
    memset(p->event.source.hash, 0xff, 16);
    p = sample_start(all, n, "negative", EVENT_FIGURE);
    sample_cell(&p->event, "T08.1", "510811", "1969-12-31");
    p->event.figure = sample_value("-12.345");
    p->event.doubts = sample_list((struct slice[]){s("above_goal"), s("power_of_ten")}, 2, p->lists[0]);
    p = sample_start(all, n, "correction", EVENT_CORRECTION);
    sample_cell(&p->event, "T06.1", "510811", "2021-09-30");
    p->event.figure = sample_value("51");
    p->event.has_replaces = true;
    uid_of(p->event.replaces, 1);
    p->event.reason = s("重复统计");
    p = sample_start(all, n, "no_change", EVENT_NO_CHANGE);
    sample_cell(&p->event, "T06.1", "510811", "2021-10-31");
    p = sample_start(all, n, "receipt", EVENT_RECEIPT);
    p->event.source = sample_source();
    p->more.receipt.feed = s("monthly");
    p->more.receipt.period = s("2021-10");
    p->more.receipt.taken = 12;
    p->more.receipt.unchanged = 3;
    p->more.receipt.held = 1;
    p->more.receipt.refused = 2;
    p->more.receipt.refusal_count = 2;
    p->more.receipt.refusals[0] = (struct more_refusal){s(":17"), s("unknown_target"), s("没有这个指标")};
    p->more.receipt.refusals[1] = (struct more_refusal){s(NULL), s("columns_missing"), s("缺少“数据日期”列")};
    p = sample_start(all, n, "words", EVENT_WORDS);
    p->event.target = s("T07");
    p->event.note = s(note);
    p->event.blocked_by = s("市发改委");
    p = sample_start(all, n, "retraction", EVENT_RETRACTION);
    sample_cell(&p->event, "T06.1", "510811", "2021-09-30");
    p->event.has_replaces = true;
    uid_of(p->event.replaces, 1);
    p->event.reason = s("报错县");
    for (size_t i = 0; i < *n; i++)
        uid_of(all[i].event.uid, (uint8_t)(i + 1));
}

static inline struct sample *sample_numbered(struct sample *all, size_t *n, const char *name, uint8_t kind) {
    struct sample *p = sample_start(all, n, name, kind);
    uid_of(p->event.uid, kind);
    return p;
}

static inline void samples_of_answers(struct sample *all, size_t *n) {
    struct sample *p = sample_numbered(all, n, "reply", EVENT_REPLY);
    p->more.reply.number = s("D0012");
    p->more.reply.who = s("张三");
    p->more.reply.by_when = sample_day("2021-12-31");
    p->more.reply.reason_code = s("land");
    p->more.reply.text = s("征地滞后，月底补上");
    p->more.by = s("李四");
    p = sample_numbered(all, n, "extension_asked", EVENT_EXTENSION_ASKED);
    sample_cell(&p->event, "T11.2", "510821", NULL);
    p->event.reason = s("征地");
    p->more.extension.due = sample_day("2022-03-31");
    p = sample_numbered(all, n, "close_claimed", EVENT_CLOSE_CLAIMED);
    sample_cell(&p->event, "T05.1", "510802", NULL);
    p->more.close_out.document = s("利改〔2021〕3号");
    p = sample_numbered(all, n, "matter", EVENT_MATTER);
    p->event.target = s("T07");
    p->more.matter.kind = MATTER_RISK;
    p->more.matter.text = s("资金缺口");
    p = sample_numbered(all, n, "objection", EVENT_OBJECTION);
    p->more.objection.number = s("T0006");
    p->more.objection.text = s("数字有误");
}

static inline void samples_of_decisions(struct sample *all, size_t *n) {
    struct sample *p = sample_numbered(all, n, "confirm", EVENT_CONFIRM);
    uid_of(p->more.of_event.uid, 5);
    p = sample_numbered(all, n, "freeze", EVENT_FREEZE);
    p->more.freeze.name = s("第6期通报");
    p = sample_numbered(all, n, "release", EVENT_RELEASE);
    sample_cell(&p->event, "T06.1", "510811", NULL);
    p->more.release.has_instant = true;
    p->more.release.instant_ms = 1633496400000;
    p = sample_numbered(all, n, "issue", EVENT_ISSUE);
    p->more.issue.number = s("T0006");
    p->more.issue.document = s("广改办〔2021〕9号");
    p->more.issue.level = s("yellow_card");
    p = sample_numbered(all, n, "extension", EVENT_EXTENSION);
    sample_cell(&p->event, "T11.2", "510821", NULL);
    p->more.extension.due = sample_day("2022-03-31");
    p->more.extension.document = s("广改办〔2021〕10号");
    p->more.extension.has_request = true;
    uid_of(p->more.extension.request, 17);
    p = sample_numbered(all, n, "close_checked", EVENT_CLOSE_CHECKED);
    sample_cell(&p->event, "T05.1", "510802", NULL);
    p->more.close_out.passed = true;
    p->more.close_out.has_claim = true;
    uid_of(p->more.close_out.claim, 18);
    p->more.close_out.step = s("lead");
    p = sample_numbered(all, n, "override", EVENT_OVERRIDE);
    sample_cell(&p->event, "T06.1", "510811", NULL);
    p->event.reason = s("口径调整");
    p->more.override.light = s("blue");
    p->more.override.until = sample_day("2021-12-31");
    p = sample_numbered(all, n, "mute", EVENT_MUTE);
    p->event.target = s("T06.1");
    p->more.mute.until = sample_day("2021-11-30");
    p = sample_numbered(all, n, "mute_until_resolved", EVENT_MUTE);
    sample_cell(&p->event, "T06.1", "510811", NULL);
    uid_of(p->event.uid, 0x37);
    p->more.mute.rule = s("slipping");
    p->more.mute.until = DAY_NONE;
    p = sample_numbered(all, n, "reversal", EVENT_REVERSAL);
    p->event.reason = s("误操作");
    uid_of(p->more.of_event.uid, 32);
    p = sample_numbered(all, n, "plan_answer", EVENT_PLAN_ANSWER);
    p->more.plan_answer.question = s("T24.lead");
    p->more.plan_answer.answer = s("市司法局牵头");
    p = sample_numbered(all, n, "key_allowed", EVENT_KEY_ALLOWED);
    memset(p->more.key.public_key, 0xab, 32);
    p->more.key.stream = s("zhaohua");
    p->more.key.unit = s("昭化区");
    p->more.key.areas = sample_list((struct slice[]){s("510811")}, 1, p->lists[0]);
    p = sample_numbered(all, n, "key_revoked", EVENT_KEY_REVOKED);
    memset(p->more.key.public_key, 0xab, 32);
    p = sample_numbered(all, n, "go_live", EVENT_GO_LIVE);
    p->more.go_live.live = true;
    p->more.go_live.rules = s("");
}

/* All of them, encoded. */
static inline struct sample *samples(void) {
    static struct sample all[SAMPLES];
    static const uint8_t later[] = {0x94, 0x01, 0xfb, 0xa1, 'x', 0x92, 0xc3, 0xc0};
    size_t n = 0;
    samples_of_counties(all, &n);
    samples_of_answers(all, &n);
    samples_of_decisions(all, &n);
    struct sample *p = sample_numbered(all, &n, "later_kind", 200);
    p->event.more = (struct slice){(const char *)later, sizeof later};
    cr_assert_eq(n, SAMPLES);
    for (size_t i = 0; i < n; i++) {
        p = &all[i];
        if (p->has_more) {
            size_t len = 0;
            cr_assert_eq(more_encode(p->event.kind, &p->more, p->more_bytes, sizeof p->more_bytes, &len), PROTO_OK,
                         "%s", p->name);
            p->event.more = (struct slice){(const char *)p->more_bytes, len};
        }
        cr_assert_eq(event_encode(&p->event, p->event_bytes, sizeof p->event_bytes, &p->len), PROTO_OK, "%s", p->name);
    }
    return all;
}

static inline const struct sample *sample_of(const char *name) {
    const struct sample *all = samples();
    for (size_t i = 0; i < SAMPLES; i++)
        if (strcmp(all[i].name, name) == 0) return &all[i];
    cr_assert(false, "no sample %s", name);
    return NULL;
}

/* The bytes of a sample with `old` (hex) replaced by `new`, where it stands first; their count. */
static inline size_t sample_changed(const char *sample, const char *old, const char *new, uint8_t *out, size_t cap) {
    const struct sample *p = sample_of(sample);
    uint8_t a[256], b[256];
    size_t a_len = unhex(old, a, sizeof a), b_len = unhex(new, b, sizeof b);
    const uint8_t *at = memmem(p->event_bytes, p->len, a, a_len);
    cr_assert(at, "%s: no %s", sample, old);
    size_t before = (size_t)(at - p->event_bytes), after = p->len - before - a_len;
    cr_assert_leq(before + b_len + after, cap);
    memcpy(out, p->event_bytes, before);
    memcpy(out + before, b, b_len);
    memcpy(out + before + b_len, at + a_len, after);
    return before + b_len + after;
}

#endif
