#include "services/collector/names.h"

#include <string.h>

#include "common/base/text.h"

enum { NAME_MAX_BYTES = 192, CANDIDATES_MAX = 1024, AREAS_LISTED = 12 };

bool name_equal(struct slice a, const char *b) {
    return b && text_equal_loose(a.ptr ? a.ptr : "", a.len, b, strlen(b));
}

/* Half-width, without any space. */
static size_t squeeze(struct slice text, char out[NAME_MAX_BYTES]) {
    struct buffer half = {0};
    text_halfwidth(text.ptr ? text.ptr : "", text.len, &half);
    size_t used = 0, len = text_cut_bytes(buffer_text(&half), half.len, NAME_MAX_BYTES - 1);
    for (size_t i = 0; i < len; i++)
        if (buffer_text(&half)[i] != ' ') out[used++] = buffer_text(&half)[i];
    out[used] = 0;
    buffer_finish(&half);
    return used;
}

static bool ends_with(const char *text, size_t len, const char *end) {
    return len >= strlen(end) && memcmp(text + len - strlen(end), end, strlen(end)) == 0;
}

/* 6 digits, or 9 and 12 when the rest is zeros: then the first six count. False: a township's. */
static bool area_code(char text[NAME_MAX_BYTES], size_t *len, bool *township) {
    if (*len > 2 && strcmp(text + *len - 2, ".0") == 0) text[ *len -= 2] = 0;
    if (strspn(text, "0123456789") != *len) return false;
    *township = false;
    if (*len == 9 || *len == 12) {
        *township = strspn(text + 6, "0") != *len - 6;
        if (!*township) text[ *len = 6] = 0;
    }
    return *len == 6 || *len == 9 || *len == 12;
}

/* 元坝区 after 2013: the name of what it became; NULL when it is no old name. */
static const char *renamed_area(const struct plan *plan, const char *text) {
    for (size_t i = 0; i < plan->area_count; i++)
        for (size_t k = 0; k < plan->areas[i].alias_count; k++)
            if (strcmp(plan->areas[i].aliases[k].name, text) == 0) return plan->areas[i].name;
    return NULL;
}

/* 四川省广元市旺苍县 holds one of them; two are a list, and nobody knows. */
static const char *area_inside(const struct plan *plan, const char *text) {
    const char *found = NULL;
    for (size_t i = 0; i < plan->area_count; i++) {
        if (plan->areas[i].city || !strstr(text, plan->areas[i].name)) continue;
        if (found) return NULL;
        found = plan->areas[i].name;
    }
    return found;
}

static const char *area_list(const struct plan *plan, struct arena *arena) {
    const char *list = "";
    for (size_t i = 0; i < plan->area_count && i < AREAS_LISTED; i++)
        list = say(arena, "%s%s%s", list, *list ? "、" : "", plan->areas[i].name);
    return plan->area_count > AREAS_LISTED ? say(arena, "%s等", list) : list;
}

static const char *nearest_area(const struct plan *plan, const char *text) {
    const char *names[CANDIDATES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < plan->area_count && count + 2 < CANDIDATES_MAX; i++) {
        names[count++] = plan->areas[i].name;
        if (plan->areas[i].short_name) names[count++] = plan->areas[i].short_name;
    }
    return text_nearest(text, names, count);
}

/* As written, without the city in front, with and without its last word. */
static size_t area_by_name(const struct plan *plan, char *text, size_t len, struct day day, bool *several) {
    size_t found = plan_area_named(plan, (struct slice){text, len}, day, several);
    if (found != NO_INDEX || *several) return found;
    if (plan->city != NO_INDEX) {
        const char *city = plan->areas[plan->city].name;
        size_t city_len = strlen(city);
        if (len > city_len && memcmp(text, city, city_len) == 0) {
            text += city_len;
            len -= city_len;
            found = plan_area_named(plan, (struct slice){text, len}, day, several);
            if (found != NO_INDEX || *several) return found;
        }
    }
    if (len > 6 && (ends_with(text, len, "县") || ends_with(text, len, "区")))
        return plan_area_named(plan, (struct slice){text, len - 3}, day, several);
    return NO_INDEX;
}

