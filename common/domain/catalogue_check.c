/* Does this event fit the plan: the one home of these rules, for the agent and for the centre. */
#include "common/domain/catalogue_index.h"
#include "proto/codes.h"

/* Fields by their place in the event. */
enum {
    FIELD_TARGET = 3,
    FIELD_AREA = 4,
    FIELD_AS_OF = 5,
    FIELD_FIGURE = 6,
    FIELD_BLOCKED_BY = 13
};

static const int64_t MANTISSA_MAX = 1000000000000000; /* 10^15: what the exact arithmetic of the rules is built for */

static struct misfit fits(void) {
    return (struct misfit){QUARANTINE_NONE, 0, ""};
}
static struct misfit misfit(enum quarantine_code code, unsigned field, const char *hint) {
    return (struct misfit){code, field, hint};
}

/* What an event is about; NO_INDEX where it says nothing. */
struct subject {
    size_t target, area;
    const struct target *of;
    const struct cell *cell;
};

/* --- what it is about --- */

static struct misfit find_subject(const struct catalogue *catalogue, const struct event *event,
                                  struct subject *subject) {
    *subject = (struct subject){.target = NO_INDEX, .area = NO_INDEX};
    if (event->target.ptr) {
        subject->target = catalogue_target(catalogue, event->target);
        if (subject->target == NO_INDEX && catalogue_task(catalogue, event->target) == NO_INDEX)
            return misfit(QUARANTINE_UNKNOWN_TARGET, FIELD_TARGET, "计划里没有这个指标代码，请核对代码或更新计划目录");
    }
    if (event->area.ptr) {
        subject->area = catalogue_area(catalogue, event->area);
        if (subject->area == NO_INDEX)
            return misfit(QUARANTINE_UNKNOWN_AREA, FIELD_AREA,
                          "计划里没有这个地区代码；乡镇不单独报，请报所属县区的数");
    }
    if (subject->target != NO_INDEX) subject->of = &catalogue->plan->targets[subject->target];
    size_t cell = catalogue_cell(catalogue, subject->target, subject->area);
    if (cell != NO_INDEX) subject->cell = &catalogue->plan->cells[cell];
    return fits();
}

static struct misfit needs_cell(const struct event *event, const struct subject *subject) {
    if (!event->target.ptr) return misfit(QUARANTINE_TARGET_MISSING, FIELD_TARGET, "没有指标代码，请填指标");
    if (subject->target == NO_INDEX)
        return misfit(QUARANTINE_UNKNOWN_TARGET, FIELD_TARGET,
                      "这是任务代码，不是指标代码；数要报在指标上（如 T06.1）");
    if (!event->area.ptr) return misfit(QUARANTINE_AREA_MISSING, FIELD_AREA, "没有地区，请填县区");
    if (subject->of->kind == KIND_ACTIVITY || subject->of->kind == KIND_PARAMETER)
        return misfit(QUARANTINE_WORDS_ONLY, FIELD_FIGURE, "这一项只报文字进展，不报数");
    if (!subject->cell) return misfit(QUARANTINE_NO_CELL, FIELD_AREA, "这个地区在这项指标上没有分解任务，请核对分解表");
    if (subject->cell->no_task) return misfit(QUARANTINE_NO_CELL, FIELD_AREA, "这个地区在这项指标上的任务为0，不用报");
    if (subject->cell->rollup) return misfit(QUARANTINE_NO_CELL, FIELD_AREA, "全市数由各县区汇总，不单独报");
    return fits();
}

/* --- the day --- */

static struct misfit check_as_of(const struct catalogue *catalogue, const struct event *event, struct day today) {
    if (!day_is(event->as_of)) return misfit(QUARANTINE_AS_OF_MISSING, FIELD_AS_OF, "没有数据日期，请填截至哪一天");
    /* undated targets go on: the year after today's is always within */
    int32_t last = catalogue->last_day.n;
    if (day_is(today) && today.n + 366 > last) last = today.n + 366;
    if (event->as_of.n < catalogue->first_day.n || event->as_of.n > last)
        return misfit(QUARANTINE_AS_OF_OUT_OF_RANGE, FIELD_AS_OF, "数据日期不在计划的年份之内，请核对年份");
    return fits();
}

