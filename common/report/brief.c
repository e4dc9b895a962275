#include "common/report/brief.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/report/ledger_rows.h"
#include "common/report/words.h"

/* How many of a list are named before "等": fewer where they would not fit. */
enum { NAMES_MOST = 3 };

struct naming {
    struct buffer *out;
    size_t most, named;
};

static bool may_name(struct naming *naming) {
    if (naming->named == naming->most && naming->most) buffer_add_text(naming->out, "等");
    if (naming->named++ >= naming->most) return false;
    buffer_add_text(naming->out, naming->named > 1 ? "、" : " ");
    return true;
}

static void month_day(struct day day, char out[8]) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    snprintf(out, 8, "%.5s", text + 5);
}

/* --- line 1 --- */

static size_t not_reported(const struct morning *morning) {
    size_t in, expected, units, units_expected;
    morning_counties(morning, &in, &expected);
    morning_departments(morning, &units, &units_expected);
    return expected - in + units_expected - units;
}

static bool is_unchanged(const struct morning *morning) {
    return !morning->changes.count && !morning->changes.figures;
}

/* The length of a title in at most so many characters: what stands in brackets goes whole. */
static size_t title_cut(const char *title, size_t room) {
    size_t len = text_cut_chars(title, strlen(title), room);
    const char *bracket = strstr(title, "（");
    return title[len] && bracket && bracket < title + len ? (size_t)(bracket - title) : len;
}

/* The programme's title gives way where 40 characters are not enough, the figures never. */
static void first_line(const struct morning *morning, struct buffer *out) {
    const char *title = morning->view->plan->title;
    char day[8];
    CLEAN(buffer_finish) struct buffer tail = {0};
    month_day(morning->view->moment.as_of, day);
    buffer_printf(&tail, " %s 未报%zu 待定%zu ", day, not_reported(morning), morning->decisions.count);
    if (is_unchanged(morning))
        buffer_add_text(&tail, "无变化");
    else if (!morning->changes.count) /* no light or state moved: "变化0" would read as "无变化" */
        buffer_printf(&tail, "新数%zu", morning->changes.figures);
    else
        buffer_printf(&tail, "变化%zu", morning->changes.count);
    buffer_printf(&tail, " 逾期%zu", morning->coming.overdue);
    size_t room = BRIEF_FIRST_LINE_CHARS - text_chars("【早报】", strlen("【早报】")) - text_chars(tail.data, tail.len);
    buffer_add_text(out, "【早报】");
    buffer_add(out, title, title_cut(title, room));
    buffer_add(out, tail.data, tail.len);
}

/* --- a line a block --- */

static void say_basis(const struct morning *morning, struct buffer *out) {
    const struct view *view = morning->view;
    char known[INSTANT_TEXT_MAX], last[32], closing[32];
    size_t in, expected, units, units_expected;
    instant_print(view->moment.known_at, known);
    day_words(morning->period.last, last);
    day_words(morning->period.closing, closing);
    morning_counties(morning, &in, &expected);
    morning_departments(morning, &units, &units_expected);
    buffer_printf(out, "%s %.5s所知，", weekday_name(view->moment.as_of), known + 11);
    if (*last) {
        buffer_printf(out, "数据截至%s，已报县区%zu/%zu", last, in, expected);
        if (units_expected) buffer_printf(out, "、部门%zu/%zu", units, units_expected);
        buffer_printf(out, "（截止%s）。", closing);
    } else {
        buffer_add_text(out, "还没有到第一次报送截止。");
    }
    buffer_printf(out, "%s\n", view->programme.trial ? "试运行，不对外发送。" : "");
}

static void say_feeds(const struct morning *morning, enum feed_state state, size_t most, size_t *said,
                      struct buffer *out) {
    struct naming naming = {out, most, 0};
    size_t count = 0;
    for (size_t i = 0; i < morning->feeds.count; i++)
        count += morning->feeds.items[i].state == state;
    if (!count) return;
    buffer_printf(out, "%s%s%zu", (*said)++ ? "；" : "", feed_state_name(state), count);
    for (size_t i = 0; i < morning->feeds.count; i++)
        if (morning->feeds.items[i].state == state && may_name(&naming))
            buffer_add_text(out, morning->feeds.items[i].stream->unit);
}

