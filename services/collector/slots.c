#include "services/collector/slots.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/unit.h"

const char *slots_column_words(const struct header_search *search, const struct header *header, size_t column) {
    return say(search->arena, "%s列“%s”", sheet_letters(search->arena, column),
               shown(search->arena, header_name(search->sheet, header, column)));
}

static struct slot row_slot(const struct header *header) {
    struct slot slot = {.target = NO_INDEX, .area = NO_INDEX};
    memcpy(slot.columns, header->columns, sizeof slot.columns);
    return slot;
}

/* What stands once in a row of many figures (目标任务 of the whole city) is about none of them. */
static struct slot wide_slot(const struct header *header) {
    static const enum field own[] = {FIELD_VALUE, FIELD_NUMERATOR, FIELD_DENOMINATOR, FIELD_MONTH, FIELD_SHARE};
    struct slot slot = row_slot(header);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        slot.columns[own[i]] = NO_COLUMN;
    return slot;
}

/* Without a running total, 本月 is the figure where the mapping says that the agent is to add up. */
static void settle_month(const struct mapping *mapping, struct slot *slot) {
    if (!mapping->increments) return;
    bool both = slot->columns[FIELD_VALUE] != NO_COLUMN && slot->columns[FIELD_MONTH] != NO_COLUMN;
    if (both) return;
    slot->increment = true;
    if (slot->columns[FIELD_VALUE] == NO_COLUMN) slot->columns[FIELD_VALUE] = slot->columns[FIELD_MONTH];
    slot->columns[FIELD_MONTH] = NO_COLUMN;
}

static bool is_row_column(const struct header *header, size_t column) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (header->columns[i] == column) return true;
    return false;
}

/* --- whom or what a name means --- */

struct meaning {
    size_t target, area;
    bool brackets_named; /* the words in brackets belong to the name */
    struct refusal refusal;
};

static struct refusal mean_by(const struct header_search *search, struct slice text, struct meaning *out) {
    size_t task = NO_INDEX;
    out->target = out->area = NO_INDEX;
    if (search->mapping->layout == LAYOUT_WIDE_AREA)
        return name_area(search->plan, search->arena, text, search->today, NO_COLUMN, &out->area);
    struct refusal refusal =
        name_target(search->plan, search->mapping, search->arena, text, NO_COLUMN, &out->target, &task);
    return !refusal.code && out->target == NO_INDEX ? refuse(search->arena, REFUSAL_UNKNOWN_TARGET, NO_COLUMN,
                                                             "“%s”是一项任务，没有数", shown(search->arena, text))
                                                    : refusal;
}

static struct meaning meaning_of(const struct header_search *search, struct slice name) {
    struct meaning out = {.brackets_named = true};
    char base[UNIT_NAME_MAX];
    struct slice unit;
    out.refusal = mean_by(search, name, &out);
    if (!out.refusal.code || !unit_split(name, base, &unit)) return out;
    struct meaning stripped = {.brackets_named = false};
    stripped.refusal = mean_by(search, slice_of(base), &stripped);
    return stripped.refusal.code ? out : stripped;
}

/* --- every column that bears a name of the plan --- */

static bool is_ignored(const struct mapping *mapping, struct slice name) {
    if (name_equal(name, "序号")) return true;
    for (size_t i = 0; i < mapping->ignored_count; i++)
        if (name_equal(name, mapping->ignored[i])) return true;
    return false;
}

static const struct slot *same_subject(const struct header *header, const struct slot *slot) {
    for (size_t i = 0; !slot->total && i < header->slot_count; i++)
        if (!header->slots[i].total && header->slots[i].target == slot->target && header->slots[i].area == slot->area)
            return &header->slots[i];
    return NULL;
}

static struct refusal named_slot(const struct header_search *search, struct header *header, size_t column) {
    struct slice name = header_name(search->sheet, header, column);
    struct slot slot = wide_slot(header);
    slot.total = name_is_total(name);
    /* a sum over targets is a sum of nothing */
    if (slot.total && search->mapping->layout == LAYOUT_WIDE_TARGET) return (struct refusal){.code = REFUSAL_NONE};
    if (!slot.total) {
        struct meaning meaning = meaning_of(search, name);
        if (meaning.refusal.code) {
            struct refusal refusal = refuse(search->arena, REFUSAL_UNKNOWN_COLUMN, NO_COLUMN, "%s列：%s",
                                            sheet_letters(search->arena, column), meaning.refusal.reason);
            return refusal;
        }
        slot.target = meaning.target;
        slot.area = meaning.area;
        slot.brackets_are_unit = !meaning.brackets_named;
    }
    slot.columns[FIELD_VALUE] = column;
    settle_month(search->mapping, &slot);
    const struct slot *other = same_subject(header, &slot);
    if (other)
        return refuse(search->arena, REFUSAL_COLUMN_TWICE, NO_COLUMN, "同一项有两列：%s、%s",
                      slots_column_words(search, header, other->columns[FIELD_VALUE]),
                      slots_column_words(search, header, column));
    header->slots[header->slot_count++] = slot;
    return (struct refusal){.code = REFUSAL_NONE};
}

