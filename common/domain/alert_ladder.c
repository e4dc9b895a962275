#include "common/domain/alert_ladder.h"

#include "common/domain/alert_answers.h"
#include "common/domain/decision.h"

static const struct light_rules *rules_or_shipped(const struct light_rules *rules) {
    return rules ? rules : rules_shipped();
}

/* "Aspire … never escalates past 提醒." */
enum alert_rung alert_ladder_top(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                                 enum alert_rule rule) {
    if (cell && plan->targets[cell->target].firmness == FIRM_ASPIRE) return RUNG_REMINDED;
    return rules_or_shipped(rules)->alerts.top[rule];
}

unsigned alert_ladder_days(const struct light_rules *rules, enum alert_rung rung) {
    const struct alert_rules *alerts = &rules_or_shipped(rules)->alerts;
    switch (rung) {
    case RUNG_REMINDED:
        return alerts->urge_days;
    case RUNG_URGED:
        return alerts->yellow_card_days;
    case RUNG_YELLOW_CARD:
        return alerts->red_card_days;
    case RUNG_RED_CARD:
        break;
    }
    return 0;
}

struct day alert_ladder_day(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                            enum alert_rule rule, enum alert_rung rung, struct day said) {
    if (!day_is(said) || rung >= alert_ladder_top(plan, rules, cell, rule)) return DAY_NONE;
    return calendar_add_working(plan->calendar, said, alert_ladder_days(rules, rung));
}

/* An answer without a day; one that was over when it was given is no promise either. */
static bool is_plain_answer(const struct alert_case *judged, const struct alert_answer *answer) {
    bool plain = answer->outcome == ANSWERED || (answer->outcome == PROMISE_STANDING && !alert_answer_promises(answer));
    return plain && answer->known_at.ms <= judged->now.ms &&
           decision_reversal(judged->events, judged->count, answer->uid, judged->now) == NO_INDEX;
}

/* From when the working days of a rung are counted: when it was said, or the first answer to it. */
static struct instant counted_from(const struct alert_case *judged, const struct alert *alert) {
    if (!instant_is(alert->rung_said_at)) return INSTANT_NONE;
    for (size_t i = 0; i < alert->answer_count; i++)
        if (alert->answers[i].known_at.ms > alert->rung_said_at.ms && is_plain_answer(judged, &alert->answers[i]))
            return alert->answers[i].known_at;
    return alert->rung_said_at;
}

struct instant alert_ladder_next(const struct alert_case *judged, const struct alert *alert) {
    struct instant from = counted_from(judged, alert);
    if (!instant_is(from)) return INSTANT_NONE;
    struct day day =
        alert_ladder_day(judged->plan, judged->rules, judged->cell, alert->rule, alert->rung, instant_day(from));
    if (!day_is(day)) return INSTANT_NONE;
    return calendar_window(judged->plan->calendar, &judged->plan->reporting, day_start(day));
}

struct instant alert_ladder_resume(const struct alert_case *judged, const struct alert *alert, struct instant stopped,
                                   struct instant now) {
    struct instant from = counted_from(judged, alert);
    if (!instant_is(from) || !instant_is(stopped) || stopped.ms >= now.ms) return from;
    const struct calendar *calendar = judged->plan->calendar;
    struct day day = instant_day(from);
    int still = calendar_working_between(calendar, instant_day(stopped), instant_day(now));
    struct day later = still > 0 ? calendar_add_working(calendar, day, (unsigned)still) : day;
    if (!day_is(later)) return from;
    return (struct instant){from.ms + (day_start(later).ms - day_start(day).ms)};
}
