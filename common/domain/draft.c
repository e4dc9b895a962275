#include "common/domain/draft.h"

#include <string.h>

#include "common/domain/calendar.h"

static const struct {
    const char *word, *chinese, *title;
} levels[] = {
    {"yellow_card", "黄牌", "黄牌督办通知"}, {"red_card", "红牌", "红牌督办通知"}, {"circular", "通报", "情况通报"}};

bool draft_level_parse(const char *word, enum draft_level *out) {
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].word, word) == 0 || strcmp(levels[i].chinese, word) == 0) {
            *out = (enum draft_level)i;
            return true;
        }
    return false;
}

const char *draft_level_word(enum draft_level level) {
    return levels[level].word;
}

const char *draft_level_chinese(enum draft_level level) {
    return levels[level].chinese;
}

/* --- small parts --- */

/* A letter that is filed says the year. */
static void add_day(struct day day, struct buffer *out) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    buffer_printf(out, "%d年%d月%d日", year, month, mday);
}

static void add_decimal(struct decimal value, struct buffer *out) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print(value, text);
    buffer_add_text(out, text);
}

static void add_slice(struct slice text, struct buffer *out) {
    if (text.ptr) buffer_add(out, text.ptr, text.len);
}

static const struct target *target_of(const struct draft *draft) {
    return &draft->plan->targets[draft->cell->target];
}

static const struct area *area_of(const struct draft *draft) {
    return &draft->plan->areas[draft->cell->area];
}

/* --- paragraphs --- */

static void add_head(const struct draft *draft, struct buffer *out) {
    const struct target *target = target_of(draft);
    const struct task *task = &draft->plan->tasks[target->task];
    buffer_printf(out, "关于%s“%s”的%s\n", area_of(draft)->name, target->name, levels[draft->level].title);
    buffer_printf(out, "文号：%s\n\n", draft->document ? draft->document : "（签发时填）");
    buffer_add_text(out, area_of(draft)->city ? "" : area_of(draft)->name);
    for (size_t i = 0; i < task->lead_count; i++)
        buffer_printf(out, "%s%s", i || !area_of(draft)->city ? "、" : "", draft->plan->units[task->leads[i]].name);
    buffer_add_text(out, "：\n");
}

static void add_done(const struct draft *draft, struct buffer *out) {
    const struct assessment *now = draft->now;
    const struct target *target = target_of(draft);
    const char *unit = target->unit ? target->unit : "";
    if (target->kind == KIND_MILESTONE) {
        buffer_add_text(out, now->has_value && now->figure.done ? "已完成" : "未完成");
        return;
    }
    buffer_printf(out, "完成%s", now->value_text);
    if (draft->cell->has_goal) {
        buffer_add_char(out, '/');
        add_decimal(draft->cell->goal, out);
    }
    buffer_add_text(out, unit);
    if (!now->has_missing) return;
    buffer_add_text(out, "，差");
    add_decimal(now->missing, out);
}

static void add_figure(const struct draft *draft, struct buffer *out) {
    const struct assessment *now = draft->now;
    buffer_add_text(out, "一、进度。");
    if (!now->has_value || !day_is(now->figure_as_of)) {
        buffer_add_text(out, "到");
        add_day(draft->today, out);
        buffer_add_text(out, "还没有报过数。\n");
        return;
    }
    buffer_add_text(out, "截至");
    add_day(now->figure_as_of, out);
    if (instant_is(draft->reported_at)) {
        buffer_add_text(out, "（");
        add_day(instant_day(draft->reported_at), out);
        buffer_add_text(out, "报）");
    }
    add_done(draft, out);
    if (now->has_planned && !now->days_overdue) {
        buffer_add_text(out, "；同日按序时应达");
        add_decimal(now->planned, out);
        if (now->has_days_behind && now->days_behind > 0) buffer_printf(out, "，慢%d天", (int)now->days_behind);
    }
    buffer_add_text(out, "。\n");
}

