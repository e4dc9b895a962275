#include "common/report/desk_words.h"

#include <stdio.h>

#include "common/domain/alert_words.h"
#include "common/domain/draft.h"
#include "common/domain/requests.h"
#include "common/report/words.h"
#include "proto/more.h"

enum { LEVEL_MAX = 24, HASH_SHOWN = 8 };

static void add(struct slice text, const char *before, const char *after, struct buffer *out) {
    if (text.len) buffer_printf(out, "%s%.*s%s", before, (int)text.len, text.ptr, after);
}

static void add_day(const char *before, struct day day, struct buffer *out) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    if (*text) buffer_printf(out, "%s%s", before, text);
}

static void reply_words(const struct more *more, struct buffer *out) {
    const char *reason = reply_reason_chinese(more->reply.reason_code);
    add(more->reply.number, "答复", "", out);
    add_day("，承诺", more->reply.by_when, out);
    add(reason ? slice_of(reason) : more->reply.reason_code, "，原因", "", out);
    add(more->reply.text, "：“", "”", out);
    add(more->by, "（", "记）", out);
}

static void extension_words(const struct more *more, struct buffer *out) {
    if (day_is(more->extension.due))
        add_day("同意延到", more->extension.due, out);
    else
        buffer_add_text(out, "不同意延期");
    add(more->extension.document, "（", "）", out);
}

static void check_words(const struct more *more, struct buffer *out) {
    bool lead = slice_is(more->close_out.step, "lead");
    if (more->close_out.passed)
        buffer_add_text(out, lead ? "牵头核查通过" : "核验通过，销号");
    else
        buffer_add_text(out, lead ? "牵头核查退回" : "核验退回");
    add(more->close_out.document, "（", "）", out);
}

static void issue_words(const struct more *more, struct buffer *out) {
    char word[LEVEL_MAX];
    enum draft_level level;
    snprintf(word, sizeof word, "%.*s", (int)more->issue.level.len, more->issue.level.ptr ? more->issue.level.ptr : "");
    buffer_printf(out, "发%s", draft_level_parse(word, &level) ? draft_level_chinese(level) : word);
    add(more->issue.document, "（", "）", out);
    add(more->issue.number, "，因", "", out);
}

static void mute_words(const struct more *more, struct buffer *out) {
    enum alert_rule rule;
    if (more->mute.rule.ptr && alert_rule_find(more->mute.rule, &rule))
        buffer_add_text(out, alert_rule_word(rule));
    else
        buffer_add_text(out, more->mute.rule.ptr ? "" : "全部");
    buffer_add_text(out, "暂不提醒");
    if (day_is(more->mute.until))
        add_day("，到", more->mute.until, out);
    else
        buffer_add_text(out, "，到办结");
}

static void go_live_words(const struct more *more, struct buffer *out) {
    struct slice rules = more->go_live.rules;
    buffer_add_text(out, more->go_live.live ? "转正式运行" : "转试运行");
    if (rules.len > HASH_SHOWN) rules.len = HASH_SHOWN;
    add(rules, "（规则 ", "）", out);
}

static void what_words(uint32_t kind, const struct more *more, struct buffer *out) {
    switch (kind) {
    case EVENT_REPLY:
        reply_words(more, out);
        break;
    case EVENT_EXTENSION_ASKED:
        add_day("申请延到", more->extension.due, out);
        add(more->extension.document, "（", "）", out);
        break;
    case EVENT_CLOSE_CLAIMED:
        buffer_add_text(out, "申请销号");
        add(more->close_out.document, "（", "）", out);
        break;
    case EVENT_MATTER:
        add(more->matter.text, "", "", out);
        break;
    case EVENT_OBJECTION:
        add(more->objection.text, "异议：", "", out);
        break;
    case EVENT_CONFIRM:
        buffer_add_text(out, "确认待核的数");
        break;
    case EVENT_FREEZE:
        add(more->freeze.name, "定格“", "”", out);
        break;
    case EVENT_RELEASE:
        buffer_add_text(out, "核定红灯");
        break;
    case EVENT_ISSUE:
        issue_words(more, out);
        break;
    case EVENT_EXTENSION:
        extension_words(more, out);
        break;
    case EVENT_CLOSE_CHECKED:
        check_words(more, out);
        break;
    case EVENT_OVERRIDE:
        buffer_printf(out, "显示为%s", light_name(alert_light(more->override.light)));
        add_day("，到", more->override.until, out);
        break;
    case EVENT_MUTE:
        mute_words(more, out);
        break;
    case EVENT_REVERSAL:
        buffer_add_text(out, "收回一项决定");
        break;
    case EVENT_PLAN_ANSWER:
        add(more->plan_answer.question, "计划答疑 ", "", out);
        break;
    case EVENT_KEY_ALLOWED:
        add(more->key.stream, "准用密钥，流 ", "", out);
        break;
    case EVENT_KEY_REVOKED:
        buffer_add_text(out, "吊销密钥");
        break;
    case EVENT_GO_LIVE:
        go_live_words(more, out);
        break;
    default:
        break;
    }
}

struct slice desk_by(uint32_t kind, struct slice bytes) {
    struct more more;
    if (kind < EVENT_REPLY || more_decode(kind, bytes, &more) != PROTO_OK) return (struct slice){NULL, 0};
    return kind == EVENT_REPLY ? more.reply.who : more.by;
}

void desk_words(uint32_t kind, struct slice bytes, struct buffer *out) {
    struct more more;
    if (kind < EVENT_REPLY || more_decode(kind, bytes, &more) != PROTO_OK) return;
    add(desk_by(kind, bytes), "", " ", out);
    what_words(kind, &more, out);
}
