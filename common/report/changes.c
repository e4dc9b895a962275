#include "common/report/changes.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"

/* The light as the office reads it, with what only it sees. */
static enum light seen(const struct assessment *assessment) {
    return assessment->proposed == LIGHT_RED ? LIGHT_RED : assessment->light;
}

static int badness(enum light light) {
    switch (light) {
    case LIGHT_GREEN:
        return 0;
    case LIGHT_BLUE:
        return 1;
    case LIGHT_YELLOW:
        return 2;
    case LIGHT_RED:
        return 3;
    case LIGHT_NONE:
    case LIGHT_GREY:
        break;
    }
    return -1; /* no data is neither better nor worse */
}

static int direction_of(const struct assessment *before, const struct assessment *after) {
    int was = badness(seen(before)), is = badness(seen(after));
    if (after->state == STATE_OVERDUE && before->state != STATE_OVERDUE) return -1;
    if (was < 0 || is < 0 || was == is) return 0;
    return is < was ? 1 : -1;
}

struct change_sides changes_sides(const struct changes *changes, const struct change *change) {
    return (struct change_sides){&changes->before[change->cell], &changes->view->cells[change->cell]};
}

enum change_silence change_sides_silence(struct change_sides sides, const struct change *change) {
    bool was = sides.before->report_state == REPORT_MISSING, is = sides.after->report_state == REPORT_MISSING;
    if (change->direction || was == is) return SILENCE_NOT;
    return is ? SILENCE_BEGAN : SILENCE_ENDED;
}

enum change_silence change_silence(const struct changes *changes, const struct change *change) {
    return change_sides_silence(changes_sides(changes, change), change);
}

void changes_silence_words(const struct changes *changes, enum change_silence which, size_t most, struct buffer *out) {
    const struct plan *plan = changes->view ? changes->view->plan : NULL;
    AUTO_FREE size_t *counts = plan ? calloc(plan->area_count + 1, sizeof *counts) : NULL;
    size_t named = 0;
    for (size_t i = 0; counts && i < changes->count; i++)
        if (change_silence(changes, &changes->items[i]) == which) counts[plan->cells[changes->items[i].cell].area]++;
    for (size_t i = 0; counts && i < plan->area_count; i++) {
        if (!counts[i] || named > most) continue;
        if (named++ == most)
            buffer_add_text(out, "等");
        else
            buffer_printf(out, "%s%s%zu项", named > 1 ? "、" : "", area_short(&plan->areas[i]), counts[i]);
    }
}

unsigned change_sides_rank(struct change_sides sides, const struct change *change) {
    if (change_sides_silence(sides, change) != SILENCE_NOT) return CHANGE_RANKS;
    unsigned group = change->direction < 0 ? 0 : change->direction > 0 ? 1 : 2;
    return 5 * group + (unsigned)(3 - badness(seen(sides.after)));
}

unsigned change_rank(const struct changes *changes, const struct change *change) {
    return change_sides_rank(changes_sides(changes, change), change);
}

/* A cell without any figure that only passes from one kind of waiting to the next is no news. */
static bool is_news(const struct assessment *before, const struct assessment *after) {
    return before->has_value || after->has_value || after->state == STATE_OVERDUE ||
           after->state == STATE_NOT_REPORTED || after->state == STATE_AWAITING_FINAL;
}

bool change_between(struct change_sides sides, size_t cell, struct change *out) {
    const struct assessment *before = sides.before, *after = sides.after;
    *out = (struct change){.cell = cell, .direction = direction_of(before, after)};
    out->light = seen(before) != seen(after) || before->light != after->light || before->state != after->state;
    out->figure = before->has_value != after->has_value ||
                  (after->has_value && strcmp(before->value_text, after->value_text) != 0);
    return is_news(before, after) && (out->light || out->figure);
}