static struct refusal unknown_area(const struct plan *plan, struct arena *arena, struct slice text, const char *name,
                                   size_t column) {
    const char *now = renamed_area(plan, name);
    if (now) return refuse(arena, REFUSAL_UNKNOWN_AREA, column, "“%s”是旧名，现在叫“%s”", shown(arena, text), now);
    const char *nearest = nearest_area(plan, name);
    if (!nearest) nearest = area_inside(plan, name);
    return nearest ? refuse(arena, REFUSAL_UNKNOWN_AREA, column, "没有叫“%s”的地区，最像的是“%s”", shown(arena, text),
                            nearest)
                   : refuse(arena, REFUSAL_UNKNOWN_AREA, column, "没有叫“%s”的地区，计划里有%s", shown(arena, text),
                            area_list(plan, arena));
}

struct refusal name_area(const struct plan *plan, struct arena *arena, struct slice text, struct day day, size_t column,
                         size_t *area) {
    char name[NAME_MAX_BYTES];
    size_t len = squeeze(text, name);
    bool several = false, township = false;
    *area = NO_INDEX;
    if (len == 0 || strspn(name, "-/") == len) return refuse(arena, REFUSAL_AREA_MISSING, column, "没有写地区");
    if (strcmp(name, "同上") == 0) return refuse(arena, REFUSAL_DITTO, column, "地区写了“同上”");
    if (area_code(name, &len, &township)) {
        *area = plan_find_area(plan, (struct slice){name, len});
        if (*area == NO_INDEX && township)
            return refuse(arena, REFUSAL_TOWNSHIP, column, "“%s”是乡镇的代码", shown(arena, text));
    } else {
        *area = area_by_name(plan, name, len, day, &several);
    }
    if (*area != NO_INDEX) return (struct refusal){.code = REFUSAL_NONE};
    if (several) return refuse(arena, REFUSAL_AREA_AMBIGUOUS, column, "有两个以上的地区叫“%s”", shown(arena, text));
    return unknown_area(plan, arena, text, name, column);
}

/* 新改建直连道路（公里）: the longest name that stands in it. */
static const char *target_inside(const struct plan *plan, const char *text) {
    const char *found = NULL;
    for (size_t i = 0; i < plan->target_count; i++) {
        const char *name = plan->targets[i].name;
        if (strstr(text, name) && (!found || strlen(name) > strlen(found))) found = name;
    }
    return found;
}

static const char *nearest_target(const struct plan *plan, struct arena *arena, const char *text) {
    const char *names[CANDIDATES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < plan->target_count && count + 3 < CANDIDATES_MAX; i++) {
        names[count++] = plan->targets[i].name;
        names[count++] = plan->targets[i].code;
        if (plan->targets[i].short_name) names[count++] = plan->targets[i].short_name;
    }
    const char *nearest = text_nearest(text, names, count);
    if (!nearest) nearest = target_inside(plan, text);
    for (size_t i = 0; nearest && i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        if (nearest == target->name || nearest == target->short_name)
            return say(arena, "%s（%s）", nearest, target->code);
    }
    return nearest;
}

/* 新建与改造10千伏线路 beside 新建与改造10千伏线路（非涉改乡镇）: the same words, told apart only by their scope. */
static bool same_words(const struct target *target, struct slice text) {
    const char *scope = strstr(target->name, "（");
    return scope && text_equal_loose(text.ptr, text.len, target->name, (size_t)(scope - target->name));
}

static bool scope_needed(const struct plan *plan, size_t target, struct slice text) {
    if (!name_equal(text, plan->targets[target].name)) return false;
    for (size_t i = 0; i < plan->target_count; i++)
        if (i != target && same_words(&plan->targets[i], text)) return true;
    return false;
}