static void say_without_agent(const struct morning *morning, size_t *said, struct buffer *out) {
    size_t count = 0;
    AUTO_FREE size_t *missing = morning_without_agent(morning);
    for (size_t i = 0; missing && i < morning->view->plan->area_count; i++)
        count += missing[i] > 0;
    if (count) buffer_printf(out, "%s没有报送流%zu", (*said)++ ? "；" : "", count);
}

static void say_held(const struct morning *morning, size_t most, size_t *said, struct buffer *out) {
    struct naming naming = {out, most, 0};
    if (!morning->held_count) return;
    buffer_printf(out, "%s更正待核%zu", (*said)++ ? "；" : "", morning->held_count);
    for (size_t i = 0; i < morning->held_count; i++)
        if (may_name(&naming)) cell_name_words(morning->view, morning->held[i].cell, out);
}

static void say_two_sources(const struct morning *morning, size_t most, size_t *said, struct buffer *out) {
    const struct view *view = morning->view;
    struct naming naming = {out, most, 0};
    size_t count = 0;
    for (size_t i = 0; i < view->plan->cell_count; i++)
        count += view->cells[i].two_sources;
    if (!count) return;
    buffer_printf(out, "%s口径不一%zu", (*said)++ ? "；" : "", count);
    for (size_t i = 0; i < view->plan->cell_count; i++)
        if (view->cells[i].two_sources && may_name(&naming)) cell_name_words(view, i, out);
}

static void say_house(const struct morning *morning, size_t *said, struct buffer *out) {
    for (enum alert_rule rule = 0; rule < ALERT_RULES; rule++) {
        size_t count = morning_house(morning, rule);
        if (count) buffer_printf(out, "%s%s%zu", (*said)++ ? "；" : "", alert_rule_word(rule), count);
    }
}

static void say_complete(const struct morning *morning, size_t most, struct buffer *out) {
    static const enum feed_state states[] = {FEED_MISSING, FEED_REJECTED, FEED_OFFLINE, FEED_NEVER};
    size_t said = 0;
    buffer_add_text(out, "一 数齐不齐：");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        say_feeds(morning, states[i], most, &said, out);
    say_without_agent(morning, &said, out);
    say_held(morning, most, &said, out);
    say_two_sources(morning, most, &said, out);
    say_house(morning, &said, out);
    buffer_add_text(out, said ? "\n" : "齐\n");
}

static void say_kind(const struct morning *morning, enum decision_kind kind, size_t most, struct buffer *out) {
    const struct decisions *decisions = &morning->decisions;
    struct naming naming = {out, most, 0};
    for (size_t i = 0; i < decisions->count; i++) {
        const struct decision *decision = &decisions->items[i];
        if (decision->kind != kind || !may_name(&naming)) continue;
        decision_subject(morning->view, decision, out);
        if (*decision->id) buffer_printf(out, " %s", decision->id);
    }
}

static void say_decisions(const struct morning *morning, size_t most, struct buffer *out) {
    const struct decisions *decisions = &morning->decisions;
    size_t said = 0;
    buffer_printf(out, "二 等您决定%zu", decisions->count);
    for (enum decision_kind kind = 0; kind < DECISION_KINDS; kind++) {
        if (!decisions->of_kind[kind]) continue;
        buffer_printf(out, "%s%s%zu", said++ ? "；" : "：", decision_name(kind), decisions->of_kind[kind]);
        say_kind(morning, kind, most, out);
    }
    buffer_add_char(out, '\n');
}

enum way { WAY_WORSE, WAY_BETTER, WAY_OTHER, WAY_SILENT, WAY_HEARD, WAYS };

static enum way way_of(const struct changes *changes, const struct change *change) {
    enum change_silence silence = change_silence(changes, change);
    if (silence != SILENCE_NOT) return silence == SILENCE_BEGAN ? WAY_SILENT : WAY_HEARD;
    return change->direction < 0 ? WAY_WORSE : change->direction > 0 ? WAY_BETTER : WAY_OTHER;
}

