#include "services/cli/rehearse_say.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/grid.h"
#include "common/report/json.h"
#include "common/report/view.h"

static const char *outcome_word(const struct rehearse_item *item) {
    if (item->outcome == REPLAY_OPEN) return "未到期";
    if (item->outcome == REPLAY_MET) return "按期完成";
    return item->in_time ? "到期未完成" : "已逾期";
}

static void add_change(struct grid *grid, size_t more, size_t fewer) {
    more ? grid_addf(grid, "+%zu", more) : grid_add(grid, "");
    fewer ? grid_addf(grid, "-%zu", fewer) : grid_add(grid, "");
}

/* --- the head --- */

static void print_by(const struct rehearse_by *by, const char *rules_file, const char *plan_file, struct buffer *out) {
    if (rules_file) buffer_printf(out, "%s ", rules_file);
    buffer_add_text(out, by->rules->version);
    if (*by->rules->hash) buffer_printf(out, "（%.8s）", by->rules->hash);
    if (plan_file) buffer_printf(out, "，计划 %s", plan_file);
    buffer_add_text(out, "\n");
}

static void print_head(const struct rehearsal *r, struct buffer *out) {
    char from[DAY_TEXT_MAX], to[DAY_TEXT_MAX], loaded[DAY_TEXT_MAX];
    day_print(r->span.from, from);
    day_print(r->span.to, to);
    day_print(instant_day(r->loaded), loaded);
    buffer_printf(out, "规则预演 %s 至 %s\n现行规则 ", from, to);
    print_by(&r->now, NULL, NULL, out);
    buffer_add_text(out, "新规则   ");
    print_by(&r->then, r->rules_file, r->plan_file, out);
    buffer_printf(out,
                  "用已入库的数据和答复重演，什么也没有发，什么也没有写。两边都从 %s 首次装入计划起按正式运行推算；\n"
                  "只算指标的提醒，不含报送方的未报、断线、退回，不含每日早报和系统自己的提醒。\n",
                  loaded);
}

/* --- the tables --- */

static void print_kinds(const struct rehearsal *r, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "提醒（条）"},
                                                 {.title = "现行", .align = TEXT_RIGHT},
                                                 {.title = "新规则", .align = TEXT_RIGHT},
                                                 {.title = "多", .align = TEXT_RIGHT},
                                                 {.title = "少", .align = TEXT_RIGHT},
                                                 {.title = "现行：未完成之前的", .align = TEXT_RIGHT},
                                                 {.title = "新规则：未完成之前的", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    size_t now = 0, then = 0, more = 0, fewer = 0, miss_now = 0, miss_then = 0;
    for (unsigned i = 0; i < REHEARSE_KINDS; i++) {
        const struct rehearse_comparison *c = &r->comparison;
        if (c->kinds[i].now + c->kinds[i].then == 0) continue;
        grid_add(&grid, rehearse_kind_word(i));
        grid_addf(&grid, "%zu", c->kinds[i].now);
        grid_addf(&grid, "%zu", c->kinds[i].then);
        add_change(&grid, c->kinds[i].more, c->kinds[i].fewer);
        grid_addf(&grid, "%zu", c->kinds[i].before_miss_now);
        grid_addf(&grid, "%zu", c->kinds[i].before_miss_then);
        now += c->kinds[i].now;
        then += c->kinds[i].then;
        more += c->kinds[i].more;
        fewer += c->kinds[i].fewer;
        miss_now += c->kinds[i].before_miss_now;
        miss_then += c->kinds[i].before_miss_then;
    }
    grid_add(&grid, "合计");
    grid_addf(&grid, "%zu", now);
    grid_addf(&grid, "%zu", then);
    add_change(&grid, more, fewer);
    grid_addf(&grid, "%zu", miss_now);
    grid_addf(&grid, "%zu", miss_then);
    grid_print(&grid, "", out);
}

