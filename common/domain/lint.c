#include "common/domain/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/plan_draft.h"

static struct lint_item *lint_add(struct lint *lint, const char *kind, const char *code) {
    if (lint->count == lint->capacity) {
        size_t capacity = lint->capacity ? lint->capacity * 2 : 64;
        struct lint_item *bigger = reallocarray(lint->items, capacity, sizeof *bigger);
        if (!bigger) {
            lint->failed = true;
            return NULL;
        }
        lint->items = bigger;
        lint->capacity = capacity;
    }
    struct lint_item *item = &lint->items[lint->count++];
    *item = (struct lint_item){.kind = kind, .code = code};
    return item;
}

/* Says it in both languages; `format` and `format_zh` take the same arguments. */
#define SAY(lint, kind, code, format, format_zh, ...)                                                                  \
    do {                                                                                                               \
        struct lint_item *item_ = lint_add(lint, kind, code);                                                          \
        if (item_) {                                                                                                   \
            snprintf(item_->message, sizeof item_->message, format, __VA_ARGS__);                                      \
            snprintf(item_->message_zh, sizeof item_->message_zh, format_zh, __VA_ARGS__);                             \
        }                                                                                                              \
    } while (0)

/* --- dates, measures, leads --- */

static void lint_targets(const struct plan *plan, struct lint *lint) {
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        if (!day_is(target->due))
            SAY(lint, "undated", target->code, "%s %.90s has no due date; it is never late, and no date is invented",
                "%s %.90s 没有期限：不判逾期，也不代为定期限", target->code, target->name);
    }
}

static void lint_tasks(const struct plan *plan, struct lint *lint) {
    for (size_t i = 0; i < plan->task_count; i++) {
        const struct task *task = &plan->tasks[i];
        if (task->target_count == 0)
            SAY(lint, "no_measure", task->code,
                "%s %.90s has neither a quantity nor a date; only words can be reported",
                "%s %.90s 没有数量和日期，只能报文字进展", task->code, task->title);
    }
    for (size_t i = 0; i < plan->task_count; i++) {
        const struct task *task = &plan->tasks[i];
        if (task->lead_count == 0)
            SAY(lint, "no_lead", task->code, "%s %.90s has no lead", "%s %.90s 没有牵头单位", task->code, task->title);
        else if (!task->lead_confirmed)
            SAY(lint, "lead_unconfirmed", task->code,
                "%s: the lead %.90s is inferred; confirm it and set lead_confirmed: true",
                "%s 的牵头单位 %.90s 是推定的，待确认", task->code, plan->units[task->leads[0]].name);
    }
}

static void lint_aliases(const struct plan *plan, struct lint *lint) {
    for (size_t i = 0; i < plan->unit_count; i++)
        for (size_t k = 0; k < plan->units[i].alias_count; k++)
            SAY(lint, "alias", plan->units[i].name, "%.90s is written for %.90s", "“%.90s”即“%.90s”",
                plan->units[i].aliases[k], plan->units[i].name);
}

static bool starts_with_measure_word(const char *unit) {
    static const char *const words[] = {"台", "户", "站", "村", "个", "名", "所", "家",
                                        "人", "座", "处", "辆", "份", "项", "条", "支"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(unit, words[i], strlen(words[i])) == 0) return true;
    return false;
}

static void lint_counted(const struct plan *plan, struct lint *lint) {
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        if (target->kind == KIND_CUMULATIVE && !target->counted && target->decimals == 0 &&
            starts_with_measure_word(target->unit))
            SAY(lint, "counted_missing", target->code,
                "%s is measured in “%.60s”, which looks whole; add counted: true",
                "%s 的单位“%.60s”像是整数，请加 counted: true", target->code, target->unit);
    }
}

static void lint_from(const struct plan *plan, struct lint *lint) {
    size_t assumed = 0;
    char start[DAY_TEXT_MAX];
    const char *first = "";
    for (size_t i = 0; i < plan->target_count; i++) {
        if (plan->targets[i].from_assumed && assumed++ == 0) first = plan->targets[i].code;
    }
    day_print(plan->start, start);
    if (assumed)
        SAY(lint, "from_assumed", "",
            "%zu targets have no from (the first is %s); the programme's start %s stands in for it",
            "%zu 项指标没有起始日（如 %s），按启动日 %s 计", assumed, first, start);
}