bool changes_make(struct view *view, const struct moment *since, bool figures, struct changes *out) {
    *out = (struct changes){.since = *since, .view = view};
    bool standing = view->stated && view->since.known_at.ms == since->known_at.ms;
    out->before = standing ? view->before : view_cells_at(view, since);
    out->items = calloc(view->plan->cell_count + 1, sizeof *out->items);
    if (!out->before || !out->items) return false;
    for (size_t i = 0; i < view->plan->cell_count; i++) {
        struct change change;
        bool news = change_between((struct change_sides){&out->before[i], &view->cells[i]}, i, &change);
        out->figures += change.figure;
        if (news && (change.light || figures)) out->items[out->count++] = change;
    }
    return true;
}

void changes_finish(struct changes *changes) {
    if (changes->view && changes->before != changes->view->before) view_cells_free(changes->view, &changes->before);
    free(changes->items);
    *changes = (struct changes){0};
}

struct moment changes_last_workday(const struct view *view) {
    struct day day = {view->moment.as_of.n - 1};
    while (calendar_covers(view->plan->calendar, day) && !calendar_works(view->plan->calendar, day))
        day.n--;
    const struct reporting *reporting = &view->plan->reporting;
    int64_t minute = reporting->window_count ? reporting->windows[0] : reporting->open_minute;
    return (struct moment){.as_of = day, .known_at = {day_start(day).ms + minute * MS_MINUTE}, .past = true};
}

static json_t *side_json(const struct assessment *side) {
    return json_pack("{s:s, s:s, s:s, s:o}", "light", light_word(side->light), "proposed_light",
                     light_word(side->proposed), "state", cell_state_word(side->state), "value",
                     json_of_text(side->has_value ? side->value_text : NULL));
}

json_t *change_json(const struct view *view, const struct change *change, struct change_sides sides) {
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "target", view_target(view, change->cell)->code, "area",
                     view_area(view, change->cell)->code, "direction",
                     change->direction > 0   ? "better"
                     : change->direction < 0 ? "worse"
                                             : "neither",
                     "before", side_json(sides.before), "after", side_json(sides.after));
}

json_t *changes_json(const struct changes *changes) {
    json_t *list = json_array();
    for (size_t i = 0; i < changes->count; i++)
        json_array_append_new(list, change_json(changes->view, &changes->items[i],
                                                changes_sides(changes, &changes->items[i])));
    return list;
}

static void side_words(const struct assessment *side, struct buffer *out) {
    if (side->overridden)
        light_words(side, out);
    else if (side->state == STATE_OVERDUE || side->state == STATE_AWAITING_FINAL || side->light == LIGHT_NONE)
        buffer_add_text(out, cell_state_name(side->state));
    else if (side->proposed == LIGHT_RED && side->light != LIGHT_RED)
        buffer_add_text(out, "红（待核定）");
    else
        buffer_add_text(out, light_name(side->light));
}

static void figure_side(const struct target *target, bool rollup, const struct assessment *side, struct buffer *out) {
    if (!side->has_value)
        buffer_add_text(out, "无数");
    else if (target->kind == KIND_MILESTONE && !rollup)
        buffer_add_text(out, side->figure.done ? "已完成" : "未完成");
    else
        buffer_add_text(out, side->value_text);
}

void change_sides_words(const struct view *view, const struct change *change, struct change_sides sides,
                        struct buffer *out) {
    const struct assessment *before = sides.before, *after = sides.after;
    buffer_add_text(out, change->direction > 0 ? "▲" : change->direction < 0 ? "▼" : "・");
    cell_name_words(view, change->cell, out);
    if (change->light) {
        buffer_add_char(out, ' ');
        side_words(before, out);
        buffer_add_text(out, "→");
        side_words(after, out);
    }
    if (!change->figure) return;
    const struct target *target = view_target(view, change->cell);
    buffer_add_char(out, ' ');
    figure_side(target, view->plan->cells[change->cell].rollup, before, out);
    buffer_add_text(out, "→");
    figure_side(target, view->plan->cells[change->cell].rollup, after, out);
    if (after->has_value && target->kind == KIND_MILESTONE)
        buffer_add_text(out, view->plan->cells[change->cell].rollup ? "县" : "");
    else if (after->has_value && target->unit)
        buffer_add_text(out, target->unit);
}

void change_words(const struct changes *changes, const struct change *change, struct buffer *out) {
    change_sides_words(changes->view, change, changes_sides(changes, change), out);
}
