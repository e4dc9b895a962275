#include "services/board/document_level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"

/* Squares in the places of the provinces, as near as squares come. */
static const struct province provinces[] = {
    {"23", "黑龙江省", "黑龙江", 0, 8},       {"65", "新疆维吾尔自治区", "新疆", 1, 0},
    {"15", "内蒙古自治区", "内蒙古", 1, 5},   {"22", "吉林省", "吉林", 1, 8},
    {"62", "甘肃省", "甘肃", 2, 2},           {"64", "宁夏回族自治区", "宁夏", 2, 3},
    {"14", "山西省", "山西", 2, 5},           {"13", "河北省", "河北", 2, 6},
    {"11", "北京市", "北京", 2, 7},           {"21", "辽宁省", "辽宁", 2, 8},
    {"63", "青海省", "青海", 3, 2},           {"61", "陕西省", "陕西", 3, 4},
    {"41", "河南省", "河南", 3, 5},           {"37", "山东省", "山东", 3, 6},
    {"12", "天津市", "天津", 3, 7},           {"54", "西藏自治区", "西藏", 4, 1},
    {"51", "四川省", "四川", 4, 3},           {"50", "重庆市", "重庆", 4, 4},
    {"42", "湖北省", "湖北", 4, 5},           {"34", "安徽省", "安徽", 4, 6},
    {"32", "江苏省", "江苏", 4, 7},           {"31", "上海市", "上海", 4, 8},
    {"53", "云南省", "云南", 5, 3},           {"52", "贵州省", "贵州", 5, 4},
    {"43", "湖南省", "湖南", 5, 5},           {"36", "江西省", "江西", 5, 6},
    {"33", "浙江省", "浙江", 5, 7},           {"45", "广西壮族自治区", "广西", 6, 4},
    {"44", "广东省", "广东", 6, 5},           {"35", "福建省", "福建", 6, 7},
    {"71", "台湾省", "台湾", 6, 8},           {"46", "海南省", "海南", 7, 4},
    {"82", "澳门特别行政区", "澳门", 7, 5},   {"81", "香港特别行政区", "香港", 7, 6},
};

const struct province *province_find(const char *code) {
    for (size_t i = 0; i < sizeof provinces / sizeof *provinces; i++)
        if (strcmp(provinces[i].code, code) == 0) return &provinces[i];
    return NULL;
}

const char *level_word(enum level_kind kind) {
    static const char *const words[] = {"county", "city", "province"};
    return words[kind];
}

/* How much of a code names its group. */
static size_t digits_of(enum level_kind kind) {
    return kind == LEVEL_PROVINCE ? 2 : kind == LEVEL_CITY ? 4 : LEVEL_CODE_MAX - 1;
}

struct of_area {
    const char *code;
    size_t area;
};

static int by_code(const void *left, const void *right) {
    const struct of_area *a = left, *b = right;
    return strcmp(a->code, b->code);
}

/* Areas of the level by their codes, so that those of a group are neighbours. */
static size_t sort_areas(const struct plan *plan, const char *under, const bool *shown, struct of_area *out) {
    size_t count = 0, len = under ? strlen(under) : 0;
    for (size_t i = 0; i < plan->area_count; i++)
        if (shown[i] && !plan->areas[i].city && strncmp(plan->areas[i].code, under ? under : "", len) == 0)
            out[count++] = (struct of_area){plan->areas[i].code, i};
    qsort(out, count, sizeof *out, by_code);
    return count;
}

static size_t count_groups(const struct of_area *areas, size_t count, size_t digits) {
    size_t groups = count > 0;
    for (size_t i = 1; i < count; i++)
        groups += strncmp(areas[i].code, areas[i - 1].code, digits) != 0;
    return groups;
}

static enum level_kind choose(const struct of_area *areas, size_t count, const char *under) {
    if (count <= LEVEL_AREAS_MAX) return LEVEL_COUNTY;
    bool in_province = under && strlen(under) >= 2;
    return in_province || count_groups(areas, count, digits_of(LEVEL_CITY)) <= LEVEL_AREAS_MAX ? LEVEL_CITY
                                                                                              : LEVEL_PROVINCE;
}

/* An area may be called like its group: "510800" of "5108". */
static size_t namesake(const struct plan *plan, const char *code, enum level_kind kind) {
    char whole[LEVEL_CODE_MAX + 4];
    snprintf(whole, sizeof whole, "%s%s", code, kind == LEVEL_PROVINCE ? "0000" : "00");
    return plan_find_area(plan, slice_of(whole));
}

static void start_group(const struct plan *plan, struct level *level, const struct of_area *area) {
    struct level_group *group = &level->groups[level->count++];
    *group = (struct level_group){.area = area->area};
    snprintf(group->code, sizeof group->code, "%.*s", (int)digits_of(level->kind), area->code);
    if (level->kind != LEVEL_COUNTY) group->area = namesake(plan, group->code, level->kind);
}

/* Counties stand in the order of the plan, groups in that of their codes. */
static int by_place(const void *left, const void *right) {
    const struct of_area *a = left, *b = right;
    return (a->area > b->area) - (a->area < b->area);
}

bool level_make(const struct plan *plan, const char *under, const bool *shown, struct level *out) {
    *out = (struct level){0};
    AUTO_FREE struct of_area *areas = calloc(plan->area_count + 1, sizeof *areas);
    out->group_of = calloc(plan->area_count + 1, sizeof *out->group_of);
    out->groups = calloc(plan->area_count + 1, sizeof *out->groups);
    if (!areas || !out->group_of || !out->groups) return false;
    for (size_t i = 0; i < plan->area_count; i++)
        out->group_of[i] = NO_INDEX;
    size_t count = sort_areas(plan, under, shown, areas), digits;
    out->kind = choose(areas, count, under);
    digits = digits_of(out->kind);
    if (out->kind == LEVEL_COUNTY) qsort(areas, count, sizeof *areas, by_place);
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || strncmp(areas[i].code, areas[i - 1].code, digits) != 0;
        if (first) start_group(plan, out, &areas[i]);
        out->group_of[areas[i].area] = out->count - 1;
        out->groups[out->count - 1].counties++;
    }
    out->hidden = out->count > LEVEL_AREAS_MAX ? out->count - LEVEL_AREAS_MAX : 0;
    return true;
}

void level_finish(struct level *level) {
    free(level->group_of);
    free(level->groups);
    *level = (struct level){0};
}