/* --- allocation --- */

static size_t county_cells(const struct plan *plan, const struct target *target) {
    size_t count = 0;
    for (size_t i = 0; i < target->cell_count; i++)
        count += !plan->cells[target->first_cell + i].rollup;
    return count;
}

/* "T06.1 分解合计 480.0，市级 485.8，差 5.8": the office's words in both languages. */
static void lint_sum(const struct target *target, struct lint *lint) {
    const struct allocated *sum = &target->allocated;
    struct decimal missing, rest;
    char shares[DECIMAL_TEXT_MAX], city[DECIMAL_TEXT_MAX], difference[DECIMAL_TEXT_MAX], open[DECIMAL_TEXT_MAX];
    if (!sum->present || !decimal_subtract(sum->city, sum->shares, &missing) || missing.mantissa == 0 ||
        !decimal_subtract(missing, sum->unallocated, &rest))
        return;
    decimal_print_fixed(sum->shares, target->decimals, shares);
    decimal_print_fixed(sum->city, target->decimals, city);
    decimal_print_fixed(missing, target->decimals, difference);
    decimal_print_fixed(sum->unallocated, target->decimals, open);
    struct lint_item *item = lint_add(lint, "sum_differs", target->code);
    if (!item) return;
    size_t used = (size_t)snprintf(item->message, sizeof item->message, "%s 分解合计 %s，市级 %s，差 %s", target->code,
                                   shares, city, difference);
    if (sum->unallocated.mantissa)
        snprintf(item->message + used, sizeof item->message - used, "（未分解 %s，%s）", open,
                 rest.mantissa ? "不符" : "相符");
    memcpy(item->message_zh, item->message, sizeof item->message_zh);
}

static bool needs_share(const struct target *target) {
    return target->kind == KIND_CUMULATIVE;
}

static void lint_missing_cells(const struct plan *plan, const struct target *target, struct lint *lint) {
    if (needs_share(target) && plan->has_allocation)
        SAY(lint, "no_share", target->code, "%s %.90s is not in the allocation: no county owes it yet",
            "%s %.90s 没有分解到县区，县区暂无任务", target->code, target->name);
    else if (target->kind == KIND_BASELINE)
        SAY(lint, "no_baseline", target->code, "%s %.90s has no baselines: no county can be compared",
            "%s %.90s 没有基数，无法比较", target->code, target->name);
    else if (target->kind == KIND_PER_ENTITY)
        SAY(lint, "no_denominator", target->code, "%s %.90s has no declared numbers of entities: no county owes it yet",
            "%s %.90s 没有分母，县区暂无任务", target->code, target->name);
}

/* Counties left blank where others have a share. */
static void lint_blank_counties(const struct plan *plan, const struct target *target, struct lint *lint) {
    for (size_t area = 0; area < plan->area_count; area++) {
        bool asked = area != plan->city && !target->areas;
        if (!asked || plan_find_cell(plan, (size_t)(target - plan->targets), area) != NO_INDEX) continue;
        if (target->kind == KIND_BASELINE)
            SAY(lint, "no_baseline", target->code, "%s: %s has no baseline and no cell", "%s：%s 没有基数，不设单元",
                target->code, plan->areas[area].name);
        else
            SAY(lint, "no_share", target->code, "%s: %s has no share and no cell", "%s：%s 没有分解数，不设单元",
                target->code, plan->areas[area].name);
    }
}

static void lint_declared(const struct plan *plan, const struct target *target, struct lint *lint) {
    bool declared = false;
    for (size_t i = 0; i < target->cell_count; i++)
        declared |= plan->cells[target->first_cell + i].has_denominator;
    if (!declared && target->kind == KIND_RATIO && target->denominator == DENOMINATOR_DECLARED)
        SAY(lint, "no_denominator", target->code,
            "%s %.90s has no declared denominators: a bare per cent cannot be summed",
            "%s %.90s 没有申报分母，只报百分数时不能合计", target->code, target->name);
}