static void print_recipients(const struct rehearsal *r, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "收件人（消息）", .max_width = 36},
                                                 {.title = "现行", .align = TEXT_RIGHT},
                                                 {.title = "新规则", .align = TEXT_RIGHT},
                                                 {.title = "多", .align = TEXT_RIGHT},
                                                 {.title = "少", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < r->comparison.recipient_count; i++) {
        const struct rehearse_recipient *row = &r->comparison.recipients[i];
        char words[RECIPIENT_MAX];
        route_words(r->then.plan, row->key, words, sizeof words);
        grid_add(&grid, words);
        grid_addf(&grid, "%zu", row->now);
        grid_addf(&grid, "%zu", row->then);
        add_change(&grid, row->more, row->fewer);
    }
    if (grid_rows(&grid)) grid_print(&grid, "", out);
}

static void add_row(struct grid *grid, const char *words, size_t now, size_t then) {
    grid_add(grid, words);
    grid_addf(grid, "%zu", now);
    grid_addf(grid, "%zu", then);
    add_change(grid, then > now ? then - now : 0, now > then ? now - then : 0);
}

static void add_days(const struct rehearse_telling *telling, struct grid *grid) {
    telling->warned ? grid_addf(grid, "%d", (int)rehearse_median_ahead(telling)) : grid_add(grid, "–");
}

static void print_reds(const struct rehearsal *r, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = "红灯和未完成"},
                                                 {.title = "现行", .align = TEXT_RIGHT},
                                                 {.title = "新规则", .align = TEXT_RIGHT},
                                                 {.title = "多", .align = TEXT_RIGHT},
                                                 {.title = "少", .align = TEXT_RIGHT}};
    const struct rehearse_telling *now = &r->told_now, *then = &r->told_then;
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    add_row(&grid, "到期之前亮红（次）", now->reds.total, then->reds.total);
    add_row(&grid, "  后来真没完成", now->reds.real, then->reds.real);
    add_row(&grid, "  后来按期完成（虚惊）", now->reds.false_alarm, then->reds.false_alarm);
    add_row(&grid, "  还没有结果", now->reds.open, then->reds.open);
    add_row(&grid, "到期之后才亮红（次）", now->reds.late, then->reds.late);
    add_row(&grid, "到期没完成（项）", now->missed, then->missed);
    add_row(&grid, "  到期之前说过滞后", now->warned, then->warned);
    grid_add(&grid, "  提前几天（中位数）");
    add_days(now, &grid);
    add_days(then, &grid);
    grid_add(&grid, "");
    grid_add(&grid, "");
    grid_print(&grid, "", out);
}

static void print_ends(const struct rehearsal *r, struct buffer *out) {
    static const struct {
        enum cause_class class;
        const char *words;
    } rows[] = {{CAUSE_PROGRESS, "有进展"},
                {CAUSE_EXTENSION, "延期"},
                {CAUSE_CORRECTION, "数据或计划更正"},
                {CAUSE_IGNORED, "没管住，变成更重的"},
                {CAUSE_FALSE, "虚惊：没人做什么就了了"}};
    static const struct grid_column columns[] = {{.title = "提醒怎么了结"},
                                                 {.title = "现行", .align = TEXT_RIGHT},
                                                 {.title = "新规则", .align = TEXT_RIGHT},
                                                 {.title = "多", .align = TEXT_RIGHT},
                                                 {.title = "少", .align = TEXT_RIGHT}};
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_row(&grid, rows[i].words, r->told_now.ends[rows[i].class], r->told_then.ends[rows[i].class]);
    add_row(&grid, "还没有了结", r->told_now.standing, r->told_then.standing);
    grid_print(&grid, "", out);
}

/* --- the differences --- */

static bool same_line(const struct rehearse_difference *a, const struct rehearse_difference *b) {
    return a->more == b->more && a->item->kind == b->item->kind && a->item->window.ms == b->item->window.ms &&
           strcmp(a->item->target, b->item->target) == 0 && strcmp(a->item->area, b->item->area) == 0 &&
           strcmp(a->item->step, b->item->step) == 0;
}

