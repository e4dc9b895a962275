/* What stands above the header: 附件2 … 进展情况表, 填报单位：… 单位：公里 截至2021年6月30日. Pure. */
#ifndef DUBAN_COLLECTOR_TITLE_H
#define DUBAN_COLLECTOR_TITLE_H

#include "proto/day.h"
#include "services/collector/sheet.h"

struct titles {
    struct slice unit, other_unit; /* 单位：公里; another one when two lines disagree */
    struct day as_of, other_as_of; /* 截至…; DAY_NONE */
    int year;                      /* 0 = none, or several different ones */
};

/* Of all rows above `rows`. */
struct titles titles_read(const struct sheet *sheet, size_t rows);

#endif