static bool by_names(const struct header_search *search, struct header *header, struct refusal *refusal) {
    header->slots = arena_array(search->arena, header->width, sizeof *header->slots);
    for (size_t i = 0; header->slots && i < header->width; i++) {
        struct slice name = header_name(search->sheet, header, i);
        if (!name.len || is_row_column(header, i) || is_ignored(search->mapping, name)) continue;
        struct refusal here = named_slot(search, header, i);
        if (here.code && !refusal->code) *refusal = here;
    }
    size_t figures = 0;
    for (size_t i = 0; i < header->slot_count; i++)
        figures += !header->slots[i].total;
    if (!refusal->code && figures == 0)
        *refusal = refuse(search->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "表头里没有一列是%s",
                          search->mapping->layout == LAYOUT_WIDE_AREA ? "县区的名称" : "指标的名称");
    return refusal->code == REFUSAL_NONE;
}

/* --- the columns the mapping lists --- */

static size_t find_column(const struct header_search *search, const struct header *header, const char *name,
                          struct refusal *refusal) {
    const struct mapping_column wanted = {.names = &name, .count = 1};
    size_t found = NO_COLUMN;
    for (size_t i = 0; i < header->width; i++) {
        if (!header_matches(header_name(search->sheet, header, i), &wanted)) continue;
        if (found != NO_COLUMN && !refusal->code)
            *refusal = refuse(search->arena, REFUSAL_COLUMN_TWICE, NO_COLUMN, "“%s”有两列都对得上：%s、%s", name,
                              slots_column_words(search, header, found), slots_column_words(search, header, i));
        if (found == NO_COLUMN) found = i;
    }
    return found;
}

static struct refusal lost_column(const struct header_search *search, const struct header *header, const char *name) {
    const char *candidates[SHEET_COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < header->width && i < SHEET_COLUMNS_MAX; i++)
        if (header->names[i].len)
            candidates[count++] = arena_text(search->arena, header->names[i].ptr, header->names[i].len);
    const char *nearest = text_nearest(name, candidates, count);
    return nearest ? refuse(search->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到“%s”列，最像的是“%s”", name,
                            shown(search->arena, slice_of(nearest)))
                   : refuse(search->arena, REFUSAL_COLUMN_MISSING, NO_COLUMN, "找不到“%s”列", name);
}

static struct refusal listed_slot(const struct header_search *search, struct header *header,
                                  const struct mapping_value *value) {
    struct slot slot = wide_slot(header);
    struct refusal refusal = {.code = REFUSAL_NONE};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!value->columns[i]) continue;
        slot.columns[i] = find_column(search, header, value->columns[i], &refusal);
        if (slot.columns[i] == NO_COLUMN && !refusal.code) refusal = lost_column(search, header, value->columns[i]);
    }
    if (refusal.code) return refusal;
    struct slice name = header_name(search->sheet, header, slot.columns[FIELD_VALUE]);
    slot.brackets_are_unit = value->columns[FIELD_VALUE] && !name_equal(name, value->columns[FIELD_VALUE]);
    settle_month(search->mapping, &slot);
    struct meaning meaning = {.target = NO_INDEX, .area = NO_INDEX};
    struct slice subject = slice_of(value->target ? value->target : value->area);
    refusal = mean_by(search, subject, &meaning);
    if (refusal.code) {
        refusal = refuse(search->arena, REFUSAL_UNKNOWN_COLUMN, NO_COLUMN, "采集端配置的 values：%s", refusal.reason);
        return refusal;
    }
    slot.target = meaning.target;
    slot.area = meaning.area;
    header->slots[header->slot_count++] = slot;
    return refusal;
}

static bool is_listed(const struct header *header, size_t column) {
    for (size_t i = 0; i < header->slot_count; i++)
        for (size_t field = 0; field < FIELD_COUNT; field++)
            if (header->slots[i].columns[field] == column) return true;
    return false;
}

