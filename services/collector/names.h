/* Whom and what a row is about: areas, targets and units by the names offices give them, matched exactly after spaces,
 * widths and quotes are evened out, never by similarity. Suggestions only stand in the words of a refusal. Pure. */
#ifndef DUBAN_COLLECTOR_NAMES_H
#define DUBAN_COLLECTOR_NAMES_H

#include "common/domain/catalogue.h"
#include "services/collector/mapping.h"
#include "services/collector/refusal.h"

/* 旺苍, 旺 苍 县, 广元市旺苍县, a dated old name, 510821, 510821000000, "510821.0". *code of the refusal: 0 when found.
 */
struct refusal name_area(const struct plan *plan, struct arena *arena, struct slice text, struct day day, size_t column,
                         size_t *area);
/* A target, or a task (for words): by code, by the mapping's own names, by name or short name. */
struct refusal name_target(const struct plan *plan, const struct mapping *mapping, struct arena *arena,
                           struct slice text, size_t column, size_t *target, size_t *task);
/* 合计 小计 总计 平均 全市 全区 全县, 其中…: a row that adds up others. */
bool name_is_total(struct slice text);
/* Of these, one that is not the sum of all rows: 小计 平均 其中…. */
bool name_is_part(struct slice text);
/* 填表人：… 审核人：…, 注：…: what stands below a table. */
bool name_is_footer(struct slice text);
bool name_equal(struct slice a, const char *b); /* after evening out */

#endif
