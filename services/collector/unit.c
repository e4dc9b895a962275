#include "services/collector/unit.h"

#include <string.h>

#include "common/base/text.h"
#include "services/collector/names.h"
#include "services/collector/number.h"

static const struct slice nothing = {"", 0};

/* The brackets at the end of a part: where they open and what stands in them. */
static bool brackets_of(struct slice part, size_t *open, struct slice *inside) {
    size_t end = part.len;
    if (end && part.ptr[end - 1] == ')')
        end--;
    else if (end >= 3 && memcmp(part.ptr + end - 3, "）", 3) == 0)
        end -= 3;
    else
        return false;
    for (size_t i = end; i-- > 1;) {
        size_t mark = part.ptr[i] == '(' ? 1 : part.len - i >= 3 && memcmp(part.ptr + i, "（", 3) == 0 ? 3 : 0;
        if (!mark || i + mark > end) continue;
        *open = i;
        *inside = (struct slice){part.ptr + i + mark, end - i - mark};
        return inside->len > 0;
    }
    return false;
}

/* The next part of a joined name; false at its end. A slash inside brackets (元/人) parts nothing. */
static bool next_part(struct slice name, size_t *at, struct slice *part) {
    if (*at >= name.len) return false;
    size_t begin = *at, depth = 0, i = begin;
    for (; i < name.len && (depth || name.ptr[i] != '/'); i++) {
        bool wide = name.len - i >= 3;
        if (name.ptr[i] == '(' || (wide && memcmp(name.ptr + i, "（", 3) == 0)) depth++;
        if (depth && (name.ptr[i] == ')' || (wide && memcmp(name.ptr + i, "）", 3) == 0))) depth--;
    }
    *part = (struct slice){name.ptr + begin, i - begin};
    *at = i + 1;
    return true;
}

bool unit_split(struct slice name, char base[UNIT_NAME_MAX], struct slice *unit) {
    struct slice part;
    size_t at = 0, from = 0, to = 0, open;
    *unit = nothing;
    base[0] = 0;
    while (next_part(name, &at, &part)) {
        struct slice inside;
        if (!brackets_of(part, &open, &inside)) continue;
        *unit = inside;
        from = (size_t)(part.ptr - name.ptr) + open;
        to = (size_t)(part.ptr - name.ptr) + part.len;
    }
    if (!unit->len || name.len >= UNIT_NAME_MAX) return false;
    memcpy(base, name.ptr, from);
    memcpy(base + from, name.ptr + to, name.len - to);
    base[from + name.len - to] = 0;
    return true;
}

static bool is_common(struct slice text) {
    static const char *const common[] = {
        "元",       "千元",   "万元",     "亿元", "米",   "公里",     "千米",   "亩", "万亩", "公顷", "平方米",
        "平方公里", "立方米", "万立方米", "人",   "万人", "人次",     "万人次", "户", "万户", "个",   "台",
        "套",       "处",     "座",       "家",   "所",   "条",       "村",     "站", "点",   "名",   "件",
        "辆",       "吨",     "万吨",     "千瓦", "天",   "个工作日", "工作日", "%",  "‰"};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (name_equal(text, common[i])) return true;
    return false;
}

bool unit_is_known(const struct plan *plan, const struct mapping *mapping, struct slice text) {
    if (is_common(text) || name_equal(text, mapping->unit)) return true;
    for (size_t i = 0; i < plan->target_count; i++)
        if (name_equal(text, plan->targets[i].unit)) return true;
    for (size_t i = 0; i < mapping->factor_count; i++)
        if (name_equal(text, mapping->factors[i].unit) || name_equal(text, mapping->factors[i].to)) return true;
    return false;
}

void unit_state(struct statement *statement, struct slice unit) {
    if (!unit.len) return;
    if (!statement->unit.len)
        statement->unit = unit;
    else if (!statement->other.len && !text_equal_loose(unit.ptr, unit.len, statement->unit.ptr, statement->unit.len))
        statement->other = unit;
}

void unit_state_name(struct statement *statement, const struct plan *plan, const struct mapping *mapping,
                     struct slice name, bool brackets_are_unit) {
    char base[UNIT_NAME_MAX];
    struct slice part, inside, last = nothing;
    size_t at = 0, open;
    if (brackets_are_unit && !unit_split(name, base, &last)) last = nothing;
    while (next_part(name, &at, &part)) {
        bool is_unit = at > part.len + 1 && unit_is_known(plan, mapping, part); /* never the first part */
        if (is_unit) unit_state(statement, part);
        if (!brackets_of(part, &open, &inside)) continue;
        if (inside.ptr == last.ptr || unit_is_known(plan, mapping, inside)) unit_state(statement, inside);
    }
}

static const struct mapping_factor *find_factor(const struct mapping *mapping, struct slice from, const char *to) {
    for (size_t i = 0; i < mapping->factor_count; i++) {
        const struct mapping_factor *factor = &mapping->factors[i];
        if (name_equal(from, factor->unit) && (!factor->to || name_equal(slice_of(factor->to), to))) return factor;
    }
    return NULL;
}

struct refusal unit_convert(const struct statement *statement, const struct target *target,
                            const struct mapping *mapping, struct arena *arena, size_t column, struct slice raw,
                            struct decimal *value) {
    struct refusal none = {.code = REFUSAL_NONE};
    if (statement->other.len)
        return refuse(arena, REFUSAL_UNIT_TWICE, column, "单位有两种：“%s”和“%s”", shown(arena, statement->unit),
                      shown(arena, statement->other));
    if (!statement->unit.len) {
        if (mapping->unit_of_plan) return none;
        return target->percent
                   ? refuse(arena, REFUSAL_PERCENT_DOUBT, column, "“%s”是百分数还是小数？", shown(arena, raw))
                   : refuse(arena, REFUSAL_UNIT_MISSING, column, "没有写单位，计划里是“%s”", target->unit);
    }
    if (name_equal(statement->unit, target->unit)) return none;
    const struct mapping_factor *factor = find_factor(mapping, statement->unit, target->unit);
    if (!factor)
        return refuse(arena, REFUSAL_UNIT_DIFFERS, column, "单位是“%s”，计划里是“%s”", shown(arena, statement->unit),
                      target->unit);
    if (!number_multiply(*value, factor->factor, value))
        return refuse(arena, REFUSAL_OUT_OF_RANGE, column, "“%s”换算后超出范围", shown(arena, raw));
    return none;
}
