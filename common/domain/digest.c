#include "common/domain/digest.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "common/domain/digest_list.h"

/* --- order --- */

/* Sections, worst first; those of one word stand together. */
enum section {
    SECTION_ISSUED,
    SECTION_PROPOSED,
    SECTION_REVIEW,
    SECTION_URGED,
    SECTION_OVERDUE,
    SECTION_RED,
    SECTION_FELL_BACK,
    SECTION_YELLOW,
    SECTION_SLIPPING,
    SECTION_MISSING,
    SECTION_OFFLINE,
    SECTION_REJECTED,
    SECTION_DUE_SOON,
    SECTION_CORRECTION,
    SECTION_HOUSE,
    SECTION_MADE_GOOD,
    SECTION_BETTER,
};

/* The colour of a list is the one shown: a red that a person released. None where several units look on. */
static enum section section_slipping(const struct digest_item *item) {
    if (item->recipient || !item->assessment) return SECTION_SLIPPING;
    if (item->assessment->light == LIGHT_RED) return SECTION_RED;
    return item->assessment->light == LIGHT_YELLOW ? SECTION_YELLOW : SECTION_SLIPPING;
}

static enum section section_of_rule(const struct digest_item *item) {
    switch (item->rule) {
    case ALERT_OVERDUE:
        return SECTION_OVERDUE;
    case ALERT_FELL_BACK:
        return SECTION_FELL_BACK;
    case ALERT_REVIEW:
        return SECTION_REVIEW;
    case ALERT_SLIPPING:
        return section_slipping(item);
    case ALERT_MISSING:
        return SECTION_MISSING;
    case ALERT_OFFLINE:
        return SECTION_OFFLINE;
    case ALERT_REJECTED:
        return SECTION_REJECTED;
    case ALERT_DUE_SOON:
        return SECTION_DUE_SOON;
    case ALERT_CORRECTION:
        return SECTION_CORRECTION;
    case ALERT_UNDELIVERABLE:
    case ALERT_CALENDAR:
    case ALERT_STUCK:
    case ALERT_RULES:
        break;
    }
    return SECTION_HOUSE;
}

static enum section section_of(const struct digest_item *item) {
    if (saying_recovered(item)) return strcmp(saying_state(item), "补齐") == 0 ? SECTION_MADE_GOOD : SECTION_BETTER;
    if (saying_step(item, "issued") || saying_step(item, "withdrawn")) return SECTION_ISSUED;
    if (saying_proposal(item)) return SECTION_PROPOSED;
    return saying_step(item, "urged") ? SECTION_URGED : section_of_rule(item);
}

const char *digest_section(const struct digest_item *item) {
    enum section section = section_of(item);
    return section == SECTION_RED ? "红" : section == SECTION_YELLOW ? "黄" : saying_state(item);
}

bool digest_before(const struct digest_item *a, const struct digest_item *b) {
    return section_of(a) < section_of(b);
}

bool digest_severe(const struct digest_item *item) {
    enum section section = section_of(item);
    return section == SECTION_ISSUED || (section >= SECTION_URGED && section <= SECTION_FELL_BACK);
}

bool digest_is_red(const struct digest_item *item) {
    return section_of(item) == SECTION_RED;
}

static bool has_gap(const struct digest_item *item) {
    return item->cell && item->assessment && item->assessment->has_units_behind && !saying_recovered(item);
}

static const struct digest_past_item *find_past(const struct digest_past *past, int64_t alert) {
    for (size_t low = 0, high = past && alert ? past->count : 0; low < high;) {
        size_t middle = (low + high) / 2;
        if (past->items[middle].alert == alert) return &past->items[middle];
        if (past->items[middle].alert < alert)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void digest_prepare(const struct plan *plan, const struct digest_past *past, struct digest_item *items, size_t count) {
    bool by_units = true;
    for (size_t i = 0; i < count; i++)
        if (has_gap(&items[i]) &&
            (!cell_is_counted(plan, items[i].cell) || plan->targets[items[i].cell->target].percent))
            by_units = false;
    for (size_t i = 0; i < count; i++) {
        const struct digest_past_item *before = find_past(past, items[i].alert);
        items[i].by_units = by_units;
        items[i].change = !past                                      ? CHANGE_NONE
                          : !before                                  ? CHANGE_NEW
                          : strcmp(before->step, items[i].step) == 0 ? CHANGE_SAME
                                                                     : CHANGE_WORSE;
    }
}

static int compare_gaps(const struct digest_item *a, const struct digest_item *b) {
    if (a->by_units && has_gap(a) && has_gap(b)) {
        int units = decimal_compare(b->assessment->units_behind, a->assessment->units_behind);
        if (units != 0) return units;
    }
    int32_t first = a->assessment && a->assessment->has_deviation ? a->assessment->deviation_tenths : 0;
    int32_t second = b->assessment && b->assessment->has_deviation ? b->assessment->deviation_tenths : 0;
    return first == second ? 0 : first < second ? -1 : 1;
}

static int compare_cells(const struct plan *plan, const struct digest_item *a, const struct digest_item *b) {
    int gap = compare_gaps(a, b);
    if (gap != 0) return gap;
    if (a->cell->target != b->cell->target) return a->cell->target < b->cell->target ? -1 : 1;
    return strcmp(plan->areas[a->cell->area].code, plan->areas[b->cell->area].code);
}

int digest_compare(const struct plan *plan, const struct digest_item *a, const struct digest_item *b) {
    if (a->recipient && b->recipient) {
        int units = strcmp(a->recipient, b->recipient);
        if (units != 0) return units;
    }
    enum section first = section_of(a), second = section_of(b);
    if (first != second) return first < second ? -1 : 1;
    bool worse = a->change == CHANGE_WORSE, other = b->change == CHANGE_WORSE;
    if (worse != other) return worse ? -1 : 1;
    if (a->cell && b->cell) return compare_cells(plan, a, b);
    if (a->stream && b->stream) {
        int names = strcmp(a->stream->name, b->stream->name);
        if (names != 0) return names;
    }
    if (a->receipt && b->receipt && a->receipt->id != b->receipt->id) return a->receipt->id < b->receipt->id ? -1 : 1;
    return 0;
}

void digest_number(struct day day, unsigned ordinal, char out[32]) {
    int year, month, mday;
    day_split(day, &year, &month, &mday);
    snprintf(out, 32, "D%02d-%02d%02d-%02u", year % 100, month, mday, ordinal);
}

/* --- line 1 --- */

/* What must stay of a line that is too long is its front: state, county, name, figures. */
void digest_first(struct buffer *line, struct buffer *out) {
    const char *text = buffer_text(line);
    size_t len = line->len;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (text_chars(text, len) <= FIRST_LINE_CHARS_MAX) {
        buffer_add(out, text, len);
        return;
    }
    buffer_add(out, text, text_cut_chars(text, len, FIRST_LINE_CHARS_MAX - 1));
    buffer_add_text(out, "…");
}

void digest_first_line(const struct digest_view *view, const struct digest_item *item, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer line = {0};
    if (item->cell) {
        (void)saying_fit(view, item, &line);
    } else if (item->stream) {
        buffer_printf(&line, "【%s】%s ", saying_state(item), saying_speaker(view->plan, item->stream));
        saying_silence(view, item, &line);
    } else {
        buffer_printf(&line, "【%s】", saying_state(item));
        saying_house(view, item, &line);
    }
    digest_first(&line, out);
}

void digest_message(const struct digest_view *view, const struct digest_item *items, size_t count, struct buffer *out) {
    if (count == 1)
        digest_single(view, &items[0], out);
    else
        digest_list(view, items, count, out);
}
