/* Figures by month: a table with 本月 alone is added up month by month where the mapping says so, and a running total
 * beside its month is compared with the last one known. A month that is missing blocks every sum behind it. */
#ifndef DUBAN_COLLECTOR_MONTHS_H
#define DUBAN_COLLECTOR_MONTHS_H

#include "services/collector/paper.h"

/* Between reading and judging: every increment becomes the running total of its month, or is refused. Asks the memory.
 */
__attribute__((warn_unused_result)) enum error_code months_add_up(const struct paper *paper, struct verdict *verdict,
                                                                  struct error *err);
/* Warns where 累计 is not the last 累计 + 本月. Asks the memory. */
__attribute__((warn_unused_result)) enum error_code months_compare(const struct paper *paper, struct verdict *verdict,
                                                                   struct error *err);

#endif
