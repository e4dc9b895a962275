#include "common/report/evidence.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/desk_words.h"
#include "common/report/json.h"
#include "proto/more.h"

void hold_causes_words(unsigned causes, char *out, size_t capacity) {
    static const struct {
        unsigned cause;
        const char *word;
    } words[] = {{HOLD_FALL, "下降"},
                 {HOLD_CHANGED, "改数"},
                 {HOLD_ABOVE_GOAL, "超目标一半以上"},
                 {HOLD_POWER_OF_TEN, "差十倍"},
                 {HOLD_ABOVE_HUNDRED, "超百分之百"},
                 {HOLD_FUTURE, "日期在后"},
                 {HOLD_DENOMINATOR, "分母不符"},
                 {HOLD_RETRACTION, "撤回没有理由"}};
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (causes & words[i].cause && at < capacity)
            at += (size_t)snprintf(out + at, capacity - at, "%s%s", at ? "、" : "", words[i].word);
}

static bool find_held(const struct ledger *ledger, size_t event, struct evidence *out) {
    for (size_t i = 0; i < ledger->held_count; i++) {
        const struct held *held = &ledger->held[i];
        char causes[96], figure[48];
        if (held->event != event) continue;
        hold_causes_words(held->causes, causes, sizeof causes);
        figure_words(&held->standing, figure, sizeof figure);
        out->token = "held";
        out->held = true;
        snprintf(out->words, sizeof out->words, "待核：%s%s%s%s", causes, held->has_standing ? "（现按 " : "",
                 held->has_standing ? figure : "", held->has_standing ? "）" : "");
        return true;
    }
    return false;
}

static bool find_standing(const struct ledger *ledger, const struct cell_event *events, size_t event,
                          struct evidence *out) {
    for (size_t i = 0; i < ledger->standing_count; i++) {
        const struct standing *standing = &ledger->standing[i];
        if (standing->event != event) continue;
        out->token = "standing";
        snprintf(out->words, sizeof out->words, "采用%s%s%s", standing->on_behalf ? "（代报）" : "",
                 standing->corrected ? "（更正）" : "",
                 standing->effective.ms != events[event].known_at.ms ? "（后来确认）" : "");
        return true;
    }
    return false;
}

static bool find_other(const struct ledger *ledger, size_t event, struct evidence *out) {
    for (size_t i = 0; i < ledger->other_count; i++)
        if (ledger->others[i].event == event) {
            out->token = "other";
            snprintf(out->words, sizeof out->words, "另一来源（不替代）");
            return true;
        }
    return false;
}

/* Who said or decided what, and whether it was taken back. */
static void fill_desk(const struct ledger *ledger, const struct cell_event *events, size_t event,
                      struct evidence *out) {
    CLEAN(buffer_finish) struct buffer words = {0};
    desk_words((uint32_t)events[event].kind, events[event].more, &words);
    if (event < ledger->event_count && ledger_is_reversed(ledger, event)) buffer_add_text(&words, "（已收回）");
    size_t len = text_cut_bytes(buffer_text(&words), words.len, sizeof out->words - 1);
    snprintf(out->words, sizeof out->words, "%.*s", (int)len, buffer_text(&words));
}

struct evidence evidence_of(const struct ledger *ledger, const struct cell_event *events, size_t event) {
    struct evidence evidence = {.token = "replaced"};
    enum event_kind kind = events[event].kind;
    if (kind >= EVENT_REPLY) {
        evidence.token = event_kind_is_decision((uint32_t)kind) ? "decision" : "words";
        fill_desk(ledger, events, event, &evidence);
    } else if (kind == EVENT_WORDS) {
        evidence.token = "words";
    } else if (!find_standing(ledger, events, event, &evidence) && !find_held(ledger, event, &evidence) &&
               !find_other(ledger, event, &evidence)) {
        bool withdrawn = kind == EVENT_RETRACTION;
        evidence.token = withdrawn ? "retraction" : "replaced";
        snprintf(evidence.words, sizeof evidence.words, "%s", withdrawn ? "撤回" : "已被后来的替代");
    }
    return evidence;
}

const char *evidence_kind_name(enum event_kind kind) {
    static const struct {
        enum event_kind kind;
        const char *name;
    } names[] = {{EVENT_FIGURE, "数"},
                 {EVENT_CORRECTION, "更正"},
                 {EVENT_NO_CHANGE, "无变化"},
                 {EVENT_WORDS, "文字"},
                 {EVENT_RETRACTION, "撤回"},
                 {EVENT_REPLY, "答复"},
                 {EVENT_EXTENSION_ASKED, "申请延期"},
                 {EVENT_CLOSE_CLAIMED, "申请销号"},
                 {EVENT_MATTER, "事项"},
                 {EVENT_OBJECTION, "异议"},
                 {EVENT_CONFIRM, "确认"},
                 {EVENT_FREEZE, "定格"},
                 {EVENT_RELEASE, "核定"},
                 {EVENT_EXTENSION, "延期决定"},
                 {EVENT_CLOSE_CHECKED, "销号核验"},
                 {EVENT_OVERRIDE, "改灯"},
                 {EVENT_ISSUE, "发牌"},
                 {EVENT_MUTE, "暂不提醒"},
                 {EVENT_REVERSAL, "收回决定"},
                 {EVENT_PLAN_ANSWER, "计划答疑"},
                 {EVENT_KEY_ALLOWED, "准用密钥"},
                 {EVENT_KEY_REVOKED, "吊销密钥"},
                 {EVENT_GO_LIVE, "正式或试运行"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].kind == kind) return names[i].name;
    return "其他";
}

void second_source_words(const struct second_source *source, struct buffer *out) {
    char figure[80], as_of[DAY_TEXT_MAX];
    figure_words(&source->figure, figure, sizeof figure);
    day_print(source->as_of, as_of);
    buffer_printf(out, "%.*s报%s（%s）", (int)source->reporter.len, source->reporter.ptr ? source->reporter.ptr : "",
                  figure, *as_of ? as_of + 5 : "");
}