static const char *step_word(const struct rehearse_item *item) {
    if (strcmp(item->step, "red") == 0) return "（红）";
    if (strcmp(item->step, "yellow") == 0) return "（黄）";
    if (strcmp(item->step, "30") == 0) return "（30天）";
    if (strcmp(item->step, "7") == 0) return "（7天）";
    return strcmp(item->step, "days_3") == 0 ? "（再提）" : "";
}

static void add_line(const struct rehearsal *r, const struct rehearse_difference *first, size_t count,
                     struct grid *grid) {
    const struct rehearse_item *item = first->item;
    const struct plan *plan = first->more ? r->then.plan : r->now.plan;
    const struct cell *cell = &plan->cells[item->cell];
    char at[INSTANT_TEXT_MAX];
    CLEAN(buffer_finish) struct buffer to = {0};
    instant_print(item->window, at);
    for (size_t i = 0; i < count; i++) {
        const struct rehearse_item *one = first[i].item;
        char words[RECIPIENT_MAX];
        route_words(plan, *one->meant_for ? one->meant_for : one->recipient, words, sizeof words);
        buffer_printf(&to, "%s%s%s", i ? "、" : "", words, *one->meant_for ? "（送不到）" : "");
    }
    grid_add(grid, first->more ? "多" : "少");
    grid_addf(grid, "%.10s %.5s", at, at + 11);
    grid_addf(grid, "%s%s", rehearse_kind_word(item->kind), step_word(item));
    grid_addf(grid, "%s %s", area_short(&plan->areas[cell->area]), target_short(&plan->targets[cell->target]));
    grid_add(grid, outcome_word(item));
    grid_add(grid, buffer_text(&to));
}

static void print_differences(const struct rehearsal *r, bool full, struct buffer *out) {
    static const struct grid_column columns[] = {{.title = ""},     {.title = "窗口"},
                                                 {.title = "提醒"}, {.title = "对象", .max_width = 36},
                                                 {.title = "结果"}, {.title = "给谁", .max_width = 48}};
    const struct rehearse_comparison *c = &r->comparison;
    CLEAN(grid_finish) struct grid grid;
    grid_init(&grid, columns, sizeof columns / sizeof *columns);
    size_t lines = 0;
    for (size_t i = 0, n; i < c->difference_count; i += n) {
        for (n = 1; i + n < c->difference_count && same_line(&c->differences[i], &c->differences[i + n]);)
            n++;
        if (full || lines < REHEARSE_SHOWN) add_line(r, &c->differences[i], n, &grid);
        lines++;
    }
    if (lines == 0) {
        buffer_add_text(out, "\n两边说的一模一样。\n");
        return;
    }
    buffer_printf(out, "\n差别 %zu 处", lines);
    if (!full && lines > REHEARSE_SHOWN) buffer_printf(out, "，最要紧的 %d 处（--full 全列）", REHEARSE_SHOWN);
    buffer_add_text(out, "：\n");
    grid_print(&grid, "", out);
}

void rehearse_print(const struct rehearsal *r, bool full, struct buffer *out) {
    print_head(r, out);
    buffer_add_text(out, "\n");
    print_kinds(r, out);
    buffer_add_text(out, "\n");
    print_recipients(r, out);
    buffer_add_text(out, "\n");
    print_reds(r, out);
    buffer_add_text(
        out, "按到期日（延期后的）的数判断完成没完成；未完成之前的：到期日或更早说的，那一项后来没按期完成。\n\n");
    print_ends(r, out);
    print_differences(r, full, out);
}

/* --- JSON --- */

static json_t *item_json(const struct rehearse_item *item) {
    static const char *const outcomes[] = {"open", "met", "missed"};
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:b}", "target", item->target, "area", item->area,
                     "kind", rehearse_kind_name(item->kind), "step", item->step, "window",
                     json_of_instant(item->window), "recipient", item->recipient, "meant_for",
                     json_of_text(item->meant_for), "outcome", outcomes[item->outcome], "due", json_of_day(item->due),
                     "in_time", item->in_time);
}