/* "变差2 变好1 转未报37（剑阁37项）" */
static void say_ways(const struct changes *changes, size_t most, struct buffer *out) {
    static const char *const names[WAYS] = {"变差", "变好", "其他", "转未报", "又报数"};
    size_t ways[WAYS] = {0}, said = 0;
    for (size_t i = 0; i < changes->count; i++)
        ways[way_of(changes, &changes->items[i])]++;
    for (size_t i = 0; i < WAYS; i++) {
        if (!ways[i]) continue;
        buffer_printf(out, "%s%s%zu", said++ ? " " : "", names[i], ways[i]);
        if (i < WAY_SILENT || !most) continue;
        buffer_add_text(out, "（");
        changes_silence_words(changes, i == WAY_SILENT ? SILENCE_BEGAN : SILENCE_ENDED, most, out);
        buffer_add_text(out, "）");
    }
    if (!said) buffer_printf(out, "灯和状态没有变化，%zu项有新数", changes->figures);
}

static void say_changes(const struct morning *morning, size_t most, struct buffer *out) {
    const struct changes *changes = &morning->changes;
    size_t said = 0, told = 0;
    char since[32];
    day_words(changes->since.as_of, since);
    if (is_unchanged(morning)) {
        buffer_printf(out, "三 与上一工作日（%s）相比没有变化\n", since);
        return;
    }
    buffer_printf(out, "三 %s以来", since);
    say_ways(changes, most, out);
    for (unsigned rank = 0; rank < CHANGE_RANKS; rank++)
        for (size_t i = 0; i < changes->count; i++)
            if (change_rank(changes, &changes->items[i]) == rank && told++ < most) {
                buffer_add_text(out, said++ ? " " : "：");
                change_words(changes, &changes->items[i], out);
            }
    buffer_add_text(out, said && told > said ? "…\n" : "\n");
}

static void say_coming(const struct morning *morning, size_t most, struct buffer *out) {
    const struct coming *coming = &morning->coming;
    struct naming naming = {out, most, 0};
    char day[32];
    day_words(coming->next, day);
    buffer_printf(out, "四 30天内到期%zu 待终报%zu 逾期%zu", coming->soon, coming->awaiting, coming->overdue);
    if (*day) buffer_printf(out, "；最近的期限%s%zu项，照现速难按期%zu", day, coming->next_count, coming->next_late);
    buffer_add_char(out, '\n');
    if (!coming->december) return;
    buffer_printf(out, "  难按期又没有申请延期%zu", coming->unasked_count);
    for (size_t i = 0; i < coming->unasked_count; i++)
        if (may_name(&naming)) cell_name_words(morning->view, coming->unasked[i], out);
    buffer_add_char(out, '\n');
}

static void say_board(const struct morning *morning, struct buffer *out) {
    const struct view *view = morning->view;
    size_t lights[LIGHT_RED + 1] = {0};
    CLEAN(buffer_finish) struct buffer tasks = {0};
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        if (!view->plan->cells[i].rollup) lights[view->cells[i].light]++;
    }
    for (size_t i = 0; i < view->plan->task_count; i++)
        if (morning_worth_a_row(view, &view->plan->tasks[i]))
            buffer_printf(&tasks, " %02u", view->plan->tasks[i].number);
    if (!lights[LIGHT_RED] && !lights[LIGHT_YELLOW] && !lights[LIGHT_GREY]) {
        buffer_add_text(out, "五 没有红黄灰\n");
        return;
    }
    buffer_printf(out, "五 红%zu 黄%zu 灰%zu", lights[LIGHT_RED], lights[LIGHT_YELLOW], lights[LIGHT_GREY]);
    buffer_printf(out, "%s%s\n", tasks.len ? "；有红黄的任务" : "", buffer_text(&tasks));
}

static void say_unmeasured(const struct morning *morning, struct buffer *out) {
    const struct plan *plan = morning->view->plan;
    size_t bare = 0;
    for (size_t i = 0; i < plan->task_count; i++)
        bare += !plan->tasks[i].target_count;
    buffer_printf(out, "六 看不出进度：无指标任务%zu 无期限%zu\n", bare, morning_undated(plan));
}