static void add_due(const struct draft *draft, struct buffer *out) {
    const struct assessment *now = draft->now;
    buffer_add_text(out, "二、期限。");
    if (!day_is(now->due)) {
        buffer_add_text(out, "没有完成期限。\n");
        return;
    }
    if (day_is(now->due_original) && now->due_original.n != now->due.n) {
        buffer_add_text(out, "原期限");
        add_day(now->due_original, out);
        buffer_add_text(out, "，延期后");
        add_day(now->due, out);
        if (draft->extension_document) buffer_printf(out, "（%s）", draft->extension_document);
    } else {
        buffer_add_text(out, "期限");
        add_day(now->due, out);
        buffer_add_text(out, "，未延期过");
    }
    if (now->days_overdue > 0) buffer_printf(out, "，已逾期%d天", (int)now->days_overdue);
    buffer_add_text(out, "。\n");
}

static void add_history(const struct draft *draft, struct buffer *out) {
    buffer_add_text(out, "三、提醒。");
    if (!draft->reminder_count) buffer_add_text(out, "没有发出过提醒");
    for (size_t i = 0; i < draft->reminder_count; i++) {
        const struct draft_reminder *one = &draft->reminders[i];
        if (i) buffer_add_text(out, "；");
        add_day(instant_day(one->at), out);
        buffer_printf(out, "%s（%s）", one->word, one->number);
    }
    buffer_add_text(out, "。\n");
}

static void add_answer(const struct draft_answer *one, struct buffer *out) {
    add_day(instant_day(one->at), out);
    add_slice(one->who, out);
    buffer_add_text(out, "答复");
    if (one->text.len) {
        buffer_add_text(out, "“");
        add_slice(one->text, out);
        buffer_add_text(out, "”");
    }
    if (one->reason) buffer_printf(out, "（原因：%s）", one->reason);
    if (!day_is(one->by_day)) return;
    buffer_add_text(out, "，承诺");
    add_day(one->by_day, out);
    buffer_printf(out, "前完成%s%s", one->outcome ? "，" : "", one->outcome ? one->outcome : "");
}

static void add_answers(const struct draft *draft, struct buffer *out) {
    buffer_add_text(out, "四、答复。");
    if (!draft->answer_count) buffer_add_text(out, "到目前没有收到答复");
    for (size_t i = 0; i < draft->answer_count; i++) {
        if (i) buffer_add_text(out, "；");
        add_answer(&draft->answers[i], out);
    }
    buffer_add_text(out, "。\n");
    buffer_add_text(out, "五、填报时的说明：");
    if (draft->words.len) {
        buffer_add_text(out, "“");
        add_slice(draft->words, out);
        buffer_add_text(out, "”");
        if (draft->words_unit.len) {
            buffer_add_text(out, "（");
            add_slice(draft->words_unit, out);
            buffer_add_text(out, "）");
        }
        buffer_add_text(out, "。\n");
    } else {
        buffer_add_text(out, "没有填。\n");
    }
}

static void add_end(const struct draft *draft, struct buffer *out) {
    const struct plan *plan = draft->plan;
    struct day answer = calendar_add_working(plan->calendar, draft->today, draft->answer_days);
    const char *office = plan->office_name && *plan->office_name ? plan->office_name : "办公室";
    buffer_add_text(out, "请于");
    if (day_is(answer))
        add_day(answer, out);
    else
        buffer_printf(out, "%u个工作日", draft->answer_days);
    buffer_printf(out, "前书面说明原因、措施和完成日期。对数据有不同意见的，请一并提出，%s核实后更正。\n\n", office);
    buffer_printf(out, "%s%s%s\n", office, plan->office_contact && *plan->office_contact ? "  " : "",
                  plan->office_contact ? plan->office_contact : "");
    if (!draft->document)
        buffer_add_text(out, "（代拟稿：数据由系统按上报情况列出，是否发、怎么发由人决定，未经签发不生效。）\n");
}

void draft_write(const struct draft *draft, struct buffer *out) {
    add_head(draft, out);
    add_figure(draft, out);
    add_due(draft, out);
    add_history(draft, out);
    add_answers(draft, out);
    add_end(draft, out);
}