/* --- the figure --- */

static bool takes_fraction(const struct target *target) {
    return target->kind == KIND_RATIO || target->kind == KIND_PER_ENTITY ||
           (target->kind == KIND_HOLD && (target->percent || target->denominator != DENOMINATOR_NONE));
}

/* An average without its numerator and denominator cannot be added to anything. */
static bool takes_value(const struct target *target) {
    return target->kind != KIND_MILESTONE && !(target->kind == KIND_RATIO && !target->percent);
}

static bool may_be_negative(const struct target *target) {
    return target->kind == KIND_LATEST || (target->kind == KIND_HOLD && !target->percent);
}

static bool counts_entities(const struct target *target) {
    return target->kind == KIND_PER_ENTITY ||
           (target->kind == KIND_RATIO && target->percent && target->denominator == DENOMINATOR_DECLARED);
}

static bool in_bounds(struct decimal value) {
    return value.mantissa >= -MANTISSA_MAX && value.mantissa <= MANTISSA_MAX && value.scale <= DECIMAL_SCALE_MAX;
}

static struct misfit check_fraction(const struct subject *subject, const struct figure *figure) {
    const struct target *target = subject->of;
    bool share = target->percent || target->kind == KIND_PER_ENTITY;
    if (!takes_fraction(target))
        return misfit(QUARANTINE_BAD_FIGURE_FORM, FIELD_FIGURE, "这项指标报一个数，不报分子分母");
    if (!in_bounds(figure->value) || !in_bounds(figure->denominator))
        return misfit(QUARANTINE_VALUE_OUT_OF_RANGE, FIELD_FIGURE, "数太大，请核对单位和位数");
    if (figure->denominator.mantissa == 0)
        return misfit(QUARANTINE_DENOMINATOR_ZERO, FIELD_FIGURE, "分母是0，不成其为数；没有任务请留空");
    if (figure->value.mantissa < 0 || figure->denominator.mantissa < 0)
        return misfit(QUARANTINE_NEGATIVE, FIELD_FIGURE, "不应是负数，请核对");
    if (counts_entities(target) && (figure->value.scale || figure->denominator.scale))
        return misfit(QUARANTINE_TOO_MANY_DECIMALS, FIELD_FIGURE, "分子分母是个数，应是整数");
    if (share && decimal_compare(figure->value, figure->denominator) > 0)
        return misfit(QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR, FIELD_FIGURE, "分子大于分母，请核对是否填反");
    return fits();
}

static struct misfit check_value(const struct subject *subject, const struct figure *figure) {
    const struct target *target = subject->of;
    unsigned decimals = target->kind == KIND_PER_ENTITY ? 0 : target->decimals;
    if (target->kind == KIND_MILESTONE) return misfit(QUARANTINE_BAD_FIGURE_FORM, FIELD_FIGURE, "这项只报完成或未完成");
    if (!takes_value(target))
        return misfit(QUARANTINE_BAD_FIGURE_FORM, FIELD_FIGURE, "这项是平均数，请报分子和分母，才能汇总");
    if (!in_bounds(figure->value))
        return misfit(QUARANTINE_VALUE_OUT_OF_RANGE, FIELD_FIGURE, "数太大，请核对单位和位数");
    if (figure->value.mantissa < 0 && !may_be_negative(target))
        return misfit(QUARANTINE_NEGATIVE, FIELD_FIGURE, "不应是负数，请核对");
    if (figure->value.scale > decimals)
        return misfit(QUARANTINE_TOO_MANY_DECIMALS, FIELD_FIGURE, "小数位比指标规定的多，请核对是否填错单位");
    if (target->kind == KIND_PER_ENTITY && subject->cell->has_denominator &&
        decimal_compare(figure->value, subject->cell->denominator) > 0)
        return misfit(QUARANTINE_NUMERATOR_ABOVE_DENOMINATOR, FIELD_FIGURE, "数大于申报的总数，请核对");
    return fits();
}