static void say_answers(const struct morning *morning, const struct answer_list *list, const char *title, size_t most,
                        struct buffer *out) {
    struct naming naming = {out, most, 0};
    if (!list->count) return;
    buffer_printf(out, "；%s%zu", title, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (may_name(&naming)) answer_subject(morning->view, list->items[i], out);
}

static void say_sent(const struct morning *morning, size_t most, struct buffer *out) {
    const struct sent *sent = &morning->sent;
    char since[32];
    day_words(sent->since, since);
    buffer_printf(out, "七 %s以来发出%lld", since, (long long)sent->counts.messages);
    if (sent->counts.messages) {
        buffer_printf(out, "（送达%lld", (long long)sent->counts.delivered);
        if (sent->counts.failed) buffer_printf(out, " 未送达%lld", (long long)sent->counts.failed);
        if (sent->counts.trial) buffer_printf(out, " 试运行留存%lld", (long long)sent->counts.trial);
        buffer_add_text(out, "）");
    }
    buffer_printf(out, " 待发%lld 暂存%lld", (long long)sent->counts.waiting, (long long)sent->counts.held);
    say_answers(morning, &sent->replies, "回复", most, out);
    say_answers(morning, &sent->ending, "承诺到期", most, out);
    say_answers(morning, &sent->broken, "承诺落空", most, out);
    if (sent->unmatched) buffer_printf(out, "；没有对上的回复%zu", sent->unmatched);
    buffer_add_char(out, '\n');
}

static void say_short(const struct morning *morning, size_t most, struct buffer *out) {
    first_line(morning, out);
    buffer_add_char(out, '\n');
    say_basis(morning, out);
    say_complete(morning, most, out);
    say_decisions(morning, most, out);
    say_changes(morning, most, out);
    say_coming(morning, most, out);
    say_board(morning, out);
    say_unmeasured(morning, out);
    say_sent(morning, most, out);
}

void brief_words(const struct morning *morning, struct buffer *line, struct buffer *short_text,
                 struct buffer *full_text) {
    static const struct morning_options options;
    first_line(morning, line);
    for (size_t most = NAMES_MOST + 1; most-- > 0 && (!short_text->len || short_text->len > BRIEF_SHORT_BYTES);) {
        buffer_clear(short_text);
        say_short(morning, most, short_text);
    }
    if (short_text->len > BRIEF_SHORT_BYTES) {
        buffer_cut(short_text, text_cut_bytes(short_text->data, short_text->len, BRIEF_SHORT_BYTES - 4));
        buffer_add_text(short_text, "…\n");
    }
    first_line(morning, full_text);
    buffer_add_char(full_text, '\n');
    morning_print(morning, &options, full_text);
}

enum error_code brief_make(struct pg *pg, const struct stored_plan *stored, const struct light_rules *rules,
                           struct instant now, struct brief *out, struct error *err) {
    CLEAN(programme_finish) struct programme found = {0};
    CLEAN(view_finish) struct view view = {0};
    CLEAN(morning_finish) struct morning morning = {0};
    struct moment moment = {.as_of = instant_day(now), .known_at = now};
    char day[DAY_TEXT_MAX];
    *out = (struct brief){0};
    enum error_code code = programme_find(pg, stored->plan->programme, &found, err);
    if (!code) code = view_load_by(pg, &found, stored, rules, &moment, &view, err);
    if (!code) code = morning_make(&view, pg, now, &morning, err);
    if (code) return code;
    day_print(moment.as_of, day);
    snprintf(out->attachment_name, sizeof out->attachment_name, "督办台账_%s.csv", day);
    brief_words(&morning, &out->first_line, &out->short_text, &out->full_text);
    ledger_csv(&view, morning.words, NULL, BRIEF_LEDGER_LINES, &out->attachment);
    if (out->first_line.failed || out->short_text.failed || out->full_text.failed || out->attachment.failed)
        return error_set(err, ERROR_MEMORY, "out of memory");
    return ERROR_OK;
}

void brief_finish(struct brief *brief) {
    buffer_finish(&brief->first_line);
    buffer_finish(&brief->short_text);
    buffer_finish(&brief->full_text);
    buffer_finish(&brief->attachment);
}
