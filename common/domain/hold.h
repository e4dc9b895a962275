/* Why a figure is held (DOMAIN: corrections are held, not refused): each cause named once. Pure. */
#ifndef DUBAN_DOMAIN_HOLD_H
#define DUBAN_DOMAIN_HOLD_H

#include "common/domain/ledger.h"

/* The causes that speak against a figure now, those freed left out. Remembers in *figure what it is ten times of. */
unsigned hold_causes(const struct ledger *ledger, struct held *figure);
/* What a reason in the column 更正说明 frees. */
enum { HOLD_FREED_BY_REASON = HOLD_FALL | HOLD_CHANGED, HOLD_FREED_BY_OFFICE = ~0 };

/* The standing figure of a day, or the last one before it; NO_INDEX. */
size_t ledger_on(const struct ledger *ledger, struct day as_of);
size_t ledger_before(const struct ledger *ledger, struct day as_of);
size_t ledger_by_event(const struct ledger *ledger, size_t event);

#endif