static struct refusal several_targets(const struct plan *plan, struct arena *arena, struct slice text, size_t column) {
    const char *list = "";
    for (size_t i = 0; i < plan->target_count; i++)
        if (name_equal(text, plan->targets[i].name) || name_equal(text, plan->targets[i].short_name) ||
            same_words(&plan->targets[i], text))
            list = say(arena, "%s%s%s", list, *list ? "、" : "", plan->targets[i].code);
    return refuse(arena, REFUSAL_TARGET_AMBIGUOUS, column, "叫“%s”的指标有：%s", shown(arena, text), list);
}

struct refusal name_target(const struct plan *plan, const struct mapping *mapping, struct arena *arena,
                           struct slice text, size_t column, size_t *target, size_t *task) {
    bool several = false;
    char name[NAME_MAX_BYTES];
    size_t len = squeeze(text, name);
    *target = *task = NO_INDEX;
    if (len == 0 || strspn(name, "-/") == len) return refuse(arena, REFUSAL_TARGET_MISSING, column, "没有写指标");
    if (strcmp(name, "同上") == 0) return refuse(arena, REFUSAL_DITTO, column, "指标写了“同上”");
    struct slice wanted = text;
    for (size_t i = 0; i < mapping->target_count; i++)
        if (name_equal(text, mapping->targets[i].name)) wanted = slice_of(mapping->targets[i].code);
    *target = plan_target_named(plan, wanted, &several);
    several |= *target != NO_INDEX && scope_needed(plan, *target, wanted);
    if (several) *target = NO_INDEX;
    if (*target != NO_INDEX) return (struct refusal){.code = REFUSAL_NONE};
    if (several) return several_targets(plan, arena, text, column);
    for (size_t i = 0; i < plan->task_count && *task == NO_INDEX; i++)
        if (name_equal(wanted, plan->tasks[i].code) || name_equal(wanted, plan->tasks[i].title)) *task = i;
    if (*task != NO_INDEX) return (struct refusal){.code = REFUSAL_NONE};
    const char *nearest = nearest_target(plan, arena, name);
    return nearest ? refuse(arena, REFUSAL_UNKNOWN_TARGET, column, "没有叫“%s”的指标，最像的是“%s”", shown(arena, text),
                            nearest)
                   : refuse(arena, REFUSAL_UNKNOWN_TARGET, column, "没有叫“%s”的指标", shown(arena, text));
}

bool name_is_total(struct slice text) {
    static const char *const totals[] = {"合计", "小计", "总计", "总数", "平均", "平均数", "全市", "全区", "全县"};
    char name[NAME_MAX_BYTES];
    size_t len = squeeze(text, name);
    static const char *const wholes[] = {"全市", "全县", "全区"};
    const char *word = name;
    if (len && name[len - 1] == ':') name[--len] = 0;
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (len > 6 && strncmp(name, wholes[i], 6) == 0) word = name + 6;
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        if (strcmp(word, totals[i]) == 0) return true;
    return len >= 6 && memcmp(name, "其中", 6) == 0;
}

bool name_is_part(struct slice text) {
    static const char *const parts[] = {"小计", "平均", "其中"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text.len && memmem(text.ptr, text.len, parts[i], strlen(parts[i]))) return true;
    return false;
}

bool name_is_footer(struct slice text) {
    static const char *const footers[] = {
        "填表人",   "填报人",   "审核人", "制表",  "负责人", "单位负责人", "联系人", "联系电话",
        "填报日期", "填表日期", "注:",    "备注:", "说明:",  "注：",       "备注：", "说明："};
    char name[NAME_MAX_BYTES];
    squeeze(text, name);
    for (size_t i = 0; i < sizeof footers / sizeof *footers; i++)
        if (strncmp(name, footers[i], strlen(footers[i])) == 0) return true;
    return false;
}