/* A 合计 column is compared, too, when every county's column is in the list. */
static void add_totals(const struct header_search *search, struct header *header) {
    size_t listed = header->slot_count, total = NO_COLUMN;
    for (size_t i = 0; i < header->width; i++) {
        struct slice name = header_name(search->sheet, header, i);
        if (!name.len || is_listed(header, i)) continue;
        if (!meaning_of(search, name).refusal.code && !name_is_total(name)) return;
        if (name_is_total(name) && !name_is_part(name)) total = i;
    }
    if (total == NO_COLUMN || listed == 0) return;
    struct slot slot = wide_slot(header);
    slot.total = true;
    slot.columns[FIELD_VALUE] = total;
    slot.increment = header->slots[0].increment;
    header->slots[header->slot_count++] = slot;
}

static bool by_list(const struct header_search *search, struct header *header, struct refusal *refusal) {
    const struct mapping *mapping = search->mapping;
    header->slots = arena_array(search->arena, mapping->value_count + 1, sizeof *header->slots);
    for (size_t i = 0; header->slots && i < mapping->value_count; i++) {
        struct refusal here = listed_slot(search, header, &mapping->values[i]);
        if (here.code && !refusal->code) *refusal = here;
    }
    if (header->slots && !refusal->code && mapping->layout == LAYOUT_WIDE_AREA) add_totals(search, header);
    return refusal->code == REFUSAL_NONE;
}

bool slots_build(const struct header_search *search, struct header *header, struct refusal *refusal) {
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    if (search->mapping->layout != LAYOUT_LONG) {
        if (header->matched == 0) return false; /* no row of names: nothing to look for */
        return search->mapping->value_count ? by_list(search, header, refusal) : by_names(search, header, refusal);
    }
    header->slots = arena_array(search->arena, 1, sizeof *header->slots);
    if (!header->slots) return true;
    header->slots[header->slot_count++] = row_slot(header);
    struct slot *slot = &header->slots[0];
    const struct mapping_column *names = &search->mapping->columns[FIELD_VALUE];
    struct slice name = header_name(search->sheet, header, slot->columns[FIELD_VALUE]);
    slot->brackets_are_unit = true;
    for (size_t i = 0; i < names->count; i++)
        if (name_equal(name, names->names[i])) slot->brackets_are_unit = false;
    settle_month(search->mapping, slot);
    return true;
}

/* --- layouts --- */

/* Columns, apart from those mapped, that bear a county's name, or a target's. */
static size_t count_named(const struct header_search *search, const struct header *header, enum layout as,
                          const char **list) {
    struct mapping other = *search->mapping;
    struct header_search try = *search;
    other.layout = as;
    try.mapping = &other;
    size_t count = 0;
    *list = "";
    for (size_t i = 0; i < header->width; i++) {
        struct slice name = header_name(search->sheet, header, i);
        if (!name.len || is_row_column(header, i) || meaning_of(&try, name).refusal.code) continue;
        if (count++ < 3)
            *list = say(search->arena, "%s%s%s", *list, **list ? "、" : "", slots_column_words(search, header, i));
    }
    return count;
}

static struct refusal wide_doubt(const struct header_search *search, const struct header *header) {
    bool wide_area = search->mapping->layout == LAYOUT_WIDE_AREA;
    enum field other = wide_area ? FIELD_AREA : FIELD_TARGET;
    size_t column = header->columns[other] != NO_COLUMN ? header->columns[other] : header->columns[FIELD_VALUE];
    if (column == NO_COLUMN || header->slot_count == 0) return (struct refusal){.code = REFUSAL_NONE};
    return refuse(search->arena, REFUSAL_LAYOUT, NO_COLUMN, "配置是%s，表里又有%s",
                  wide_area ? "一个县区一列（wide-area）" : "一个指标一列（wide-target）",
                  slots_column_words(search, header, column));
}

struct refusal slots_layout_doubt(const struct header_search *search, const struct header *header) {
    static const struct {
        enum layout layout;
        const char *words, *key;
    } others[] = {{LAYOUT_WIDE_AREA, "一个县区一列", "wide-area"}, {LAYOUT_WIDE_TARGET, "一个指标一列", "wide-target"}};
    if (search->mapping->layout != LAYOUT_LONG) return wide_doubt(search, header);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *list;
        if (count_named(search, header, others[i].layout, &list) < 2) continue;
        struct refusal refusal = refuse(search->arena, REFUSAL_LAYOUT, NO_COLUMN,
                                        "配置是一行一个数（long），表里却是%s：%s", others[i].words, list);
        if (header->columns[FIELD_VALUE] == NO_COLUMN)
            refusal.remedy = say(search->arena, "请在采集端配置里写 layout: %s", others[i].key);
        return refusal;
    }
    return (struct refusal){.code = REFUSAL_NONE};
}
