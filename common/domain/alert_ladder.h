/* How far an alert goes without an answer that holds: 提醒 → 催办 → 拟黄牌 → 拟红牌, in working days after the day on
 * which a rung was *said* (rules: escalation). A promise that fails takes the next rung at once. An answer without a
 * day starts the count again, once a rung. Targets with 力争 are never more than reminded. Pure. */
#ifndef DUBAN_DOMAIN_ALERT_LADDER_H
#define DUBAN_DOMAIN_ALERT_LADDER_H

#include "common/domain/alert_life.h"

/* The last rung of a rule; cell NULL = a stream's. rules NULL = the shipped ones. */
enum alert_rung alert_ladder_top(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                                 enum alert_rule rule);
/* Working days after `rung` was said until the next; 0 = never. */
unsigned alert_ladder_days(const struct light_rules *rules, enum alert_rung rung);
/* The day of the next rung when `rung` is said on a day and nobody answers ("无说明的，1月13日转催办"); DAY_NONE =
 * there is none, or the calendar ends before. */
struct day alert_ladder_day(const struct plan *plan, const struct light_rules *rules, const struct cell *cell,
                            enum alert_rule rule, enum alert_rung rung, struct day said);
/* The instant of an alert's next rung as it stands: the first window of that day. INSTANT_NONE: nothing counts. */
struct instant alert_ladder_next(const struct alert_case *judged, const struct alert *alert);
/* rung_said_at for one that stood still from `stopped` until `now`: later by the working days in between. */
struct instant alert_ladder_resume(const struct alert_case *judged, const struct alert *alert, struct instant stopped,
                                   struct instant now);

#endif
