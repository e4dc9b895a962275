/* The reporting periods of a plan in a row, looked up by day without asking the calendar again; and which of them a
 * cell has reported (DOMAIN: reporting calendar). Owned by the scratch of an assessment, reused from cell to cell.
 * Pure. */
#ifndef DUBAN_DOMAIN_ALMANAC_H
#define DUBAN_DOMAIN_ALMANAC_H

#include "common/domain/ledger.h"

struct almanac {
    const struct plan *plan; /* whose periods these are */
    const struct calendar *calendar;
    struct reporting reporting;
    struct period *periods;
    int64_t *closing_ends; /* the first instant after each closing day; INT64_MAX where the year has no calendar */
    size_t count, capacity;
    bool failed;
};

void almanac_prepare(struct almanac *almanac, const struct plan *plan, struct day until);
void almanac_finish(struct almanac *almanac);
/* The place of a day's period; -1 before the first one kept, count - 1 at most. */
ptrdiff_t almanac_find(const struct almanac *almanac, struct day day);
/* Closing periods: the first instant after the closing day of the day's period; INT64_MAX when it has none. */
int64_t almanac_closing_end(const struct almanac *almanac, struct day day);

/* Which period was reported first when. */
struct obligations {
    int64_t *first_reports; /* by period; INT64_MAX = none */
    size_t capacity, count;
    ptrdiff_t owed_from;       /* the first period this cell owes */
    ptrdiff_t first_period;    /* of the plan: before it figures are 补录 */
    ptrdiff_t newest_reported; /* -1 = none */
    bool reported_earlier;     /* before the first period kept */
    size_t taken;              /* standing figures counted so far */
    uint64_t revision;
    bool had_held, failed;
    ptrdiff_t closed; /* the newest period whose closing day has passed; -1 */
};
void obligations_start(struct obligations *obligations, const struct almanac *almanac, const struct measure *measure,
                       uint64_t revision);
/* Takes what the ledger has got since. */
void obligations_update(struct obligations *obligations, const struct almanac *almanac, const struct ledger *ledger);
/* Moves the closing days on to `now`. */
void obligations_close(struct obligations *obligations, const struct almanac *almanac, int64_t now_ms);
void obligations_finish(struct obligations *obligations);

/* The newest period that is closed or already reported; -1 = none. */
ptrdiff_t obligations_newest(const struct obligations *obligations);
/* That period is owed, closed and not reported. `finished`: the period that finished the cell (PTRDIFF_MAX = not). */
bool obligations_missing(const struct obligations *obligations, ptrdiff_t finished);

#endif