static json_t *said_json(const struct rehearse_telling *telling) {
    json_t *list = json_array();
    for (size_t i = 0; i < telling->count; i++)
        json_array_append_new(list, item_json(&telling->items[i]));
    return list;
}

static json_t *telling_json(const struct rehearse_by *by, const struct rehearse_telling *t, bool full) {
    json_t *json = json_pack(
        "{s:{s:s, s:o}, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:o}, s:{s:I, s:I, s:I, s:I, s:I, s:I}}", "rules",
        "version", by->rules->version, "hash", json_of_text(by->rules->hash), "reds", "total",
        (json_int_t)t->reds.total, "real", (json_int_t)t->reds.real, "false", (json_int_t)t->reds.false_alarm, "open",
        (json_int_t)t->reds.open, "late", (json_int_t)t->reds.late, "misses", "total", (json_int_t)t->missed, "warned",
        (json_int_t)t->warned, "median_days_ahead", t->warned ? json_integer(rehearse_median_ahead(t)) : json_null(),
        "causes", "progress", (json_int_t)t->ends[CAUSE_PROGRESS], "extension", (json_int_t)t->ends[CAUSE_EXTENSION],
        "correction", (json_int_t)t->ends[CAUSE_CORRECTION], "ignored", (json_int_t)t->ends[CAUSE_IGNORED], "false",
        (json_int_t)t->ends[CAUSE_FALSE], "standing", (json_int_t)t->standing);
    if (full) json_object_set_new(json, "said", said_json(t));
    return json;
}

static json_t *kinds_json(const struct rehearse_comparison *c) {
    json_t *list = json_array();
    for (unsigned i = 0; i < REHEARSE_KINDS; i++)
        if (c->kinds[i].now + c->kinds[i].then > 0)
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "kind", rehearse_kind_name(i),
                                            "word", rehearse_kind_word(i), "now", (json_int_t)c->kinds[i].now, "new",
                                            (json_int_t)c->kinds[i].then, "more", (json_int_t)c->kinds[i].more, "fewer",
                                            (json_int_t)c->kinds[i].fewer, "before_miss_now",
                                            (json_int_t)c->kinds[i].before_miss_now, "before_miss_new",
                                            (json_int_t)c->kinds[i].before_miss_then));
    return list;
}

static json_t *recipients_json(const struct rehearse_comparison *c) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->recipient_count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:I, s:I}", "recipient", c->recipients[i].key, "now",
                            (json_int_t)c->recipients[i].now, "new", (json_int_t)c->recipients[i].then, "more",
                            (json_int_t)c->recipients[i].more, "fewer", (json_int_t)c->recipients[i].fewer));
    return list;
}

static json_t *differences_json(const struct rehearse_comparison *c) {
    json_t *list = json_array();
    for (size_t i = 0; i < c->difference_count; i++) {
        json_t *json = item_json(c->differences[i].item);
        json_object_set_new(json, "by", json_string(c->differences[i].more ? "new" : "now"));
        json_array_append_new(list, json);
    }
    return list;
}

void rehearse_print_json(const struct rehearsal *r, bool full, struct buffer *out) {
    json_t *document = json_document();
    json_object_set_new(document, "from", json_of_day(r->span.from));
    json_object_set_new(document, "to", json_of_day(r->span.to));
    json_object_set_new(document, "since", json_of_instant(r->loaded));
    json_object_set_new(document, "left_out", json_pack("[s, s, s]", "streams", "briefs", "house"));
    json_object_set_new(document, "now", telling_json(&r->now, &r->told_now, full));
    json_object_set_new(document, "new", telling_json(&r->then, &r->told_then, full));
    json_object_set_new(document, "kinds", kinds_json(&r->comparison));
    json_object_set_new(document, "recipients", recipients_json(&r->comparison));
    json_object_set_new(document, "differences", differences_json(&r->comparison));
    json_print(document, out);
}