static struct misfit check_figure(const struct subject *subject, const struct figure *figure) {
    switch (figure->form) {
    case FIGURE_NONE:
        return misfit(QUARANTINE_FIGURE_MISSING, FIELD_FIGURE, "没有数；没有变化请报“无变化”");
    case FIGURE_VALUE:
        return check_value(subject, figure);
    case FIGURE_FRACTION:
        return check_fraction(subject, figure);
    case FIGURE_DONE:
        if (subject->of->kind == KIND_MILESTONE) return fits();
        return misfit(QUARANTINE_BAD_FIGURE_FORM, FIELD_FIGURE, "这项要报数，不是完成或未完成");
    }
    return misfit(QUARANTINE_BAD_FIGURE_FORM, FIELD_FIGURE, "数的形式不对");
}

/* --- by kind --- */

static struct misfit check_report(const struct catalogue *catalogue, const struct event *event,
                                  const struct subject *subject, struct day today) {
    struct misfit found = needs_cell(event, subject);
    if (!found.code) found = check_as_of(catalogue, event, today);
    if (found.code) return found;
    if (event->kind == EVENT_FIGURE || event->kind == EVENT_CORRECTION) return check_figure(subject, &event->figure);
    if (event->figure.form != FIGURE_NONE)
        return misfit(QUARANTINE_FIGURE_NOT_ALLOWED, FIELD_FIGURE, "“无变化”和撤回不带数");
    return fits();
}

/* By the uid of what is retracted, or, by one who does not know it, by its day. */
static struct misfit check_retraction(const struct catalogue *catalogue, const struct event *event,
                                      const struct subject *subject, struct day today) {
    struct misfit found = needs_cell(event, subject);
    if (found.code) return found;
    if (!event->has_replaces && !day_is(event->as_of))
        return misfit(QUARANTINE_AS_OF_MISSING, FIELD_AS_OF, "撤回没有指明撤回哪一条，请填那个数的数据日期");
    if (day_is(event->as_of)) found = check_as_of(catalogue, event, today);
    if (found.code) return found;
    if (event->figure.form != FIGURE_NONE)
        return misfit(QUARANTINE_FIGURE_NOT_ALLOWED, FIELD_FIGURE, "“无变化”和撤回不带数");
    return fits();
}

static struct misfit check_words(const struct event *event) {
    if (!event->target.ptr) return misfit(QUARANTINE_TARGET_MISSING, FIELD_TARGET, "没有说明是哪项任务或指标的进展");
    if (event->figure.form != FIGURE_NONE) return misfit(QUARANTINE_FIGURE_NOT_ALLOWED, FIELD_FIGURE, "文字进展不带数");
    return fits();
}

/* What a later version says is stored, never refused: its fields may mean something else. */
static bool is_checked(uint32_t kind) {
    bool report = kind >= EVENT_FIGURE && kind <= EVENT_RETRACTION && kind != EVENT_RECEIPT;
    bool reply = kind >= EVENT_REPLY && kind <= EVENT_OBJECTION;
    return report || reply || (kind >= EVENT_CONFIRM && kind <= EVENT_GO_LIVE);
}

struct misfit catalogue_check_event(const struct catalogue *catalogue, const struct event *event, struct day today) {
    struct subject subject;
    if (!is_checked(event->kind)) return fits();
    struct misfit found = find_subject(catalogue, event, &subject);
    if (found.code) return found;
    if (event->blocked_by.ptr && catalogue_unit(catalogue, event->blocked_by) == NO_INDEX)
        return misfit(QUARANTINE_UNKNOWN_UNIT, FIELD_BLOCKED_BY, "“卡在”的单位不在计划的单位名单里，请写规范名称");
    switch (event->kind) {
    case EVENT_FIGURE:
    case EVENT_CORRECTION:
    case EVENT_NO_CHANGE:
        return check_report(catalogue, event, &subject, today);
    case EVENT_RETRACTION:
        return check_retraction(catalogue, event, &subject, today);
    case EVENT_WORDS:
        return check_words(event);
    default:
        return fits(); /* replies and decisions: what they are about exists, and that is all a plan can say */
    }
}