static void lint_allocation(const struct plan *plan, struct lint *lint) {
    bool needed = false;
    for (size_t i = 0; i < plan->target_count; i++)
        needed |= needs_share(&plan->targets[i]) && county_cells(plan, &plan->targets[i]) == 0;
    if (!plan->has_allocation && needed)
        SAY(lint, "no_allocation", "",
            "no allocation%s: cumulative targets owe nothing in the counties; load the table with the plan",
            "没有分解表%s：累计类指标在县区没有任务，请随计划装入", "");
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        lint_sum(target, lint);
        if (county_cells(plan, target) == 0)
            lint_missing_cells(plan, target, lint);
        else
            lint_blank_counties(plan, target, lint);
        lint_declared(plan, target, lint);
    }
}

/* --- contacts and calendar --- */

static bool has_channel(const struct plan *plan, size_t unit, bool *listed) {
    bool found = false;
    *listed = false;
    for (size_t i = 0; i < plan->contact_count; i++) {
        if (plan->contacts[i].unit != unit) continue;
        *listed = true;
        found |= plan->contacts[i].address[0] != '\0';
    }
    return found;
}

static void lint_contacts(const struct plan *plan, struct lint *lint) {
    if (plan->contact_count == 0) {
        SAY(lint, "no_contact", "", "no contacts%s: every message goes to the office",
            "没有联系人表%s：消息都发给办公室", "");
        return;
    }
    for (size_t unit = 0; unit < plan->unit_count; unit++) {
        bool leads = false, listed;
        for (size_t i = 0; i < plan->task_count; i++)
            for (size_t k = 0; k < plan->tasks[i].lead_count; k++)
                leads |= plan->tasks[i].leads[k] == unit;
        if (!leads || has_channel(plan, unit, &listed)) continue;
        if (listed)
            SAY(lint, "no_contact", plan->units[unit].name,
                "the lead %.90s has a contact without an address; its messages go to the office, marked",
                "牵头单位 %.90s 的联系人没有填地址，消息改发办公室并注明", plan->units[unit].name);
        else
            SAY(lint, "no_contact", plan->units[unit].name,
                "the lead %.90s has no contact; its messages go to the office, marked",
                "牵头单位 %.90s 没有联系人，消息改发办公室并注明", plan->units[unit].name);
    }
}

static void lint_calendar(const struct plan *plan, struct lint *lint) {
    char text[DAY_TEXT_MAX];
    if (!plan->calendar) {
        SAY(lint, "calendar", "", "no calendar%s: Monday to Friday are taken for working days",
            "没有工作日表%s：按周一至周五为工作日", "");
        return;
    }
    for (size_t i = 0; i < plan->target_count; i++) {
        const struct target *target = &plan->targets[i];
        if (!day_is(target->due) || day_is(period_of(plan->calendar, &plan->reporting, target->due).closing)) continue;
        day_print(target->due, text);
        SAY(lint, "calendar", target->code, "%s is due %s, and the working days after it are not in the calendar yet",
            "%s 的期限 %s 之后的工作日尚未列入工作日表", target->code, text);
    }
}

void lint_plan(const struct plan *plan, struct lint *out) {
    *out = (struct lint){0};
    lint_targets(plan, out);
    lint_tasks(plan, out);
    lint_aliases(plan, out);
    lint_allocation(plan, out);
    lint_counted(plan, out);
    lint_from(plan, out);
    lint_contacts(plan, out);
    lint_calendar(plan, out);
}

void lint_finish(struct lint *lint) {
    free(lint->items);
    *lint = (struct lint){0};
}

void plan_lint(const struct plan *plan, struct findings *findings) {
    CLEAN(lint_finish) struct lint lint;
    lint_plan(plan, &lint);
    for (size_t i = 0; i < lint.count; i++)
        findings_add(findings, true, lint.items[i].code, "%s: %s", lint.items[i].kind, lint.items[i].message);
}
